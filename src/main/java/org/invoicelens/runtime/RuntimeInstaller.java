package org.invoicelens.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.TorchBuild;
import org.invoicelens.download.CommitSwitch;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.FolderDownloader;
import org.invoicelens.download.FolderLock;
import org.invoicelens.download.PartialData;
import org.invoicelens.download.RateLimit;
import org.invoicelens.hub.HubException;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.hub.ListedFolder;
import org.invoicelens.hub.SafePath;
import org.invoicelens.runtime.CudaRuntimeException.Reason;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.WholeFile;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches PyTorch for graphics cards into a folder of ours, going on where it stopped.
 *
 * <p>The server's listing names the packed files, and the server tells the size, the entity tag and
 * the last bytes of each, which in gzip are the unpacked length. From these the room is known
 * before anything comes, and no file can become larger than it announced. The files are unpacked
 * into a folder aside, the manifest is written last, and one rename makes the whole of it appear:
 * what was broken off looks like nothing. A file whose own checksum is wrong is fetched once again.
 *
 * <p>One call at a time, in this process or another.
 */
public final class RuntimeInstaller {

  private static final Words WORDS = Words.of(RuntimeInstaller.class);

  private static final Logger log = LoggerFactory.getLogger(RuntimeInstaller.class);

  private static final String LISTING = "files.txt";
  private static final String PACKED = ".gz";

  /** What stays free on the disk, in bytes: a full volume harms other programs. */
  private static final long DISK_RESERVE = 64L << 20;

  /** The length at the end of a gzip file counts modulo this. */
  private static final long LENGTHS = 1L << 32;

  private static final int QUESTIONS = 3;

  private final ApplicationFolders folders;
  private final TorchBuild build;
  private final TorchPlatform platform;
  private final HubSettings settings;
  private final FolderDownloader downloader;
  private final ProgressListener listener;
  private final Cancellation cancellation;

  /**
   * An installer for this computer.
   *
   * @param settings how servers are reached
   * @param rateLimit the limit of all connections together, shared with whoever changes it
   * @throws CudaRuntimeException {@code NO_PLATFORM} where there is no such library for it
   */
  public RuntimeInstaller(
      ApplicationFolders folders,
      TorchBuild build,
      HubSettings settings,
      RateLimit rateLimit,
      ProgressListener listener,
      Cancellation cancellation)
      throws CudaRuntimeException {
    this(
        folders,
        build,
        TorchPlatform.current().orElseThrow(() -> noPlatform(build)),
        settings,
        rateLimit,
        listener,
        cancellation);
  }

  RuntimeInstaller(
      ApplicationFolders folders,
      TorchBuild build,
      TorchPlatform platform,
      HubSettings settings,
      RateLimit rateLimit,
      ProgressListener listener,
      Cancellation cancellation)
      throws CudaRuntimeException {
    if (!build.platforms().contains(platform.classifier())) {
      throw noPlatform(build);
    }
    this.folders = folders;
    this.build = build;
    this.platform = platform;
    this.settings = settings;
    this.downloader = new FolderDownloader(rateLimit, listener, cancellation);
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /**
   * A file on the server.
   *
   * @param packed its name there
   * @param name its name when it is unpacked
   * @param packedSize in bytes
   * @param size unpacked, in bytes
   */
  private record Part(String packed, String name, long packedSize, long size) {}

  /**
   * What is to be fetched.
   *
   * @param id tells one state of the server's files from every other
   */
  private record Plan(String id, List<Part> parts) {

    long packedSize() {
      return parts.stream().mapToLong(Part::packedSize).sum();
    }

    long size() {
      return parts.stream().mapToLong(Part::size).sum();
    }
  }

  /** A packed file that is not what it should be. */
  private static final class DamagedPart extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Part part;

    DamagedPart(Part part, Exception cause) {
      super(cause.getMessage(), cause);
      this.part = part;
    }
  }

