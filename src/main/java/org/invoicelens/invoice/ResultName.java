package org.invoicelens.invoice;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/** The names of result files: derived from documents' names, and the same on every system. */
final class ResultName {

  /** Bytes of a name that every file system takes, less what is put behind it. */
  private static final int LONGEST = 180;

  /** What Windows, or a tool that lists files, cannot stand in a name. */
  private static final Pattern BAD = Pattern.compile("[\\p{Cntrl}<>:\"/\\\\|?*]");

  private static final Pattern DOTS_AND_SPACES = Pattern.compile("^\\.|[. ]$");

  /** The devices of Windows, which are no files whatever follows them. */
  private static final Pattern DEVICE =
      Pattern.compile("(?i)(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?");

  private ResultName() {}

  /**
   * The name of a document's result, without the ending of its form.
   *
   * @param document the document's path within what was chosen
   * @return a relative path with {@code /} that leads nowhere above
   */
  static String of(Path document) {
    StringJoiner parts = new StringJoiner("/");
    for (Path part : document.normalize()) {
      parts.add(part(part.toString()));
    }
    return parts.toString();
  }

  /** The key under which two names are the same on a disk that knows no case. */
  static String key(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
  }

  private static String part(String name) {
    String plain = Normalizer.normalize(name, Normalizer.Form.NFC);
    plain = BAD.matcher(plain).replaceAll("_");
    plain = DOTS_AND_SPACES.matcher(plain).replaceAll("_");
    if (plain.isEmpty() || DEVICE.matcher(plain).matches()) {
      plain = "_" + plain;
    }
    return shortened(plain);
  }

  private static String shortened(String name) {
    if (name.getBytes(StandardCharsets.UTF_8).length <= LONGEST) {
      return name;
    }
    // Names that begin alike are told apart by their digests.
    String digest = "~" + ContentDigest.of(name.getBytes(StandardCharsets.UTF_8)).substring(0, 8);
    StringBuilder cut = new StringBuilder();
    int bytes = digest.length();
    for (int point : name.codePoints().toArray()) {
      String one = Character.toString(point);
      bytes += one.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > LONGEST) {
        break;
      }
      cut.append(one);
    }
    return cut + digest;
  }
}
