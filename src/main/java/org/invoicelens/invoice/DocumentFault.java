package org.invoicelens.invoice;

import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.InferenceException.Reason;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Words;

/** The failures of opening a document, in the user's words. */
final class DocumentFault {

  private static final Words WORDS = Words.of(DocumentFault.class);

  private DocumentFault() {}

  /**
   * A document that cannot be read, in the words under a key.
   *
   * @param name what the document is called, the first argument of the words
   */
  static InferenceException bad(String key, Object name) {
    return bad(key, name, "", null);
  }

  static InferenceException bad(String key, Object name, String detail, Throwable cause) {
    return new InferenceException(Reason.BAD_DOCUMENT, problem(key, name), detail, cause);
  }

  static InferenceException broken(String name, DocumentType type, Throwable cause) {
    return new InferenceException(
        Reason.BAD_DOCUMENT,
        problem("document.broken", name, type.title()),
        String.valueOf(cause),
        cause);
  }

  static InferenceException tooLarge(String key, Throwable cause, Object... arguments) {
    return new InferenceException(Reason.DOCUMENT_TOO_LARGE, problem(key, arguments), "", cause);
  }

  private static Problem problem(String key, Object... arguments) {
    return new Problem(
        WORDS.text(key + ".what", arguments),
        WORDS.text("document.nothingRead"),
        WORDS.text(key + ".remedy", arguments));
  }

  /** Refuses a picture of a size that could not be held in memory. */
  static void requireSize(String name, long width, long height) throws InferenceException {
    if (width < 1 || height < 1) {
      throw bad("document.noPixels", name);
    }
    if (width > DocumentLoader.LONGEST_SIDE
        || height > DocumentLoader.LONGEST_SIDE
        || width * height > DocumentLoader.MOST_PIXELS) {
      throw tooLarge(
          "document.manyPixels",
          null,
          name,
          width,
          height,
          DocumentLoader.MOST_PIXELS / 1_000_000,
          DocumentLoader.LONGEST_SIDE);
    }
  }

  /** Refuses a picture within a PDF of a size that could not be held in memory. */
  static void requireSizeInPdf(String name, long width, long height) throws InferenceException {
    requireSize(WORDS.text("document.inPdf", name), width, height);
  }

  /** Refuses a document of more pages than one reading should take. */
  static void requirePages(String name, int pages) throws InferenceException {
    if (pages > DocumentLoader.MOST_PAGES) {
      throw tooLarge("document.manyPages", null, name, pages, DocumentLoader.MOST_PAGES);
    }
  }
}
