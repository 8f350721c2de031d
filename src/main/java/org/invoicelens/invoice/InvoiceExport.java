package org.invoicelens.invoice;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.ToNumberPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.stage.WholeFile;
import org.invoicelens.stage.Words;

/** What was read from documents, as a text for other programs. */
public final class InvoiceExport {

  /** The form of the text. */
  public enum Format {
    /** An array of one object for each document. */
    JSON,
    /** RFC 4180: one row for each document, one column for each field of any of them. */
    CSV;

    /** The name on the command line and the ending of files. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Words WORDS = Words.of(InvoiceExport.class);

  private static final Gson GSON =
      new GsonBuilder()
          .setPrettyPrinting()
          .disableHtmlEscaping()
          .serializeNulls()
          .setObjectToNumberStrategy(ToNumberPolicy.LAZILY_PARSED_NUMBER)
          .create();

  private static final Pattern PLAIN_NUMBER = Pattern.compile("[+-]?\\d+([.,]\\d+)*");

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private InvoiceExport() {}

  /** The text in that form. */
  public static String text(List<DocumentOutcome> outcomes, Format format) {
    return switch (format) {
      case JSON -> GSON.toJson(json(outcomes)) + "\n";
      case CSV -> csv(outcomes);
    };
  }

  /**
   * Writes the text to a file, which is replaced as a whole or stays as it was. A CSV file begins
   * with a byte order mark, by which Excel knows it to be UTF-8.
   *
   * @throws InferenceException where the file cannot be written
   */
  public static void write(Path file, List<DocumentOutcome> outcomes, Format format)
      throws InferenceException {
    String text = text(outcomes, format);
    byte[] bytes =
        (format == Format.CSV ? BYTE_ORDER_MARK + text : text).getBytes(StandardCharsets.UTF_8);
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        // A pipe or a device is written into, never replaced.
        Files.write(file, bytes);
      } else {
        // What a link leads to is replaced, not the link.
        WholeFile.write(Files.exists(file) ? file.toRealPath() : file, bytes);
      }
    } catch (IOException e) {
      throw notWritable(file, e.toString(), e);
    }
  }

  /**
   * Finds out before any work is done whether the file could be written.
   *
   * @throws InferenceException where it could not
   */
  public static void requireWritable(Path file) throws InferenceException {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw notWritable(file, "a folder", null);
    }
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw notWritable(file, "its folder", null);
    }
  }

  private static InferenceException notWritable(Path file, String detail, IOException cause) {
    return new InferenceException(
        InferenceException.Reason.OUTPUT_NOT_WRITABLE,
        WORDS.problem("export.notWritable", file),
        detail,
        cause);
  }

  /** One object for each document: its fields, or the error. */
  public static JsonArray json(List<DocumentOutcome> outcomes) {
    JsonArray array = new JsonArray();
    for (DocumentOutcome outcome : outcomes) {
      JsonObject object = new JsonObject();
      object.addProperty("document", outcome.document());
      outcome.extraction().ifPresent(extraction -> describe(extraction, object));
      outcome
          .failure()
          .ifPresent(failure -> {
            JsonObject error = new JsonObject();
            error.addProperty("reason", failure.reason().name());
            error.addProperty("message", failure.problem().text());
            object.add("error", error);
          });
      array.add(object);
    }
    return array;
  }

  private static void describe(Extraction extraction, JsonObject object) {
    GenerationResult generation = extraction.generation();
    object.addProperty("pages", extraction.pages());
    object.addProperty("pages_read", extraction.pagesRead());
    object.add("fields", GSON.fromJson(extraction.fields().json(), JsonElement.class));
    object.addProperty("complete", extraction.fields().complete());
    object.addProperty("answer", generation.text());
    object.addProperty("finish_reason", generation.finishReason().name().toLowerCase(Locale.ROOT));
    object.add("timings", timings(generation.timings()));
  }

  /** The timings under the names they have in every output of the program. */
  public static JsonObject timings(GenerationResult.Timings timings) {
    JsonObject object = new JsonObject();
    object.addProperty("image_ms", timings.image().toNanos() / 1e6);
    object.addProperty("prefill_ms", timings.prefill().toNanos() / 1e6);
    object.addProperty("decode_ms", timings.decode().toNanos() / 1e6);
    object.addProperty("prefill_tokens_per_second", timings.prefillTokensPerSecond());
    object.addProperty("decode_tokens_per_second", timings.decodeTokensPerSecond());
    return object;
  }

  private static String csv(List<DocumentOutcome> outcomes) {
    Set<String> fields = new LinkedHashSet<>();
    boolean failures = false;
    for (DocumentOutcome outcome : outcomes) {
      outcome
          .extraction()
          .ifPresent(e -> e.fields().fields().forEach(field -> fields.add(field.name())));
      failures |= outcome.failure().isPresent();
    }
    StringBuilder csv = new StringBuilder();
    List<String> head = new ArrayList<>(List.of("document"));
    head.addAll(fields);
    if (failures) {
      head.add("error");
    }
    appendRow(csv, head);
    for (DocumentOutcome outcome : outcomes) {
      List<String> row = new ArrayList<>(List.of(outcome.document()));
      for (String field : fields) {
        row.add(outcome.extraction().flatMap(e -> e.fields().value(field)).orElse(""));
      }
      if (failures) {
        row.add(outcome.failure().map(failure -> failure.problem().text()).orElse(""));
      }
      appendRow(csv, row);
    }
    return csv.toString();
  }

  private static void appendRow(StringBuilder csv, List<String> cells) {
    for (int i = 0; i < cells.size(); i++) {
      csv.append(i == 0 ? "" : ",").append(cell(cells.get(i)));
    }
    csv.append("\r\n");
  }

  /** A cell that no spreadsheet takes for a formula, whatever stood on the invoice. */
  private static String cell(String value) {
    boolean formula =
        !value.isEmpty()
            && "=+-@\t\r".indexOf(value.charAt(0)) >= 0
            && !PLAIN_NUMBER.matcher(value).matches();
    String safe = formula ? "'" + value : value;
    boolean quoted = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
