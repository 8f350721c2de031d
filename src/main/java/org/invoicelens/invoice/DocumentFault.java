package org.invoicelens.invoice;

import java.util.Locale;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.InferenceException.Reason;
import org.invoicelens.stage.Problem;

/** The failures of opening a document, in the user's words. */
final class DocumentFault {

  private static final String NOTHING_READ = "Nothing was read from it.";

  private DocumentFault() {}

  static InferenceException bad(String what, String remedy) {
    return bad(what, remedy, "", null);
  }

  static InferenceException bad(String what, String remedy, String detail, Throwable cause) {
    return new InferenceException(
        Reason.BAD_DOCUMENT, new Problem(what, NOTHING_READ, remedy), detail, cause);
  }

  static InferenceException broken(String name, DocumentType type, Throwable cause) {
    return bad(
        name + " is a broken or cut off " + type.title() + ".",
        "Open it in another program to see whether it is whole, and save or scan it again.",
        String.valueOf(cause),
        cause);
  }

  static InferenceException tooLarge(String what, String remedy, Throwable cause) {
    return new InferenceException(
        Reason.DOCUMENT_TOO_LARGE, new Problem(what, NOTHING_READ, remedy), "", cause);
  }

  /** Refuses a picture of a size that could not be held in memory. */
  static void requireSize(String name, long width, long height) throws InferenceException {
    if (width < 1 || height < 1) {
      throw bad(name + " has no pixels.", "Save or scan it again.");
    }
    if (width > DocumentLoader.LONGEST_SIDE
        || height > DocumentLoader.LONGEST_SIDE
        || width * height > DocumentLoader.MOST_PIXELS) {
      throw tooLarge(
          String.format(
              Locale.ROOT,
              "%s measures %,d × %,d pixels; at most %,d megapixels and %,d pixels a side can be"
                  + " opened.",
              name,
              width,
              height,
              DocumentLoader.MOST_PIXELS / 1_000_000,
              DocumentLoader.LONGEST_SIDE),
          "Make it smaller: 300 dots per inch are plenty for a page.",
          null);
    }
  }

  /** Refuses a document of more pages than one reading should take. */
  static void requirePages(String name, int pages) throws InferenceException {
    if (pages > DocumentLoader.MOST_PAGES) {
      throw tooLarge(
          name + " has " + pages + " pages; at most " + DocumentLoader.MOST_PAGES + " can be read.",
          "Split it into one file for each invoice.",
          null);
    }
  }
}
