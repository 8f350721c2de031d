package org.invoicelens.grammar;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.invoicelens.config.ConfigException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Words;

/**
 * The form that answers are held to: a JSON Schema (2020-12), of which these keywords are obeyed:
 * {@code type}, {@code properties} (in their order), {@code required}, {@code items}, {@code
 * minItems}, {@code maxItems}, {@code minLength}, {@code maxLength}, {@code pattern}, {@code
 * format} where it is {@code date}, {@code minimum} where it is 0, {@code enum}, {@code const},
 * {@code anyOf}, {@code oneOf} (as the former) and {@code $ref} into {@code $defs}. Others are
 * refused, but for remarks. Immutable and thread-safe.
 */
public final class AnswerSchema {

  private static final Words WORDS = Words.of(AnswerSchema.class);

  private static final long LARGEST_FILE = 1_000_000;

  private final String json;
  private final Language language;

  private AnswerSchema(String json, Language language) {
    this.json = json;
    this.language = language;
  }

  /**
   * Reads a schema.
   *
   * @throws IllegalArgumentException where it is none, or asks for what cannot be held, with the
   *     place and the reason
   */
  public static AnswerSchema parse(String json) {
    try {
      JsonElement root = JsonParser.parseString(json);
      if (!root.isJsonObject()) {
        throw new IllegalArgumentException("$: an object is expected");
      }
      JsonObject schema = root.getAsJsonObject();
      return new AnswerSchema(schema.toString(), SchemaReader.read(schema));
    } catch (JsonParseException e) {
      throw new IllegalArgumentException("$: this is no JSON: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a schema from a file.
   *
   * @throws ConfigException where it is not there, or as {@link #parse}
   */
  public static AnswerSchema read(Path file) throws ConfigException {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw fault(ConfigException.Reason.UNREADABLE, file, WORDS.text("schema.tooLarge"), null);
      }
      return parse(Files.readString(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      throw new ConfigException(
          ConfigException.Reason.MISSING, List.of(), WORDS.problem("schema.missing", file), e);
    } catch (IOException e) {
      throw fault(ConfigException.Reason.UNREADABLE, file, WORDS.text("schema.unreadable"), e);
    } catch (IllegalArgumentException e) {
      throw fault(ConfigException.Reason.INVALID, file, e.getMessage(), e);
    }
  }

  private static ConfigException fault(
      ConfigException.Reason reason, Path file, String message, Exception cause) {
    Problem problem = WORDS.problem("schema.invalid", file, message);
    return new ConfigException(
        reason, List.of(new ConfigException.Fault(file, 0, 0, "", message, "")), problem, cause);
  }

  /** The schema as one line of JSON. */
  public String json() {
    return json;
  }

  /** Whether a text is an answer of this form, from its first character to its last. */
  public boolean allows(String text) {
    return language.after(text.getBytes(StandardCharsets.UTF_8)).mayEnd();
  }

  Language language() {
    return language;
  }

  /**
   * An answer with its end.
   *
   * @param text of this form, where the answer began like one
   * @param written how many characters of it the model wrote, in UTF-16 units; what comes then only
   *     closes the text and says nothing about the document
   */
  public record Closed(String text, int written) {}

  /**
   * Ends an answer that broke off. What broke off in the middle of a value is taken back, since
   * half an amount is a wrong amount, and what is missing becomes null where the schema allows it.
   */
  public Closed close(String answer) {
    if (allows(answer)) {
      return new Closed(answer, answer.length());
    }
    String whole = answer.substring(0, WholeValues.end(answer));
    Language rest = language.after(whole.getBytes(StandardCharsets.UTF_8));
    return rest == Language.NONE
        ? new Closed(answer, answer.length())
        : new Closed(
            whole + new String(rest.closing().bytes(), StandardCharsets.UTF_8), whole.length());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AnswerSchema that && json.equals(that.json);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }
}
