package org.invoicelens.hub;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.invoicelens.stage.Words;

/**
 * The rules by which a name from the network may become a file in the model folder.
 *
 * <p>A name has to be harmless under the rules of POSIX and of Windows, wherever the application
 * runs: what is only a strange name on one is a device, a stream or another drive on the other.
 */
public final class SafePath {

  private static final Words WORDS = Words.of(SafePath.class);

  /** The folder in a model folder that is the application's, not the repository's. */
  public static final String OWN_FOLDER = ".invoicelens";

  private static final int LONGEST_SEGMENT = 255;
  private static final int LONGEST_PATH = 1024;
  private static final String NOT_IN_NAMES = "\\:<>\"|?*";
  private static final Pattern DEVICE =
      Pattern.compile(
          "(CON|PRN|AUX|NUL|CONIN\\$|CONOUT\\$|(COM|LPT)[0-9\u00b9\u00b2\u00b3]) *(\\..*)?",
          Pattern.CASE_INSENSITIVE);

  /** Windows reaches a long name by such a short one too. */
  private static final Pattern SHORT_NAME = Pattern.compile("[^.]{1,6}~[0-9]{1,6}(\\..{0,3})?");

  private SafePath() {}

  /** What is wrong with one name, as a clause for the user; empty where it is safe. */
  public static Optional<String> fault(String path) {
    if (path.isEmpty()) {
      return unsafe("empty", shown(path));
    }
    if (path.length() > LONGEST_PATH) {
      return unsafe("tooLong", shown(path), String.valueOf(LONGEST_PATH));
    }
    if (path.startsWith("/")) {
      return unsafe("absolute", shown(path));
    }
    for (String segment : path.split("/", -1)) {
      Optional<String> fault = segmentFault(path, segment);
      if (fault.isPresent()) {
        return fault;
      }
    }
    if (folded(path.split("/", 2)[0]).equals(OWN_FOLDER)) {
      return unsafe("ownFolder", shown(path));
    }
    return Optional.empty();
  }

  /** What is wrong with names that are to lie in one folder; empty where all are safe. */
  public static Optional<String> fault(Collection<String> paths) {
    Map<String, String> files = new HashMap<>();
    for (String path : paths) {
      Optional<String> fault = fault(path);
      if (fault.isPresent()) {
        return fault;
      }
      String twin = files.put(folded(path), path);
      if (twin != null) {
        return unsafe("twins", shown(path), shown(twin));
      }
    }
    for (String path : paths) {
      String folder = folded(path);
      for (int slash = folder.lastIndexOf('/'); slash > 0; slash = folder.lastIndexOf('/')) {
        folder = folder.substring(0, slash);
        if (files.containsKey(folder)) {
          return unsafe("fileAndFolder", shown(files.get(folder)));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> segmentFault(String path, String segment) {
    if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
      return unsafe("outside", shown(path));
    }
    if (segment.getBytes(StandardCharsets.UTF_8).length > LONGEST_SEGMENT) {
      return unsafe("tooManyBytes", shown(path), String.valueOf(LONGEST_SEGMENT));
    }
    if (segment.codePoints().anyMatch(SafePath::isForbidden)) {
      return unsafe("character", shown(path));
    }
    if (segment.endsWith(".") || segment.endsWith(" ")) {
      return unsafe("ending", shown(path));
    }
    if (DEVICE.matcher(segment).matches()) {
      return unsafe("device", shown(path));
    }
    if (SHORT_NAME.matcher(segment).matches()) {
      return unsafe("shortForm", shown(path));
    }
    return Optional.empty();
  }

  private static boolean isForbidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          true;
      default -> NOT_IN_NAMES.indexOf(c) >= 0;
    };
  }

  /** One form for all names that some file system takes for the same. */
  private static String folded(String path) {
    String upper = Normalizer.normalize(path, Normalizer.Form.NFKC).toUpperCase(Locale.ROOT);
    return Normalizer.normalize(upper.toLowerCase(Locale.ROOT), Normalizer.Form.NFKC);
  }

  private static Optional<String> unsafe(String why, Object... arguments) {
    return Optional.of(WORDS.text("unsafeName." + why, arguments));
  }

  /** A hostile name in a message: short and without what could move the cursor. */
  static String shown(String path) {
    String plain = path.replaceAll("[^\\x20-\\x7e]", "?");
    return plain.length() > 120 ? plain.substring(0, 120) + "…" : plain;
  }
}
