package org.invoicelens.invoice;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.ToNumberPolicy;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
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
    CSV,
    /** RFC 4180: one row for each line item, the fields of its document in front. */
    CSV_LINES,
    /** An e-invoice by EN 16931; one file for each document. */
    XML;

    /** The name on the command line. */
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The ending of files. */
    public String extension() {
      return switch (this) {
        case JSON -> "json";
        case CSV, CSV_LINES -> "csv";
        case XML -> "xml";
      };
    }

    /** Whether several documents can be in one file. */
    public boolean isForSeveral() {
      return this != XML;
    }
  }

  /** Who takes a table. */
  public enum Reader {
    /** Other programs: commas between cells, and numbers with a decimal point. */
    PROGRAM,
    /**
     * The user's spreadsheet, which opens a file in the user's notation: where numbers have a
     * decimal comma, there are semicolons between cells.
     */
    SPREADSHEET
  }

  private static final Words WORDS = Words.of(InvoiceExport.class);

  private static final Gson GSON =
      new GsonBuilder()
          .setPrettyPrinting()
          .disableHtmlEscaping()
          .serializeNulls()
          .setObjectToNumberStrategy(ToNumberPolicy.LAZILY_PARSED_NUMBER)
          .create();

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private InvoiceExport() {}

  /**
   * The text in that form.
   *
   * @throws InferenceException where what was read cannot be put into that form
   * @throws IllegalArgumentException where the form is for one document and there are others
   */
  public static String text(List<DocumentOutcome> outcomes, Format format)
      throws InferenceException {
    return text(outcomes, format, Reader.PROGRAM);
  }

  private static String text(List<DocumentOutcome> outcomes, Format format, Reader reader)
      throws InferenceException {
    boolean local = reader == Reader.SPREADSHEET;
    Function<BigDecimal, String> number = local ? InvoiceTable::local : BigDecimal::toPlainString;
    char between = local && decimalSign() == ',' ? ';' : ',';
    return switch (format) {
      case JSON -> GSON.toJson(json(outcomes)) + "\n";
      case CSV -> csv(InvoiceTable.documents(outcomes), between, local);
      case CSV_LINES -> csv(InvoiceTable.lines(outcomes, number), between, local);
      case XML -> eInvoice(outcomes);
    };
  }

  private static String csv(List<List<String>> rows, char between, boolean toOpen) {
    return toOpen ? SpreadsheetText.csvToOpen(rows, between) : SpreadsheetText.csv(rows, between);
  }

  private static char decimalSign() {
    return DecimalFormatSymbols.getInstance(Locale.getDefault(Locale.Category.FORMAT))
        .getDecimalSeparator();
  }

  private static String eInvoice(List<DocumentOutcome> outcomes) throws InferenceException {
    if (outcomes.size() != 1) {
      throw new IllegalArgumentException("an e-invoice is one document");
    }
    DocumentOutcome outcome = outcomes.getFirst();
    if (outcome.failure().orElse(null) instanceof InferenceException e) {
      throw e;
    }
    byte[] xml = EInvoice.xml(outcome.document(), outcome.record().orElseThrow());
    return new String(xml, StandardCharsets.UTF_8);
  }

  /**
   * Writes the text to a file, which is replaced as a whole or stays as it was. A CSV file begins
   * with a byte order mark, by which Excel knows it to be UTF-8.
   *
   * @throws InferenceException where the file cannot be written, or what was read cannot be put
   *     into that form
   */
  public static void write(Path file, List<DocumentOutcome> outcomes, Format format)
      throws InferenceException {
    write(file, outcomes, format, Reader.PROGRAM);
  }

  /** The same for whoever takes it. */
  public static void write(Path file, List<DocumentOutcome> outcomes, Format format, Reader reader)
      throws InferenceException {
    byte[] bytes = bytes(text(outcomes, format, reader), format);
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

  /** One document as a file of its own: in JSON one object, in CSV a table with its row. */
  static byte[] bytes(DocumentOutcome outcome, Format format) throws InferenceException {
    List<DocumentOutcome> alone = List.of(outcome);
    return bytes(
        format == Format.JSON ? GSON.toJson(json(alone).get(0)) + "\n" : text(alone, format),
        format);
  }

  private static byte[] bytes(String text, Format format) {
    boolean table = format == Format.CSV || format == Format.CSV_LINES;
    return (table ? BYTE_ORDER_MARK + text : text).getBytes(StandardCharsets.UTF_8);
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

  /**
   * One object for each document: its fields as they stand under the model's names and, with their
   * meaning, under the record's, what was corrected and what is doubtful, or the error.
   */
  public static JsonArray json(List<DocumentOutcome> outcomes) {
    JsonArray array = new JsonArray();
    for (DocumentOutcome outcome : outcomes) {
      JsonObject object = new JsonObject();
      object.addProperty("document", outcome.document());
      outcome
          .extraction()
          .ifPresent(extraction -> describe(extraction, outcome.record().orElseThrow(), object));
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

  private static void describe(Extraction extraction, InvoiceRecord record, JsonObject object) {
    GenerationResult generation = extraction.generation();
    object.addProperty("pages", extraction.pages());
    object.addProperty("pages_read", extraction.pagesRead());
    if (!extraction.notes().isEmpty()) {
      JsonArray notes = new JsonArray();
      extraction.notes().forEach(notes::add);
      object.add("notes", notes);
    }
    object.add("fields", GSON.fromJson(record.fields().json(), JsonElement.class));
    object.add("record", record(record));
    object.add("edited", edited(record));
    object.add("doubts", doubts(record));
    object.addProperty("complete", extraction.fields().complete());
    object.addProperty("answer", generation.text());
    object.addProperty("finish_reason", generation.finishReason().name().toLowerCase(Locale.ROOT));
    object.add("timings", timings(generation.timings()));
  }

  /** Every field of the record by its path, with its text and what that means. */
  private static JsonObject record(InvoiceRecord record) {
    JsonObject object = new JsonObject();
    for (InvoiceField field : InvoiceField.values()) {
      object.add(field.path(), entry(record.entry(field)));
    }
    for (InvoiceList list : InvoiceList.values()) {
      JsonArray rows = new JsonArray();
      for (RecordRow row : record.rows(list)) {
        JsonObject fields = new JsonObject();
        fields.addProperty("row", list.path(row.number()));
        for (int i = 0; i < row.entries().size(); i++) {
          fields.add(list.fields().get(i).key(), entry(row.entries().get(i)));
        }
        rows.add(fields);
      }
      object.add(list.path(), rows);
    }
    return object;
  }

  private static JsonElement entry(RecordEntry<?> entry) {
    if (entry.text().isBlank()) {
      return JsonNull.INSTANCE;
    }
    JsonObject object = new JsonObject();
    object.addProperty("text", entry.text());
    object.add(
        "value",
        switch (entry.value().orElse(null)) {
          case null -> JsonNull.INSTANCE;
          case BigDecimal number -> new JsonPrimitive(number);
          case Object other -> new JsonPrimitive(other.toString());
        });
    entry.confidence().ifPresent(sure -> object.add("confidence", rounded(sure)));
    return object;
  }

  private static JsonPrimitive rounded(double probability) {
    return new JsonPrimitive(BigDecimal.valueOf(probability).setScale(4, RoundingMode.HALF_UP));
  }

  private static JsonArray edited(InvoiceRecord record) {
    JsonArray array = new JsonArray();
    for (InvoiceList list : InvoiceList.values()) {
      record.removed(list).forEach(row -> array.add(changed(list.path(row), InvoiceEdits.REMOVED)));
      record.rows(list).stream()
          .filter(RecordRow::added)
          .forEach(row -> array.add(changed(list.path(row.number()), InvoiceEdits.ADDED)));
    }
    record
        .all()
        .filter(RecordEntry::edited)
        .forEach(entry -> {
          JsonObject changed = new JsonObject();
          changed.addProperty("field", entry.path());
          changed.addProperty("change", "changed");
          changed.addProperty("read", entry.read());
          changed.addProperty("now", entry.text());
          array.add(changed);
        });
    return array;
  }

  private static JsonObject changed(String row, String change) {
    JsonObject object = new JsonObject();
    object.addProperty("field", row);
    object.addProperty("change", change);
    return object;
  }

  private static JsonArray doubts(InvoiceRecord record) {
    JsonArray array = new JsonArray();
    for (Doubt doubt : record.doubts()) {
      JsonObject object = new JsonObject();
      object.addProperty("field", doubt.path());
      object.addProperty("check", doubt.check().name().toLowerCase(Locale.ROOT));
      object.addProperty("reason", doubt.reason());
      array.add(object);
    }
    return array;
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
}
