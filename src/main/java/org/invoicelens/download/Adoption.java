package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.invoicelens.hub.HubFile;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over files that lie in the model folder already, wherever they came from: those that the
 * manifest proves at once, all others by their digest.
 */
final class Adoption {

  private static final Logger log = LoggerFactory.getLogger(Adoption.class);

  private final Path modelPath;
  private final ManifestKeeper manifest;
  private final ProgressBoard board;
  private final Cancellation cancellation;

  Adoption(
      Path modelPath, ManifestKeeper manifest, ProgressBoard board, Cancellation cancellation) {
    this.modelPath = modelPath;
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
      throws IOException, CancelledException, InterruptedException {
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
          board.set(path, checksum.size(), "Already here");
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
        board.phase("Checking files that are already here");
      }
      for (Map.Entry<String, Future<Boolean>> check : checks.entrySet()) {
        String path = check.getKey();
        if (answer(check.getValue())) {
          manifest.add(path, plan.get(path));
          board.set(path, plan.get(path).size(), "Already here");
        } else {
          log.warn("{} is not what it should be and will be replaced.", modelPath.resolve(path));
          board.set(path, 0, path + " is here but not right: it is fetched and replaced.");
          missing.put(path, plan.get(path));
        }
      }
    } finally {
      threads.shutdown();
    }
    Map<String, Checksum> inOrder = new LinkedHashMap<>(plan);
    inOrder.keySet().retainAll(missing.keySet());
    return inOrder;
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
