package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.invoicelens.hub.HubCache;
import org.invoicelens.hub.HubFile;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over files that lie in the model folder already, wherever they came from, in a folder that
 * the user names, or in the cache of the Hub's own programs: those that the manifest proves at
 * once, all others by their digest.
 */
final class Adoption {

  private static final Words WORDS = Words.of(Adoption.class);

  private static final Logger log = LoggerFactory.getLogger(Adoption.class);

  private final Path modelPath;
  private final String name;
  private final Optional<Path> importFrom;
  private final Optional<HubCache> cache;
  private final ManifestKeeper manifest;
  private final ProgressBoard board;
  private final Cancellation cancellation;
  private final List<Path> unproved = new ArrayList<>();
  private int importedFiles;
  private long importedBytes;

  /**
   * @param name the model folder's name, which a folder to import from may hold as well
   */
  Adoption(
      Path modelPath,
      String name,
      Optional<Path> importFrom,
      Optional<HubCache> cache,
      ManifestKeeper manifest,
      ProgressBoard board,
      Cancellation cancellation) {
    this.modelPath = modelPath;
    this.name = name;
    this.importFrom = importFrom;
    this.cache = cache;
    this.manifest = manifest;
    this.board = board;
    this.cancellation = cancellation;
  }

  /**
   * Notes every file that is right in the manifest.
   *
   * @param plan the files to have
   * @return those of the plan that are missing or wrong, in its order
   */
  Map<String, Checksum> adopt(Listing listing, Map<String, Checksum> plan)
      throws IOException, DownloadException, CancelledException, InterruptedException {
    ProvedFiles proved = ProvedFiles.read(modelPath);
    // What an earlier run with other patterns proved of this commit stays known.
    for (HubFile file : listing.files()) {
      proved
          .entry(file.path(), Listing.checksum(file))
          .ifPresent(entry -> manifest.add(file.path(), entry));
    }
    Map<String, Checksum> missing = new LinkedHashMap<>();
    Map<String, Future<Boolean>> checks = new LinkedHashMap<>();
    ExecutorService threads = Digests.newThreads();
    try {
      for (Map.Entry<String, Checksum> planned : plan.entrySet()) {
        String path = planned.getKey();
        Checksum checksum = planned.getValue();
        Path file = modelPath.resolve(path);
        if (manifest.knows(path)) {
          board.set(path, checksum.size(), WORDS.text("progress.alreadyHere"));
        } else if (Files.isRegularFile(file) && Files.size(file) == checksum.size()) {
          checks.put(path, threads.submit(() -> isRight(path, file, checksum)));
        } else {
          if (Files.exists(file)) {
            log.warn("{} has another size than it should and will be replaced.", file);
          }
          missing.put(path, checksum);
        }
      }
      if (!checks.isEmpty()) {
        board.phase(WORDS.text("progress.checkingFiles"));
      }
      for (Map.Entry<String, Future<Boolean>> check : checks.entrySet()) {
        String path = check.getKey();
        if (answer(check.getValue())) {
          manifest.add(path, plan.get(path));
          board.set(path, plan.get(path).size(), WORDS.text("progress.alreadyHere"));
        } else {
          log.warn("{} is not what it should be and will be replaced.", modelPath.resolve(path));
          board.set(path, 0, WORDS.text("progress.notRight", path));
          missing.put(path, plan.get(path));
        }
      }
      takeFound(listing, missing, threads);
    } finally {
      // What is brought in after a failure would lie where the next run looks.
      threads.shutdownNow();
      threads.awaitTermination(1, TimeUnit.MINUTES);
      for (Path under : unproved) {
        Files.deleteIfExists(under);
      }
    }
    Map<String, Checksum> inOrder = new LinkedHashMap<>(plan);
    inOrder.keySet().retainAll(missing.keySet());
    return inOrder;
  }

  /**
   * A file of the plan on its way into the model folder.
   *
   * @param source where it was found
   * @param under its name until it is proved
   * @param fromFolder whether the folder to import from had it, not the Hub's cache
   */
  private record Found(Path source, Path under, boolean fromFolder, Future<Boolean> right) {}

