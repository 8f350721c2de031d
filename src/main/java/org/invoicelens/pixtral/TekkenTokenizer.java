package org.invoicelens.pixtral;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A tokenizer in Mistral's own form, {@code tekken.json}: byte-level byte-pair encoding by rank,
 * after the text was split by a pattern. Ordinary ids follow the special ones; text never becomes a
 * special token.
 */
final class TekkenTokenizer implements Tokenizer {

  /** The special tokens of files that do not list them, ids from 0 on. */
  private static final List<String> DEFAULT_SPECIALS =
      List.of(
          "<unk>",
          "<s>",
          "</s>",
          "[INST]",
          "[/INST]",
          "[AVAILABLE_TOOLS]",
          "[/AVAILABLE_TOOLS]",
          "[TOOL_RESULTS]",
          "[/TOOL_RESULTS]",
          "[TOOL_CALLS]",
          "[IMG]",
          "<pad>",
          "[IMG_BREAK]",
          "[IMG_END]",
          "[PREFIX]",
          "[MIDDLE]",
          "[SUFFIX]",
          "[SYSTEM_PROMPT]",
          "[/SYSTEM_PROMPT]",
          "[TOOL_CONTENT]");

  private static final int LARGEST_VOCABULARY = 4_000_000;
  private static final int NO_RANK = Integer.MAX_VALUE;

  private final Pattern pattern;
  private final Map<String, Integer> specials;
  private final int specialCount;
  private final List<String> tokens;
  private final Map<String, Integer> ranks = new HashMap<>();

  /**
   * @param tokens the ordinary tokens by rank, each byte as the Latin-1 character of that number
   */
  private TekkenTokenizer(
      Pattern pattern, Map<String, Integer> specials, int specialCount, List<String> tokens) {
    this.pattern = pattern;
    this.specials = specials;
    this.specialCount = specialCount;
    this.tokens = tokens;
    for (int rank = 0; rank < tokens.size(); rank++) {
      if (ranks.put(tokens.get(rank), rank) != null) {
        throw new IllegalArgumentException("the token of rank " + rank + " occurs twice");
      }
    }
    for (int value = 0; value < 256; value++) {
      if (!ranks.containsKey(String.valueOf((char) value))) {
        throw new IllegalArgumentException("no token for the byte " + value);
      }
    }
  }

