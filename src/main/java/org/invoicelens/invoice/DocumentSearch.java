package org.invoicelens.invoice;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.invoicelens.pixtral.InferenceException;

/**
 * The documents that a choice of files and folders stands for, with the names they have within it.
 * What cannot be listed does not hold up the rest.
 *
 * @param documents every document once, in order
 * @param failures what could not be listed, or holds nothing
 */
public record DocumentSearch(List<Found> documents, List<Failure> failures) {

  public DocumentSearch {
    documents = List.copyOf(documents);
    failures = List.copyOf(failures);
  }

  /**
   * A document.
   *
   * @param file where it lies
   * @param name its path within the chosen folder; of a chosen file, its name
   */
  public record Found(Path file, Path name) {}

  /**
   * What could not be listed.
   *
   * @param path what was chosen, or a folder within it
   * @param cause why
   */
  public record Failure(Path path, InferenceException cause) {}

  /**
   * Lists folders; files are taken as they are.
   *
   * @param deep whether folders within folders are looked into too; links to folders are not
   *     followed
   * @param leftOut a folder that is not looked into unless it was chosen itself
   */
  public static DocumentSearch of(List<Path> choice, boolean deep, Optional<Path> leftOut) {
    Listing listing = new Listing(deep, leftOut.map(DocumentSearch::real));
    for (Path chosen : choice) {
      if (Files.isDirectory(chosen)) {
        listing.folder(chosen);
      } else {
        Path name = chosen.getFileName();
        listing.take(chosen, name == null ? chosen : name);
      }
    }
    return new DocumentSearch(listing.documents, listing.failures);
  }

  /** The path by which a file is known whatever leads to it. */
  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException missing) {
      return path.toAbsolutePath().normalize();
    }
  }

  private static final class Listing {

    private final boolean deep;
    private final Optional<Path> leftOut;
    private final Set<Path> known = new HashSet<>();
    private final List<Found> documents = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();

    Listing(boolean deep, Optional<Path> leftOut) {
      this.deep = deep;
      this.leftOut = leftOut;
    }

    void take(Path file, Path name) {
      if (known.add(real(file))) {
        documents.add(new Found(file, name));
      }
    }

    void folder(Path folder) {
      if (!deep) {
        try {
          DocumentFiles.expand(List.of(folder))
              .forEach(file -> take(file, folder.relativize(file)));
        } catch (InferenceException e) {
          failures.add(new Failure(folder, e));
        }
        return;
      }
      List<Path> files = new ArrayList<>();
      int failuresBefore = failures.size();
      try {
        // A link that was chosen is followed, one that is met on the way is not.
        Path top = folder.toRealPath();
        Files.walkFileTree(top, visitor(top, files));
      } catch (IOException e) {
        failures.add(
            new Failure(folder, DocumentFault.bad("folder.unreadable", folder, e.toString(), e)));
      }
      if (files.isEmpty() && failures.size() == failuresBefore) {
        failures.add(new Failure(folder, DocumentFault.bad("folder.nothingWithin", folder)));
      }
      Path top = real(folder);
      files.stream()
          .map(top::relativize)
          .sorted(DocumentFiles.NATURAL_PATHS)
          .forEach(name -> take(folder.resolve(name), name));
    }

    private FileVisitor<Path> visitor(Path top, List<Path> files) {
      return new SimpleFileVisitor<>() {

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
          return leftOut.filter(folder::equals).isPresent() && !folder.equals(top)
              ? FileVisitResult.SKIP_SUBTREE
              : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
          if (DocumentType.isNamedLikeOne(file) && Files.isRegularFile(file)) {
            files.add(file);
          }
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path path, IOException e) {
          failures.add(
              new Failure(path, DocumentFault.bad("folder.unreadable", path, e.toString(), e)));
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, IOException e) {
          if (e != null) {
            failures.add(
                new Failure(
                    folder, DocumentFault.bad("folder.unreadable", folder, e.toString(), e)));
          }
          return FileVisitResult.CONTINUE;
        }
      };
    }
  }
}
