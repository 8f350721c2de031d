package org.invoicelens.invoice;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.invoicelens.pixtral.InferenceException;

/** The document files that a choice of files and folders stands for. */
public final class DocumentFiles {

  /** Names in the order people count: page 2 comes before page 10. */
  static final Comparator<Path> NATURAL =
      Comparator.comparing((Path file) -> file.getFileName().toString(), DocumentFiles::compare);

  private static final Pattern PART = Pattern.compile("\\d+|\\D+");

  private DocumentFiles() {}

  /**
   * The files themselves, and for a folder every file in it, but not in folders within it, that is
   * named like a document, sorted by name; each file once.
   *
   * @throws InferenceException where a folder cannot be listed or holds no document
   */
  public static List<Path> expand(List<Path> choice) throws InferenceException {
    Set<Path> files = new LinkedHashSet<>();
    for (Path chosen : choice) {
      if (Files.isDirectory(chosen)) {
        files.addAll(list(chosen));
      } else {
        files.add(chosen);
      }
    }
    return new ArrayList<>(files);
  }

  private static List<Path> list(Path folder) throws InferenceException {
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> files =
          entries
              .filter(file -> Files.isRegularFile(file) && DocumentType.isNamedLikeOne(file))
              .sorted(NATURAL)
              .toList();
      if (files.isEmpty()) {
        throw DocumentFault.bad("folder.nothing", folder);
      }
      return files;
    } catch (IOException | UncheckedIOException e) {
      throw DocumentFault.bad("folder.unreadable", folder, e.toString(), e);
    }
  }

  private static int compare(String one, String other) {
    Matcher a = PART.matcher(one);
    Matcher b = PART.matcher(other);
    while (true) {
      boolean more = a.find();
      if (!b.find()) {
        return more ? 1 : 0;
      }
      if (!more) {
        return -1;
      }
      int order = comparePart(a.group(), b.group());
      if (order != 0) {
        return order;
      }
    }
  }

  private static int comparePart(String one, String other) {
    if (isNumber(one) && isNumber(other)) {
      String a = one.replaceFirst("^0+(?=.)", "");
      String b = other.replaceFirst("^0+(?=.)", "");
      int order = Integer.compare(a.length(), b.length());
      return order != 0 ? order : a.compareTo(b);
    }
    int order = one.compareToIgnoreCase(other);
    return order != 0 ? order : one.compareTo(other);
  }

  private static boolean isNumber(String part) {
    return part.charAt(0) >= '0' && part.charAt(0) <= '9';
  }
}