  static TekkenTokenizer read(Path file) throws CheckpointException {
    ProcessorFault.requireSize(file, LARGEST_FILE);
    try (BufferedReader text = Files.newBufferedReader(file);
        JsonReader json = new JsonReader(text)) {
      json.setStrictness(Strictness.STRICT);
      return new Reading().read(json);
    } catch (IOException | RuntimeException e) {
      // Whatever a strange file provokes in a JSON library means the same here.
      throw ProcessorFault.broken(file, String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public int size() {
    return specialCount + tokens.size();
  }

  @Override
  public int[] encode(String text) {
    IntStream.Builder ids = IntStream.builder();
    Matcher pieces = pattern.matcher(Tokenizer.wellFormed(text));
    while (pieces.find()) {
      byte[] utf8 = pieces.group().getBytes(StandardCharsets.UTF_8);
      encodePiece(new String(utf8, StandardCharsets.ISO_8859_1), ids);
    }
    return ids.build().toArray();
  }

  @Override
  public OptionalInt specialToken(String spelling) {
    Integer id = specials.get(spelling);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Override
  public boolean isSpecial(int id) {
    return id >= 0 && id < specialCount;
  }

  @Override
  public byte[] bytes(int id) {
    return id < specialCount || id >= size()
        ? new byte[0]
        : tokens.get(id - specialCount).getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    // Nothing but memory of the heap.
  }

  /** Joins neighbours, the pair of the lowest rank first, the leftmost of equals. */
  private void encodePiece(String piece, IntStream.Builder ids) {
    if (piece.isEmpty()) {
      return;
    }
    Integer whole = ranks.get(piece);
    if (whole != null) {
      ids.add(specialCount + whole);
      return;
    }
    int count = piece.length();
    int[] starts = IntStream.rangeClosed(0, count).toArray();
    int[] pairs = new int[count];
    for (int i = 0; i < count; i++) {
      pairs[i] = pairRank(piece, starts, i, count);
    }
    while (true) {
      int best = 0;
      for (int i = 1; i < count; i++) {
        if (pairs[i] < pairs[best]) {
          best = i;
        }
      }
      if (pairs[best] == NO_RANK) {
        break;
      }
      System.arraycopy(starts, best + 2, starts, best + 1, count - best - 1);
      System.arraycopy(pairs, best + 1, pairs, best, count - best - 1);
      count--;
      pairs[best] = pairRank(piece, starts, best, count);
      if (best > 0) {
        pairs[best - 1] = pairRank(piece, starts, best - 1, count);
      }
    }
    for (int i = 0; i < count; i++) {
      ids.add(specialCount + ranks.get(piece.substring(starts[i], starts[i + 1])));
    }
  }

  /** The rank of part {@code i} joined with the next, or {@link #NO_RANK}. */
  private int pairRank(String piece, int[] starts, int i, int count) {
    return i + 2 > count
        ? NO_RANK
        : ranks.getOrDefault(piece.substring(starts[i], starts[i + 2]), NO_RANK);
  }

  /** One reading of a file. */
  private static final class Reading {

    private String pattern = "";
    private int vocabularySize;
    private int specialCount;
    private final List<String> tokens = new ArrayList<>();
    private final Map<String, Integer> specials = new HashMap<>();

    TekkenTokenizer read(JsonReader json) throws IOException {
      json.beginObject();
      while (json.hasNext()) {
        switch (json.nextName()) {
          case "config" -> config(json);
          case "vocab" -> vocabulary(json);
          case "special_tokens" -> specials(json);
          default -> json.skipValue();
        }
      }
      json.endObject();
      // The files list more tokens than the model has.
      int ordinary = vocabularySize - specialCount;
      if (pattern.isEmpty()
          || specialCount < 0
          || vocabularySize > LARGEST_VOCABULARY
          || ordinary < 256
          || ordinary > tokens.size()) {
        throw new MalformedJsonException(
            "%d tokens, of them %d special, with %d listed and the pattern \"%s\""
                .formatted(vocabularySize, specialCount, tokens.size(), pattern));
      }
      if (specials.isEmpty()) {
        for (int id = 0; id < DEFAULT_SPECIALS.size(); id++) {
          specials.put(DEFAULT_SPECIALS.get(id), id);
        }
      }
      specials.values().removeIf(id -> id < 0 || id >= specialCount);
      // White space, here and in the pattern's own tables, is Unicode's.
      return new TekkenTokenizer(
          Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS),
          specials,
          specialCount,
          List.copyOf(tokens.subList(0, ordinary)));
    }

    private void config(JsonReader json) throws IOException {
      json.beginObject();
      while (json.hasNext()) {
        switch (json.nextName()) {
          case "pattern" -> pattern = json.nextString();
          case "default_vocab_size" -> vocabularySize = json.nextInt();
          case "default_num_special_tokens" -> specialCount = json.nextInt();
          default -> json.skipValue();
        }
      }
      json.endObject();
    }

    private void vocabulary(JsonReader json) throws IOException {
      json.beginArray();
      while (json.hasNext()) {
        Entry entry = entry(json);
        if (entry.rank != tokens.size() || entry.bytes.length == 0) {
          throw new MalformedJsonException(
              "rank " + entry.rank + " where " + tokens.size() + " comes");
        }
        tokens.add(new String(entry.bytes, StandardCharsets.ISO_8859_1));
      }
      json.endArray();
    }

    private void specials(JsonReader json) throws IOException {
      if (json.peek() == JsonToken.NULL) {
        json.nextNull();
        return;
      }
      json.beginArray();
      while (json.hasNext()) {
        Entry entry = entry(json);
        specials.put(entry.text, entry.rank);
      }
      json.endArray();
    }

    private record Entry(int rank, byte[] bytes, String text) {}

    private static Entry entry(JsonReader json) throws IOException {
      int rank = -1;
      byte[] bytes = {};
      String text = "";
      json.beginObject();
      while (json.hasNext()) {
        String key = json.nextName();
        if (json.peek() == JsonToken.NULL) {
          json.nextNull();
          continue;
        }
        switch (key) {
          case "rank" -> rank = json.nextInt();
          case "token_bytes" -> bytes = Base64.getDecoder().decode(json.nextString());
          case "token_str" -> text = json.nextString();
          default -> json.skipValue();
        }
      }
      json.endObject();
      return new Entry(rank, bytes, text);
    }
  }
}