  /**
   * Fetches what is missing and unpacks all of it; where it is here and whole already, nothing is
   * fetched. It counts from the next start on.
   *
   * @throws CudaRuntimeException where that cannot be
   * @throws DownloadException where the transfer failed; what came is kept
   * @throws CancelledException when asked to stop: the next call goes on from there
   */
  public CudaRuntime install() throws CudaRuntimeException, DownloadException, CancelledException {
    Optional<CudaRuntime> here = whole();
    if (here.isPresent()) {
      return counting(here.get());
    }
    try (FolderLock _ = FolderLock.take(fetching());
        ListedFolder server = new ListedFolder(settings, build.address());
        Cancellation.Registration _ = cancellation.onCancel(server::breakOff)) {
      Plan plan = ask(server);
      Path packed = fetching().resolve(plan.id);
      boolean begun = Files.exists(packed);
      removeAllBut(fetching(), Set.of(packed));
      if (!begun) {
        requireRoom(plan.packedSize() + plan.size(), plan);
      }
      RuntimeManifest manifest = bring(server, plan, packed);
      putInPlace(manifest);
      CommitSwitch.removeTree(packed);
    } catch (HubException failure) {
      cancellation.throwIfCancelled();
      throw server(failure);
    } catch (IOException disk) {
      throw notWritable(folders.runtimes(), disk);
    }
    removeQuietly(fetching());
    return counting(CudaRuntime.own(folders, build, platform).orElseThrow());
  }

  /** The one that is here; empty where something of it is not as it was. */
  private Optional<CudaRuntime> whole() {
    return CudaRuntime.own(folders, build, platform)
        .filter(runtime -> {
          try {
            runtime.requirePresent();
            return true;
          } catch (CudaRuntimeException broken) {
            log.warn("It is fetched again: {}", broken.problem().what());
            return false;
          }
        });
  }

  /** Lets a runtime count in place of a folder of the user's. */
  private CudaRuntime counting(CudaRuntime runtime) throws CudaRuntimeException {
    try {
      CudaRuntime.forget(folders);
      return runtime;
    } catch (IOException unwritable) {
      throw notWritable(folders.state(), unwritable);
    }
  }

  /**
   * Removes what a broken off call left, so that its room is free; nothing is installed then.
   *
   * @throws DownloadException {@code IN_USE} while another call fetches
   */
  public static void discard(ApplicationFolders folders)
      throws CudaRuntimeException, DownloadException {
    Path left = fetching(folders);
    if (!Files.exists(left)) {
      return;
    }
    try (FolderLock _ = FolderLock.take(left)) {
      removeAllBut(left, Set.of());
      CommitSwitch.removeTree(unpacking(folders));
    } catch (IOException failure) {
      throw notWritable(folders.runtimes(), failure);
    }
    removeQuietly(left);
  }

  /** How many bytes a broken off call left for the next one. */
  public static long leftBehind(ApplicationFolders folders) {
    long size = 0;
    try (DirectoryStream<Path> plans = Files.newDirectoryStream(fetching(folders), "[!.]*")) {
      for (Path plan : plans) {
        size += new PartialData(plan).size();
        try (DirectoryStream<Path> whole = Files.newDirectoryStream(plan, "*" + PACKED)) {
          for (Path file : whole) {
            size += Files.size(file);
          }
        }
      }
      return size;
    } catch (IOException none) {
      return 0;
    }
  }

  private static Path fetching(ApplicationFolders folders) {
    return folders.runtimes().resolve(".fetching");
  }

  private Path fetching() {
    return fetching(folders);
  }

  private static Path unpacking(ApplicationFolders folders) {
    return folders.runtimes().resolve(".unpacking");
  }

  private Path unpacking() {
    return unpacking(folders);
  }

  private Plan ask(ListedFolder server)
      throws HubException, CudaRuntimeException, CancelledException {
    say(0, Progress.UNKNOWN, WORDS.text("progress.asking", server.name()));
    String folder = build.flavor() + "/" + platform.classifier() + "/native/lib/";
    List<String> listed = patiently(() -> server.list(LISTING, folder));
    List<String> names =
        listed.stream()
            .filter(name -> name.endsWith(PACKED))
            .map(name -> name.substring(0, name.length() - PACKED.length()))
            .toList();
    for (String name : platform.required()) {
      if (!names.contains(name)) {
        throw new CudaRuntimeException(
            Reason.NOT_ON_SERVER,
            WORDS.problem("notOnServer", server.name(), build.version(), name),
            folder + name,
            null);
      }
    }
    Optional<String> fault = SafePath.fault(names);
    if (fault.isPresent() || names.contains(RuntimeManifest.FILE)) {
      throw new CudaRuntimeException(
          Reason.SERVER,
          WORDS.problem("unsafeName", server.name(), fault.orElse(RuntimeManifest.FILE)),
          fault.orElse(RuntimeManifest.FILE),
          null);
    }
    List<Part> parts = new ArrayList<>();
    StringBuilder state = new StringBuilder();
    for (String name : names) {
      cancellation.throwIfCancelled();
      ListedFolder.Entry entry = patiently(() -> server.entry(name + PACKED));
      parts.add(new Part(entry.name(), name, entry.size(), unpackedSize(entry)));
      state
          .append(entry.name())
          .append(' ')
          .append(entry.size())
          .append(' ')
          .append(entry.tag())
          .append(' ')
          .append(entry.last())
          .append('\n');
    }
    Plan plan = new Plan(digest(state.toString()).substring(0, 16), List.copyOf(parts));
    if (plan.size() > build.largestBytes()) {
      throw new CudaRuntimeException(
          Reason.TOO_LARGE,
          WORDS.problem(
              "tooLarge",
              server.name(),
              ByteSize.text(plan.size()),
              ByteSize.text(build.largestBytes())),
          plan.size() + " bytes",
          null);
    }
    return plan;
  }