  /** Takes what the folder to import from and the Hub's cache have of the missing files. */
  private void takeFound(Listing listing, Map<String, Checksum> missing, ExecutorService threads)
      throws IOException, DownloadException, CancelledException, InterruptedException {
    if (missing.isEmpty()) {
      return;
    }
    Path partial = Files.createDirectories(ModelFolder.partial(modelPath));
    Optional<ImportFolder> folder =
        importFrom.map(chosen -> ImportFolder.of(chosen, listing.repoId(), name));
    Map<String, Found> found = new LinkedHashMap<>();
    for (Map.Entry<String, Checksum> file : missing.entrySet()) {
      String path = file.getKey();
      Checksum checksum = file.getValue();
      Optional<Path> imported = folder.flatMap(f -> f.find(path, checksum));
      Optional<Path> source =
          imported.or(() ->
              cache.flatMap(c -> c.find(listing.repoId(), listing.commit(), path, checksum.hex())));
      if (source.isPresent()) {
        Path under = partial.resolve(checksum.hex() + "." + found.size() + PartialData.FOUND);
        unproved.add(under);
        Future<Boolean> right =
            threads.submit(() -> bring(source.get(), under, checksum, reading(path)));
        found.put(path, new Found(source.get(), under, imported.isPresent(), right));
      }
    }
    if (!found.isEmpty()) {
      board.phase(
          importFrom.isPresent()
              ? WORDS.text("progress.importing", importFrom.get())
              : WORDS.text("progress.checkingCache"));
    }
    for (Map.Entry<String, Found> entry : found.entrySet()) {
      String path = entry.getKey();
      Found file = entry.getValue();
      Checksum checksum = missing.get(path);
      if (right(file)) {
        Files.move(
            file.under(),
            ModelTree.makeParents(modelPath, path),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
        manifest.add(path, checksum);
        board.set(path, checksum.size(), WORDS.text("progress.alreadyHere"));
        missing.remove(path);
        if (file.fromFolder()) {
          importedFiles++;
          importedBytes += checksum.size();
        }
        log.info("{} comes from {}.", path, file.source());
      } else {
        log.warn("{} is not what it should be and is left alone.", file.source());
        board.set(path, 0, WORDS.text("progress.notRightInCache", path));
      }
    }
  }

  /** How many files came from the folder to import from. */
  int importedFiles() {
    return importedFiles;
  }

  /** The size of all of them, in bytes. */
  long importedBytes() {
    return importedBytes;
  }

  private static boolean right(Found file)
      throws IOException, CancelledException, InterruptedException {
    try {
      return file.right().get();
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case CancelledException cancelled -> throw cancelled;
        case IOException unwritable -> throw unwritable;
        default -> throw new IllegalStateException(failed.getCause());
      }
    }
  }

  /**
   * Brings a file into the model folder: as a second name of the same content, which costs no room,
   * else as a copy.
   *
   * @param under gone again where its content is not right
   * @return whether its content is right; one that cannot be read is not
   * @throws IOException where the model folder takes no more
   */
  private boolean bring(Path source, Path under, Checksum checksum, LongConsumer read)
      throws IOException, CancelledException {
    boolean right = false;
    Files.deleteIfExists(under);
    try {
      right =
          linked(source, under)
              ? Digests.matches(under, checksum, read, cancellation)
              : Digests.copyMatches(source, under, checksum, read, cancellation);
    } catch (Digests.UnreadableException unreadable) {
      log.warn("{} cannot be read", source, unreadable);
    } finally {
      if (!right) {
        Files.deleteIfExists(under);
      }
    }
    return right;
  }

  private static boolean linked(Path source, Path under) {
    try {
      Files.createLink(under, source);
      return true;
    } catch (UnsupportedOperationException | IOException noLink) {
      // Another volume, or one without links, such as exFAT, which the JDK calls unsupported: the
      // file is copied then.
      return false;
    }
  }

  private boolean isRight(String path, Path file, Checksum checksum)
      throws IOException, CancelledException {
    return Digests.matches(file, checksum, reading(path), cancellation);
  }

  /** Tells how much of a file was read. */
  private LongConsumer reading(String path) {
    long[] read = {0};
    return n -> {
      read[0] += n;
      board.set(path, read[0]);
    };
  }

  private static boolean answer(Future<Boolean> check)
      throws CancelledException, InterruptedException {
    try {
      return check.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof CancelledException cancelled) {
        throw cancelled;
      }
      log.warn("A file could not be read and will be replaced", failed.getCause());
      return false;
    }
  }
}
