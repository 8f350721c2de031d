package org.invoicelens.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.CommitSwitch;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.Manifest;
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
 * @param free bytes of the model that can still be written there, in free room and in room that an
 *     unfinished download has reserved; negative where unknown
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
      free += new PartialData(config.modelPath()).reserved();
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
    Path target = target(config, folder);
    proveUsable(target, folders);
    ModelPlace place = of(config.withModelPath(target));
    if (place.free() >= 0 && place.missing() > place.free()) {
      throw tooSmall(target, place.missing(), place.free());
    }
    return place;
  }

  /**
   * The place that a model which is here can be moved to, found and proved as by {@link
   * #inAnother}; room is needed only for what is here, and none where it only gets a new name.
   *
   * @throws DownloadException also where it lies there already, or one folder is inside the other
   */
  public static ModelPlace toMoveTo(ModelConfig config, Path folder, ApplicationFolders folders)
      throws DownloadException {
    Path target = target(config, folder);
    Path here = config.modelPath();
    proveUsable(target, folders);
    try {
      Path real = here.toRealPath();
      if (Files.exists(target) && Files.isSameFile(real, target)) {
        throw refused(DownloadException.Reason.NOT_WRITABLE, "place.same", null, target);
      }
      Path nearest = new ModelStorage(target).nearest().toRealPath();
      if (nearest.startsWith(real) || (Files.exists(target) && real.startsWith(nearest))) {
        throw refused(DownloadException.Reason.NOT_WRITABLE, "place.nested", null, target, here);
      }
      ModelPlace there = of(config.withModelPath(target));
      long size = FolderTree.size(real);
      ModelPlace place = new ModelPlace(target, there.free(), there.present(), size);
      boolean renamed =
          ModelMove.isFree(target) && Files.getFileStore(nearest).equals(Files.getFileStore(real));
      if (!renamed && place.free() >= 0 && place.missing() > place.free()) {
        throw tooSmall(target, place.missing(), place.free());
      }
      return place;
    } catch (IOException e) {
      throw refused(DownloadException.Reason.NOT_WRITABLE, "place.unreachable", e, here);
    }
  }

  /**
   * The folder in which a model's files lie that were brought there by other means, such as a disk
   * that has another name now. Proved by what the download noted in it, and by every file's size.
   *
   * @throws DownloadException where the folder holds no files of this model, or belongs to the
   *     program
   */
  public static Path holding(ModelConfig config, Path folder, ApplicationFolders folders)
      throws DownloadException {
    Path target = target(config, folder);
    proveOutsideProgram(target, folders);
    CommitSwitch.finishIn(target);
    try {
      Optional<Manifest> manifest =
          Manifest.read(target).filter(noted -> noted.repoId().equals(config.repoId()));
      if (manifest.filter(noted -> noted.isPresent(target)).isPresent()) {
        return target;
      }
      throw refused(
          DownloadException.Reason.NOTHING_TO_DOWNLOAD,
          "place.notHere",
          null,
          target,
          config.name());
    } catch (IOException e) {
      throw refused(
          DownloadException.Reason.NOTHING_TO_DOWNLOAD, "place.notHere", e, target, config.name());
    }
  }

  private static Path target(ModelConfig config, Path folder) {
    Path chosen = folder.toAbsolutePath().normalize();
    return chosen.endsWith(config.name())
            || Files.isDirectory(ModelFolder.own(chosen))
            || Files.isRegularFile(chosen.resolve("config.json"))
        ? chosen
        : chosen.resolve(config.name());
  }

  private static void proveUsable(Path target, ApplicationFolders folders)
      throws DownloadException {
    proveOutsideProgram(target, folders);
    try {
      ModelStorage.proveWritable(new ModelStorage(target).nearest());
    } catch (IOException e) {
      throw refused(DownloadException.Reason.NOT_WRITABLE, "place.notWritable", e, target);
    }
    if (Files.exists(target) && !Files.isDirectory(target)) {
      throw refused(DownloadException.Reason.NOT_WRITABLE, "place.noFolder", null, target);
    }
  }

  private static void proveOutsideProgram(Path target, ApplicationFolders folders)
      throws DownloadException {
    boolean installed = !folders.data().equals(folders.program());
    if ((installed && target.startsWith(folders.program()))
        || target.startsWith(folders.bundledModels())) {
      throw refused(DownloadException.Reason.NOT_WRITABLE, "place.inProgram", null, target);
    }
  }

  private static DownloadException tooSmall(Path target, long missing, long free) {
    return refused(
        DownloadException.Reason.DISK_FULL,
        "place.tooSmall",
        null,
        target,
        ByteSize.text(missing),
        ByteSize.text(free));
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
