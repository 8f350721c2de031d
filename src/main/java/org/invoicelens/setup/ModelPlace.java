package org.invoicelens.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.ModelFolder;
import org.invoicelens.download.PartialData;
import org.invoicelens.hardware.ModelStorage;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Words;

/**
 * Where a model's files go, measured now.
 *
 * @param folder the model folder, absolute; it need not exist yet
 * @param free bytes that can still be written there; negative where unknown
 * @param present bytes of the model that lie there already, finished or not
 * @param needed bytes of the whole model; negative where not known
 */
public record ModelPlace(Path folder, long free, long present, long needed) {

  private static final Words WORDS = Words.of(ModelPlace.class);

  /** Measures the place that a configuration names; takes its time on a network drive. */
  public static ModelPlace of(ModelConfig config) {
    ModelStorage storage = new ModelStorage(config.modelPath());
    long free = -1;
    long present = 0;
    try {
      free = storage.freeSpace();
      present = present(config.modelPath());
    } catch (IOException unknown) {
      // A drive that is not there is told when something is to be written to it.
    }
    return new ModelPlace(
        config.modelPath(),
        free,
        present,
        config.footprint().map(ModelConfig.Footprint::downloadBytes).orElse(-1L));
  }

  /** An unfinished file has its whole length from the start, so what came of it is counted. */
  private static long present(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    Path real = folder.toRealPath();
    try {
      return FolderTree.size(real, Set.of(ModelFolder.own(real)), new Cancellation())
          + new PartialData(real).size();
    } catch (CancelledException never) {
      throw new IllegalStateException(never);
    }
  }

  /** Bytes that are still to come; negative where not known. */
  public long missing() {
    return needed < 0 ? -1 : Math.max(0, needed - present);
  }

  /** Bytes that stay free afterwards; may be negative. Only where both sizes are known. */
  public long remaining() {
    return free - missing();
  }

  /**
   * The place a model would have in another folder, after proving that its files can lie there: the
   * folder itself where it holds a model or has its name, else one of its name inside.
   *
   * @throws DownloadException where it is inside the program, cannot be written to or is too small
   */
  public static ModelPlace inAnother(ModelConfig config, Path folder, ApplicationFolders folders)
      throws DownloadException {
    Path chosen = folder.toAbsolutePath().normalize();
    Path target =
        chosen.endsWith(config.name())
                || Files.isDirectory(ModelFolder.own(chosen))
                || Files.isRegularFile(chosen.resolve("config.json"))
            ? chosen
            : chosen.resolve(config.name());
    boolean installed = !folders.data().equals(folders.program());
    if ((installed && target.startsWith(folders.program()))
        || target.startsWith(folders.bundledModels())) {
      throw refused(DownloadException.Reason.NOT_WRITABLE, "place.inProgram", null, target);
    }
    ModelConfig there = config.withModelPath(target);
    ModelStorage storage = new ModelStorage(target);
    try {
      ModelStorage.proveWritable(storage.nearest());
    } catch (IOException e) {
      throw refused(DownloadException.Reason.NOT_WRITABLE, "place.notWritable", e, target);
    }
    if (Files.exists(target) && !Files.isDirectory(target)) {
      throw refused(DownloadException.Reason.NOT_WRITABLE, "place.noFolder", null, target);
    }
    ModelPlace place = of(there);
    if (place.free() >= 0 && place.missing() > place.free()) {
      throw refused(
          DownloadException.Reason.DISK_FULL,
          "place.tooSmall",
          null,
          target,
          ByteSize.text(place.missing()),
          ByteSize.text(place.free()));
    }
    return place;
  }

  private static DownloadException refused(
      DownloadException.Reason reason, String key, IOException cause, Object... arguments) {
    return new DownloadException(
        reason,
        WORDS.problem(key, arguments),
        cause == null ? arguments[0].toString() : cause.toString(),
        cause);
  }
}
