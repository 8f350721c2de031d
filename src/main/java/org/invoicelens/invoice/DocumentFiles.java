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
import org.invoicelens.stage.Problem;

/** The document files that a choice of files and folders stands for. */
public final class DocumentFiles {

  /** Names in the order people count: page 2 comes before page 10. */
  static final Comparator<Path> NATURAL =
      Comparator.comparing((Path file) -> file.getFileName().toString(), DocumentFiles::compare);

  /** Paths in that order, folder by folder. */
  static final Comparator<Path> NATURAL_PATHS =
      (one, other) -> {
        int shared = Math.min(one.getNameCount(), other.getNameCount());
        for (int i = 0; i < shared; i++) {
          int order = compare(one.getName(i).toString(), other.getName(i).toString());
          if (order != 0) {
            return order;
          }
        }
        return Integer.compare(one.getNameCount(), other.getNameCount());
      };

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

  /**
   * What a user's choice comes to.
   *
   * @param documents the files to read, in order, each once
   * @param refused what was not taken
   */
  public record Choice(List<Path> documents, List<Refused> refused) {
    public Choice {
      documents = List.copyOf(documents);
      refused = List.copyOf(refused);
    }
  }

  /**
   * A file or folder that was not taken.
   *
   * @param path what was chosen
   * @param problem why it was not taken
   */
  public record Refused(Path path, Problem problem) {}

  /**
   * The same as {@link #expand}, except that what is of no use does not hold up the rest: a folder
   * without documents, a file that is gone, or one that is neither named like a document nor is
   * one. What is only named like one is taken: what is wrong with it, its reading tells.
   */
  public static Choice choose(List<Path> choice) {
    Set<Path> documents = new LinkedHashSet<>();
    List<Refused> refused = new ArrayList<>();
    for (Path chosen : choice) {
      Path path = chosen.toAbsolutePath().normalize();
      try {
        if (Files.isDirectory(path)) {
          documents.addAll(list(path));
        } else {
          if (!Files.isRegularFile(path) || !DocumentType.isNamedLikeOne(path)) {
            DocumentLoader.examine(path);
          }
          documents.add(path);
        }
      } catch (InferenceException e) {
        refused.add(new Refused(path, e.problem()));
      }
    }
    return new Choice(new ArrayList<>(documents), refused);
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
