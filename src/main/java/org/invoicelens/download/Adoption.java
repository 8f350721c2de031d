package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
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
  private final Optional<Path> importFrom;
  private final Optional<HubCache> cache;
  private final ManifestKeeper manifest;
  private final ProgressBoard board;
  private final Cancellation cancellation;

  Adoption(
      Path modelPath,
      Optional<Path> importFrom,
      Optional<HubCache> cache,
      ManifestKeeper manifest,
      ProgressBoard board,
      Cancellation cancellation) {
    this.modelPath = modelPath;
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
      takeFromCache(listing, missing, threads);
    } finally {
      threads.shutdown();
    }
    Map<String, Checksum> inOrder = new LinkedHashMap<>(plan);
    inOrder.keySet().retainAll(missing.keySet());
    return inOrder;
  }

  /** Takes what is right in the Hub's cache from the missing files. */
  private void takeFromCache(
      Listing listing, Map<String, Checksum> missing, ExecutorService threads)
      throws IOException, DownloadException, CancelledException, InterruptedException {
    Map<String, Path> found = new LinkedHashMap<>();
    Map<String, Future<Boolean>> checks = new LinkedHashMap<>();
    for (Map.Entry<String, Checksum> file : missing.entrySet()) {
      String path = file.getKey();
      Checksum checksum = file.getValue();
      Optional<Path> cached =
          imported(path, checksum)
              .or(() ->
                  cache.flatMap(
                      c -> c.find(listing.repoId(), listing.commit(), path, checksum.hex())));
      if (cached.isPresent() && Files.size(cached.get()) == checksum.size()) {
        found.put(path, cached.get());
        checks.put(path, threads.submit(() -> isRight(path, cached.get(), checksum)));
      }
    }
    if (!checks.isEmpty()) {
      board.phase(WORDS.text("progress.checkingCache"));
    }
    for (Map.Entry<String, Future<Boolean>> check : checks.entrySet()) {
      String path = check.getKey();
      Checksum checksum = missing.get(path);
      if (answer(check.getValue()) && take(found.get(path), path, checksum)) {
        manifest.add(path, checksum);
        board.set(path, checksum.size(), WORDS.text("progress.alreadyHere"));
        missing.remove(path);
        log.info("{} comes from {}.", path, found.get(path));
      } else {
        log.warn("{} is not what it should be and is left alone.", found.get(path));
        board.set(path, 0, WORDS.text("progress.notRightInCache", path));
      }
    }
  }

  /**
   * A file of that name and size in the folder to import from: at its path in the repository, or
   * flat, as people copy files. What a link leads to counts, since the Hub's own programs make
   * links.
   */
  private Optional<Path> imported(String path, Checksum checksum) throws IOException {
    if (importFrom.isEmpty()) {
      return Optional.empty();
    }
    for (String name : List.of(path, path.substring(path.lastIndexOf('/') + 1))) {
      Path file = importFrom.get().resolve(name);
      if (Files.isRegularFile(file) && Files.size(file) == checksum.size()) {
        return Optional.of(file.toRealPath());
      }
    }
    return Optional.empty();
  }

  /**
   * Puts a proved file under its name: as a second name of the same content, which costs no room,
   * else as a copy that is proved once more.
   */
  private boolean take(Path cached, String path, Checksum checksum)
      throws IOException, DownloadException, CancelledException {
    Path target = ModelTree.makeParents(modelPath, path);
    Path under = ModelFolder.partial(modelPath).resolve(checksum.hex() + ".cached");
    Files.createDirectories(under.getParent());
    Files.deleteIfExists(under);
    try {
      try {
        Files.createLink(under, cached);
      } catch (UnsupportedOperationException | IOException otherVolume) {
        Files.copy(cached, under);
        if (!Digests.matches(under, checksum, n -> {}, cancellation)) {
          return false;
        }
      }
      Files.move(
          under, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return true;
    } finally {
      Files.deleteIfExists(under);
    }
  }

  private boolean isRight(String path, Path file, Checksum checksum)
      throws IOException, CancelledException {
    long[] read = {0};
    return Digests.matches(
        file,
        checksum,
        n -> {
          read[0] += n;
          board.set(path, read[0]);
        },
        cancellation);
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
