package org.invoicelens.safetensors;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.invoicelens.stage.Words;

/** Reads the JSON of one header as a stream and holds it against the size of its file. */
final class HeaderParser {

  private static final Words WORDS = Words.of(HeaderParser.class);

  /** Far above any model, low enough that a hostile header cannot fill the memory. */
  private static final int MOST_TENSORS = 200_000;

  private static final int MOST_DIMENSIONS = 16;
  private static final int DEEPEST_NESTING = 8;
  private static final int LONGEST_SHOWN_NAME = 120;
  private static final String METADATA = "__metadata__";

  private final Path file;
  private final long dataOffset;
  private final long dataSize;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  HeaderParser(Path file, long dataOffset, long fileSize) {
    this.file = file;
    this.dataOffset = dataOffset;
    this.dataSize = fileSize - dataOffset;
  }

  SafetensorsHeader parse(InputStream stream) throws IOException {
    Reader characters =
        new BufferedReader(
            new InputStreamReader(
                stream,
                StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)));
    try (JsonReader json = new JsonReader(characters)) {
      // The format wants the brace as the very first byte; a JSON reader would also skip blanks.
      characters.mark(1);
      if (characters.read() != '{') {
        throw wrong("fault.noBrace", "{");
      }
      characters.reset();
      json.setStrictness(Strictness.STRICT);
      json.setNestingLimit(DEEPEST_NESTING);
      header(json);
    } catch (CharacterCodingException e) {
      throw new SafetensorsException(file, WORDS.text("fault.notUtf8"), e);
    } catch (MalformedJsonException | EOFException | IllegalStateException e) {
      throw new SafetensorsException(file, WORDS.text("fault.notJson"), e);
    }
    checkLayout();
    return new SafetensorsHeader(file, dataOffset, dataSize, tensors, metadata);
  }

  private void header(JsonReader json) throws IOException {
    boolean metadataSeen = false;
    json.beginObject();
    while (json.hasNext()) {
      String name = json.nextName();
      if (name.equals(METADATA)) {
        if (metadataSeen) {
          throw wrong("fault.keyTwice", METADATA);
        }
        metadataSeen = true;
        metadata(json);
      } else {
        if (tensors.size() == MOST_TENSORS) {
          throw wrong("fault.tooManyTensors", String.valueOf(MOST_TENSORS));
        }
        if (tensors.put(name, tensor(name, json)) != null) {
          throw wrong("fault.tensorTwice", shown(name));
        }
      }
    }
    json.endObject();
    // In strict reading this also refuses whatever follows but blanks.
    json.peek();
  }

  private void metadata(JsonReader json) throws IOException {
    json.beginObject();
    while (json.hasNext()) {
      String key = json.nextName();
      if (json.peek() != JsonToken.STRING) {
        throw wrong("fault.metadataNotText", shown(key));
      }
      if (metadata.put(key, json.nextString()) != null) {
        throw wrong("fault.metadataTwice", shown(key));
      }
    }
    json.endObject();
  }

  private TensorInfo tensor(String name, JsonReader json) throws IOException {
    SafetensorsType type = null;
    long[] shape = null;
    long[] offsets = null;
    json.beginObject();
    while (json.hasNext()) {
      String key = json.nextName();
      boolean twice =
          switch (key) {
            case "dtype" -> type != null;
            case "shape" -> shape != null;
            case "data_offsets" -> offsets != null;
            default -> false;
          };
      if (twice) {
        throw wrong("fault.partTwice", shown(name), key);
      }
      switch (key) {
        case "dtype" -> type = type(name, json);
        case "shape" -> shape = numbers(name, key, json, MOST_DIMENSIONS);
        case "data_offsets" -> offsets = numbers(name, key, json, 2);
        default -> json.skipValue();
      }
    }
    json.endObject();
    if (type == null || shape == null || offsets == null || offsets.length != 2) {
      throw wrong("fault.partMissing", shown(name));
    }
    return checked(new TensorInfo(name, type, shape, offsets[0], offsets[1]));
  }

  private SafetensorsType type(String name, JsonReader json) throws IOException {
    if (json.peek() == JsonToken.STRING) {
      String text = json.nextString();
      for (SafetensorsType type : SafetensorsType.values()) {
        if (type.name().equals(text)) {
          return type;
        }
      }
      throw wrong("fault.unknownType", shown(name), shown(text));
    }
    throw wrong("fault.typeNotText", shown(name));
  }

  private long[] numbers(String name, String key, JsonReader json, int most) throws IOException {
    long[] numbers = new long[most];
    int count = 0;
    json.beginArray();
    while (json.hasNext()) {
      if (count == most) {
        throw wrong("fault.tooManyNumbers", shown(name), most, key);
      }
      // A JSON reader would take "7" and 7.0 for whole numbers; the format does not.
      String digits = json.peek() == JsonToken.NUMBER ? json.nextString() : "";
      if (!digits.matches("[0-9]{1,18}")) {
        throw wrong("fault.noNumber", shown(name), key);
      }
      numbers[count++] = Long.parseLong(digits);
    }
    json.endArray();
    return Arrays.copyOf(numbers, count);
  }

  private TensorInfo checked(TensorInfo tensor) throws SafetensorsException {
    String name = shown(tensor.name());
    if (tensor.begin() > tensor.end()) {
      throw wrong("fault.endsBefore", name);
    }
    if (tensor.end() > dataSize) {
      throw wrong("fault.endsBeyond", name, Long.toString(tensor.end()), Long.toString(dataSize));
    }
    long needed = tensor.type().size();
    try {
      for (long dimension : tensor.shape()) {
        needed = Math.multiplyExact(needed, dimension);
      }
    } catch (ArithmeticException e) {
      throw new SafetensorsException(file, WORDS.text("fault.shape", name), e);
    }
    if (needed != tensor.size()) {
      throw wrong("fault.size", name, Long.toString(needed), Long.toString(tensor.size()));
    }
    return tensor;
  }

  private void checkLayout() throws SafetensorsException {
    List<TensorInfo> ordered =
        tensors.values().stream()
            .sorted(Comparator.comparingLong(TensorInfo::begin).thenComparing(TensorInfo::end))
            .toList();
    long reached = 0;
    for (TensorInfo tensor : ordered) {
      if (tensor.begin() != reached) {
        throw wrong(
            "fault.gap",
            shown(tensor.name()),
            Long.toString(tensor.begin()),
            Long.toString(reached));
      }
      reached = tensor.end();
    }
    if (reached != dataSize) {
      throw wrong("fault.rest", Long.toString(reached), Long.toString(dataSize));
    }
  }

  private SafetensorsException wrong(String key, Object... arguments) {
    return new SafetensorsException(file, WORDS.text(key, arguments), null);
  }

  /** A name out of a file as it may be shown: short, and without what steers a terminal. */
  static String shown(String name) {
    String plain = name.replaceAll("\\p{Cntrl}", "?");
    return plain.length() <= LONGEST_SHOWN_NAME
        ? plain
        : plain.substring(0, LONGEST_SHOWN_NAME) + "…";
  }
}