  /** What a gzip file becomes: its length counts modulo 4 GiB, and packing never doubles a file. */
  private static long unpackedSize(ListedFolder.Entry entry) {
    long size = entry.last();
    while (size < entry.size() / 2) {
      size += LENGTHS;
    }
    return size;
  }

  private static String digest(String text) {
    return HexFormat.of()
        .formatHex(Unpacking.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** A question to the server that may be asked again. */
  @FunctionalInterface
  private interface Question<T> {
    T ask() throws HubException;
  }

  private <T> T patiently(Question<T> question) throws HubException, CancelledException {
    for (int asked = 1; ; asked++) {
      try {
        return question.ask();
      } catch (HubException failure) {
        cancellation.throwIfCancelled();
        if (!failure.isPassing() || asked == QUESTIONS) {
          throw failure;
        }
        log.info("Asking again: {}", failure.detail());
        pause(Duration.ofSeconds(asked));
      }
    }
  }

  private void pause(Duration time) throws CancelledException {
    try {
      Thread.sleep(time);
    } catch (InterruptedException asked) {
      Thread.currentThread().interrupt();
      cancellation.cancel();
    }
    cancellation.throwIfCancelled();
  }

  /** Fetches and unpacks; what is damaged is fetched once again. */
  private RuntimeManifest bring(ListedFolder server, Plan plan, Path packed)
      throws IOException, CudaRuntimeException, DownloadException, CancelledException {
    List<FolderDownloader.Wanted> wanted =
        plan.parts.stream()
            .map(part ->
                new FolderDownloader.Wanted(
                    part.packed,
                    part.packedSize,
                    Optional.ofNullable(build.sha256().get(part.packed))))
            .toList();
    Set<String> damaged = new HashSet<>();
    while (true) {
      fetch(server, wanted, packed);
      try {
        return unpack(plan, packed);
      } catch (DamagedPart failure) {
        log.warn("{} is damaged: {}", failure.part.packed, failure.getMessage());
        Files.delete(packed.resolve(failure.part.packed));
        if (!damaged.add(failure.part.packed)) {
          throw new CudaRuntimeException(
              Reason.DAMAGED,
              WORDS.problem("damaged", failure.part.packed, server.name()),
              failure.getMessage(),
              failure);
        }
        say(0, Progress.UNKNOWN, WORDS.text("progress.damaged", failure.part.packed));
      }
    }
  }

  private void fetch(ListedFolder server, List<FolderDownloader.Wanted> wanted, Path packed)
      throws CudaRuntimeException, DownloadException, CancelledException {
    try {
      downloader.download(server, wanted, packed);
    } catch (DownloadException failure) {
      // What concerns the folder is said there for a model's.
      switch (failure.reason()) {
        case DISK_FULL ->
            throw new CudaRuntimeException(
                Reason.DISK_FULL,
                WORDS.problem("diskFull.meanwhile", folders.runtimes()),
                failure.detail(),
                failure);
        case NOT_WRITABLE -> throw notWritable(folders.runtimes(), failure);
        default -> throw failure;
      }
    }
  }

  private RuntimeManifest unpack(Plan plan, Path packed)
      throws IOException, DamagedPart, CudaRuntimeException, CancelledException {
    CommitSwitch.removeTree(unpacking());
    requireRoom(plan.size(), plan);
    Files.createDirectories(unpacking());
    Map<String, RuntimeManifest.Entry> files = new TreeMap<>();
    long[] done = {0};
    for (Part part : plan.parts) {
      String words = WORDS.text("progress.unpacking", part.name);
      try {
        String sha256 =
            Unpacking.unpack(
                packed.resolve(part.packed),
                unpacking().resolve(part.name),
                part.size,
                bytes -> {
                  done[0] += bytes;
                  listener.onProgress(
                      Progress.of(
                          Stage.VERIFICATION,
                          Math.min(done[0], plan.size()),
                          plan.size(),
                          Progress.Unit.BYTES,
                          words));
                },
                cancellation);
        files.put(part.name, new RuntimeManifest.Entry(part.size, sha256));
      } catch (Unpacking.DamagedException damaged) {
        throw new DamagedPart(part, damaged);
      }
    }
    return new RuntimeManifest(build.version(), build.flavor(), platform.classifier(), files);
  }

  /** Lets the whole of it appear under its name. */
  private void putInPlace(RuntimeManifest manifest)
      throws IOException, CudaRuntimeException, CancelledException {
    cancellation.throwIfCancelled();
    // A virus scanner may have taken something away again.
    manifest.requirePresent(unpacking());
    manifest.write(unpacking());
    Path folder = CudaRuntime.ownFolder(folders, build, platform);
    setAside(folder);
    WholeFile.move(unpacking(), folder);
  }

  /** What cannot be renamed, as on Windows while it is in use, stays and is a failure. */
  private static void setAside(Path folder) throws IOException {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Path aside = folder.resolveSibling(".removed-" + folder.getFileName());
      CommitSwitch.removeTree(aside);
      WholeFile.move(folder, aside);
      removeQuietly(aside);
    }
  }

  /**
   * Removes a runtime: of one that was fetched every file, of a folder of the user's only that it
   * counts.
   *
   * @throws CudaRuntimeException where it cannot be removed, as on Windows while it is in use
   */
  public static void remove(ApplicationFolders folders, CudaRuntime runtime)
      throws CudaRuntimeException {
    try {
      if (runtime.adopted()) {
        CudaRuntime.forget(folders);
      } else {
        setAside(runtime.folder());
      }
    } catch (IOException failure) {
      throw notWritable(runtime.folder(), failure);
    }
  }

  /** Removes packed files; what was fetched of another state of the server's is of no use. */
  private static void removeAllBut(Path fetching, Set<Path> kept) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(fetching)) {
      for (Path other : all) {
        if (!kept.contains(other) && !other.endsWith(SafePath.OWN_FOLDER)) {
          CommitSwitch.removeTree(other);
        }
      }
    }
  }

  private static void removeQuietly(Path tree) {
    try {
      CommitSwitch.removeTree(tree);
    } catch (IOException stays) {
      log.warn("{} stays behind: {}", tree, stays.toString());
    }
  }

  private void requireRoom(long needed, Plan plan) throws IOException, CudaRuntimeException {
    long free = Files.getFileStore(folders.runtimes()).getUsableSpace();
    if (needed + DISK_RESERVE > free) {
      throw new CudaRuntimeException(
          Reason.DISK_FULL,
          WORDS.problem(
              "diskFull",
              ByteSize.text(plan.packedSize()),
              ByteSize.text(plan.size()),
              ByteSize.text(free),
              folders.runtimes(),
              ByteSize.text(needed + DISK_RESERVE - free)),
          needed + " needed, " + free + " free",
          null);
    }
  }

  private void say(long done, long total, String words) {
    listener.onProgress(Progress.of(Stage.DOWNLOAD, done, total, Progress.Unit.BYTES, words));
  }

  private CudaRuntimeException server(HubException failure) {
    return switch (failure.reason()) {
      // A server for everybody refuses what it does not have in any of these ways.
      case FILE_NOT_FOUND,
          REPOSITORY_NOT_FOUND,
          REVISION_NOT_FOUND,
          TOKEN_NEEDED,
          TOKEN_REFUSED,
          ACCESS_NOT_GRANTED ->
          new CudaRuntimeException(
              Reason.NOT_ON_SERVER,
              WORDS.problem("noListing", build.address(), build.version()),
              failure.detail(),
              failure);
      case OFFLINE ->
          new CudaRuntimeException(
              Reason.SERVER, WORDS.problem("offline"), failure.detail(), failure);
      default ->
          new CudaRuntimeException(Reason.SERVER, failure.problem(), failure.detail(), failure);
    };
  }

  static CudaRuntimeException noPlatform(TorchBuild build) {
    return new CudaRuntimeException(
        Reason.NO_PLATFORM,
        WORDS.problem("noPlatform", String.join(", ", build.platforms())),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        null);
  }

  static CudaRuntimeException notWritable(Path folder, Exception cause) {
    return new CudaRuntimeException(
        Reason.NOT_WRITABLE, WORDS.problem("notWritable", folder), cause.toString(), cause);
  }
}
