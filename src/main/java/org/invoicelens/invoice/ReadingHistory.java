package org.invoicelens.invoice;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.stage.OwnerOnly;
import org.invoicelens.stage.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was read before: one small file for each reading, in a folder that only its owner can enter.
 *
 * <p>A file is called by a generated id that begins with the time of the reading, so that the names
 * alone tell the order; no name of a document ever becomes one. A picture that never was a file
 * lies beside its reading as PNG. A file that cannot be understood is kept aside as {@code
 * .broken}; one of a later version of the program is left as it is. Thread-safe; every method takes
 * its time.
 */
public final class ReadingHistory {

  private static final Logger log = LoggerFactory.getLogger(ReadingHistory.class);

  private static final int VERSION = 1;

  /** The largest file of a reading, in bytes; an answer and its corrections are far below. */
  private static final int LARGEST = 1 << 20;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);
  private static final Pattern ID = Pattern.compile("\\d{8}T\\d{9}Z-[0-9a-f]{16}");
  private static final String READING = ".json";
  private static final String PICTURE = ".png";

  /** Whatever this class may have left in its folder, unfinished and broken files among it. */
  private static final Pattern OURS = Pattern.compile("\\.?" + ID + "\\.(json|png).*");

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path folder;

  /**
   * @param folder where it lies; made when something is kept
   */
  public ReadingHistory(Path folder) {
    this.folder = folder;
  }

  /** A new id for a reading of that time. */
  public static String newId(Instant time) {
    byte[] random = new byte[8];
    RANDOM.nextBytes(random);
    return TIME.format(time) + "-" + HexFormat.of().formatHex(random);
  }

  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** The ids of all readings, the latest first. */
  public synchronized List<String> list() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(READING))
          .map(name -> name.substring(0, name.length() - READING.length()))
          .filter(ReadingHistory::isId)
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (NoSuchFileException nothingKeptYet) {
      return List.of();
    }
  }

  /** A reading; empty where it is gone or cannot be understood. */
  public synchronized Optional<PastReading> read(String id) {
    Path file = file(id, READING);
    try {
      JsonObject json = JsonParser.parseString(WholeFile.readText(file, LARGEST)).getAsJsonObject();
      int version = json.get("version").getAsInt();
      if (version > VERSION) {
        log.info("{} is of a later version, {}, and left alone", file, version);
        return Optional.empty();
      }
      return Optional.of(parse(id, json));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      // Whatever a broken file provokes in the parser means the same here.
      log.warn("{} cannot be understood and is kept aside: {}", file, e.toString());
      WholeFile.setAside(file);
      return Optional.empty();
    }
  }

  /** Keeps a reading, or what has become of it since. */
  public synchronized void keep(PastReading reading) throws IOException {
    byte[] text = new Gson().toJson(json(reading)).getBytes(StandardCharsets.UTF_8);
    if (text.length > LARGEST) {
      throw new IOException("the reading of " + text.length + " bytes is too large to be kept");
    }
    OwnerOnly.createFolder(folder);
    WholeFile.writeForOwner(file(reading.id(), READING), text);
  }

  /** Keeps a picture that is no file. */
  public synchronized void keepPicture(String id, BufferedImage picture) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", bytes);
    OwnerOnly.createFolder(folder);
    WholeFile.writeForOwner(file(id, PICTURE), bytes.toByteArray());
  }

  /** Where a picture lies that was kept. */
  public Path picture(String id) {
    return file(id, PICTURE);
  }

  /** Deletes a reading; a picture kept with it stays. */
  public synchronized void remove(String id) throws IOException {
    Files.deleteIfExists(file(id, READING));
  }

  /** Deletes a picture that was kept. */
  public synchronized void removePicture(String id) throws IOException {
    Files.deleteIfExists(file(id, PICTURE));
  }

  /** Deletes everything that was ever kept here, also what cannot be understood. */
  public synchronized void removeAll() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (OURS.matcher(file.getFileName().toString()).matches()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException nothingKeptYet) {
      // So there is nothing to delete.
    }
  }

  private Path file(String id, String ending) {
    if (!isId(id)) {
      throw new IllegalArgumentException(id);
    }
    return folder.resolve(id + ending);
  }

  private static JsonObject json(PastReading reading) {
    PastReading.Source source = reading.source();
    ReadingFacts facts = reading.facts();
    Extraction extraction = reading.extraction();
    GenerationResult generation = extraction.generation();
    GenerationResult.Timings times = generation.timings();
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    json.addProperty("document", source.name());
    source.file().ifPresent(file -> json.addProperty("file", file.toString()));
    source.picture().ifPresent(picture -> json.addProperty("picture", picture));
    json.addProperty("sample", source.sample());
    json.addProperty("rotation", reading.rotation());
    json.addProperty("at", facts.at().toString());
    json.addProperty("model", facts.model());
    json.addProperty("precision", facts.precision());
    json.addProperty("device", facts.device());
    json.addProperty("prompt_system", facts.prompt().system());
    json.addProperty("prompt_user", facts.prompt().user());
    json.addProperty("prompt_changed", facts.promptChanged());
    json.addProperty("answer", generation.text());
    json.addProperty("finish", generation.finishReason().name());
    json.addProperty("image_nanos", times.image().toNanos());
    json.addProperty("prefill_nanos", times.prefill().toNanos());
    json.addProperty("decode_nanos", times.decode().toNanos());
    json.addProperty("prompt_tokens", times.promptTokens());
    json.addProperty("decoded_tokens", times.decodedTokens());
    json.addProperty("memory", generation.memory());
    json.addProperty("written", generation.written());
    JsonArray ends = new JsonArray();
    JsonArray probabilities = new JsonArray();
    for (GenerationResult.Certainty token : generation.certainties()) {
      ends.add(token.end());
      probabilities.add(Math.round(token.probability() * 10_000) / 10_000.0);
    }
    json.add("token_ends", ends);
    json.add("token_probabilities", probabilities);
    json.addProperty("pages", extraction.pages());
    json.addProperty("pages_read", extraction.pagesRead());
    JsonArray seen = new JsonArray();
    for (Extraction.SeenPage page : extraction.seen()) {
      JsonObject size = new JsonObject();
      size.addProperty("width", page.width());
      size.addProperty("height", page.height());
      seen.add(size);
    }
    json.add("seen", seen);
    JsonObject edits = new JsonObject();
    new TreeMap<>(reading.edits()).forEach(edits::addProperty);
    json.add("edits", edits);
    return json;
  }

  private static PastReading parse(String id, JsonObject json) {
    String name = json.get("document").getAsString();
    String answer = json.get("answer").getAsString();
    List<Extraction.SeenPage> seen = new ArrayList<>();
    for (JsonElement page : json.getAsJsonArray("seen")) {
      JsonObject size = page.getAsJsonObject();
      seen.add(new Extraction.SeenPage(amount(size, "width"), amount(size, "height")));
    }
    Map<String, String> edits = new TreeMap<>();
    json.getAsJsonObject("edits")
        .entrySet()
        .forEach(edit -> edits.put(edit.getKey(), edit.getValue().getAsString()));
    GenerationResult generation =
        new GenerationResult(
            answer,
            new int[0],
            new int[0],
            GenerationResult.FinishReason.valueOf(json.get("finish").getAsString()),
            new GenerationResult.Timings(
                time(json, "image_nanos"),
                time(json, "prefill_nanos"),
                time(json, "decode_nanos"),
                amount(json, "prompt_tokens"),
                amount(json, "decoded_tokens")),
            json.get("memory").getAsLong(),
            json.has("written") ? amount(json, "written") : answer.length(),
            certainties(json));
    InvoiceFields fields = InvoiceFields.of(generation);
    return new PastReading(
        id,
        new PastReading.Source(
            name,
            optional(json, "file").map(Path::of),
            optional(json, "picture"),
            json.get("sample").getAsBoolean()),
        new ReadingFacts(
            Instant.parse(json.get("at").getAsString()),
            json.get("model").getAsString(),
            json.get("precision").getAsString(),
            json.get("device").getAsString(),
            new ModelConfig.Prompt(
                json.get("prompt_system").getAsString(), json.get("prompt_user").getAsString()),
            json.get("prompt_changed").getAsBoolean()),
        new Extraction(
            name, fields, generation, amount(json, "pages"), amount(json, "pages_read"), seen),
        json.get("rotation").getAsInt(),
        FieldPlaces.of(fields).current(edits));
  }

  /** How certain the model was; readings of earlier versions do not tell. */
  private static List<GenerationResult.Certainty> certainties(JsonObject json) {
    List<GenerationResult.Certainty> certainties = new ArrayList<>();
    JsonArray ends = json.getAsJsonArray("token_ends");
    for (int i = 0; ends != null && i < ends.size(); i++) {
      certainties.add(
          new GenerationResult.Certainty(
              ends.get(i).getAsInt(),
              json.getAsJsonArray("token_probabilities").get(i).getAsDouble()));
    }
    return certainties;
  }

  private static Optional<String> optional(JsonObject json, String key) {
    return Optional.ofNullable(json.get(key)).map(JsonElement::getAsString);
  }

  private static Duration time(JsonObject json, String key) {
    long nanos = json.get(key).getAsLong();
    if (nanos < 0) {
      throw new IllegalArgumentException(key + " is " + nanos);
    }
    return Duration.ofNanos(nanos);
  }

  private static int amount(JsonObject json, String key) {
    int amount = json.get(key).getAsInt();
    if (amount < 0) {
      throw new IllegalArgumentException(key + " is " + amount);
    }
    return amount;
  }
}
