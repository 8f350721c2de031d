package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hub.BundledHub;
import org.invoicelens.hub.FileSource;
import org.invoicelens.hub.HubClient;
import org.invoicelens.hub.HubException;
import org.invoicelens.hub.HubFile;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call of the downloader, from the listing to the last file. Used once, by one thread. */
final class DownloadRun {

  private static final Words WORDS = Words.of(DownloadRun.class);

  private static final Logger log = LoggerFactory.getLogger(DownloadRun.class);

  private final ApplicationFolders folders;
  private final HubSettings settings;
  private final TransferOptions options;
  private final Cancellation cancellation;
  private final Tuning tuning;
  private final Ticker ticker;
  private final RateLimit rateLimit;
  private final ModelConfig config;
  private final HardwareStatus hardware;
  private final Path modelPath;

  /** Where files get their names: the model's folder, or where an update's files wait. */
  private Path target;

  private final ProgressBoard board;
  private final LongAdder received = new LongAdder();
  private final long began;
  private long imported;
  private String importedWords = "";
  private volatile HubClient client;
  private volatile Optional<Sources> sources = Optional.empty();

  DownloadRun(
      ApplicationFolders folders,
      HubSettings settings,
      TransferOptions options,
      ProgressListener listener,
      Cancellation cancellation,
      Tuning tuning,
      Ticker ticker,
      RateLimit rateLimit,
      ModelConfig config,
      HardwareStatus hardware) {
    this.folders = folders;
    this.settings = settings;
    this.options = options;
    this.cancellation = cancellation;
    this.tuning = tuning;
    this.ticker = ticker;
    this.rateLimit = rateLimit;
    this.config = config;
    this.hardware = hardware;
    this.modelPath = config.modelPath();
    this.target = modelPath;
    this.board = new ProgressBoard(listener);
    this.began = ticker.nanos();
  }

  /** Breaks off the requests under way. */
  void breakOff() {
    HubClient current = client;
    if (current != null) {
      current.breakOff();
    }
    sources.ifPresent(Sources::breakOff);
  }

  DownloadResult call() throws DownloadException, CancelledException, InterruptedException {
    finishSwitch();
    boolean offline = settings.offline() && !config.isBundled();
    Optional<Listing> kept =
        Listing.read(modelPath).filter(l -> l.isFor(config.repoId(), config.revision()));
    boolean pinned =
        HubClient.isCommit(config.revision())
            && kept.isPresent()
            && kept.get().commit().equals(config.revision());
    if (offline || pinned) {
      Optional<DownloadResult> complete = proved(kept);
      if (complete.isPresent()) {
        log.info("{} is complete; no request was made.", modelPath);
        return complete.get();
      }
    }
    if (offline && kept.isEmpty()) {
      throw unlisted(DownloadFailures.offline());
    }
    try (FolderLock _ = FolderLock.take(modelPath)) {
      return offline ? withoutNetwork(kept.get(), DownloadFailures.offline()) : online(kept);
    } catch (DownloadException failure) {
      cancellation.throwIfCancelled();
      Optional<DownloadResult> complete =
          failure.reason() == DownloadException.Reason.NOT_WRITABLE
              ? proved(kept)
              : Optional.empty();
      if (complete.isEmpty()) {
        throw failure;
      }
      log.info("{} is complete and cannot be written to.", modelPath);
      return complete.get();
    }
  }

  /** A switch to another commit that was broken off comes first: until then neither is whole. */
  private void finishSwitch() throws DownloadException {
    if (Files.exists(ModelFolder.switchJournal(modelPath))) {
      try (FolderLock _ = FolderLock.take(modelPath)) {
        new CommitSwitch(modelPath).finish();
      } catch (IOException disk) {
        throw DownloadFailures.disk(modelPath, 0, disk);
      }
    }
  }

  private DownloadResult online(Optional<Listing> kept)
      throws DownloadException, CancelledException, InterruptedException {
    List<FileSource> mirrors = new ArrayList<>();
    try (BundledHub bundled = config.isBundled() ? BundledHub.open(folders.bundledModels()) : null;
        HubClient opened = connect(bundled)) {
      client = opened;
      if (bundled == null) {
        connectMirrors(opened, mirrors);
      }
      Listing listing;
      try {
        listing = currentListing(opened, kept);
      } catch (HubException failure) {
        cancellation.throwIfCancelled();
        if (failure.reason() != HubException.Reason.NO_CONNECTION) {
          throw DownloadFailures.of(failure);
        }
        if (kept.isEmpty()) {
          throw unlisted(DownloadFailures.of(failure));
        }
        Optional<DownloadResult> complete = proved(kept);
        if (complete.isEmpty()) {
          if (!mirrors.isEmpty()) {
            log.warn("{} was not reached; the mirrors may have the files.", opened.host());
            return fetchFrom(new Sources(opened, mirrors), kept.get());
          }
          if (options.importFrom().isEmpty()) {
            throw DownloadFailures.of(failure);
          }
          return withoutNetwork(kept.get(), DownloadFailures.of(failure));
        }
        log.warn(
            "{} was not reached ({}); {} is complete as of commit {}.",
            opened.host(),
            failure.detail(),
            modelPath,
            kept.get().commit());
        return complete.get();
      }
      return fetchFrom(new Sources(opened, mirrors), listing);
    } catch (HubException badSetting) {
      throw DownloadFailures.of(badSetting);
    } catch (IOException noPort) {
      throw new DownloadException(
          DownloadException.Reason.NO_CONNECTION,
          WORDS.problem("noPort"),
          noPort.toString(),
          noPort);
    } finally {
      mirrors.forEach(FileSource::close);
    }
  }

  /** The configured mirrors, but for one that stands in as the endpoint already. */
  private void connectMirrors(HubClient endpoint, List<FileSource> mirrors) throws HubException {
    for (ModelConfig.Mirror configured : config.mirrors()) {
      FileSource mirror = FileSource.of(settings, configured);
      if (mirror.name().equals(endpoint.name())) {
        mirror.close();
      } else {
        mirrors.add(mirror);
      }
    }
  }

  private DownloadResult fetchFrom(Sources servers, Listing listing)
      throws DownloadException, CancelledException, InterruptedException {
    sources = Optional.of(servers);
    return fetch(listing, (missing, manifest) -> transfer(servers, listing, missing, manifest));
  }

  /** With what is here and what a folder holds alone; a failure where that is not all. */
  private DownloadResult withoutNetwork(Listing listing, DownloadException failure)
      throws DownloadException, CancelledException, InterruptedException {
    return fetch(
        listing,
        (missing, manifest) -> {
          throw failure;
        });
  }

  /**
   * Without a list of the files nothing in a folder can be compared; says so where one is named.
   */
  private DownloadException unlisted(DownloadException failure) {
    return options
        .importFrom()
        .map(folder -> DownloadFailures.nothingToCompare(folder, failure))
        .orElse(failure);
  }

  private HubClient connect(BundledHub bundled) throws HubException {
    return bundled == null
        ? new HubClient(settings, settings.endpoint().orElse(config.endpoint()))
        : HubClient.forBundledHub(settings, bundled);
  }

  /** A call to the Hub that may be made again. */
  @FunctionalInterface
  private interface Question<T> {
    T ask() throws HubException;
  }

  private Listing currentListing(HubClient hub, Optional<Listing> kept)
      throws HubException, CancelledException, InterruptedException {
    int retries = proved(kept).isPresent() ? 0 : config.download().maxRetries();
    String commit =
        patiently(retries, () -> hub.resolveRevision(config.repoId(), config.revision()));
    if (HubClient.isCommit(commit)
        && kept.isPresent()
        && kept.get().commit().equals(commit)
        && kept.get().host().equals(hub.host())) {
      return kept.get();
    }
    kept.ifPresent(
        old -> log.info("{} is now commit {}, was {}.", config.repoId(), commit, old.commit()));
    List<HubFile> files = patiently(retries, () -> hub.listFiles(config.repoId(), commit));
    return new Listing(config.repoId(), config.revision(), commit, hub.host(), files);
  }

  private <T> T patiently(int retries, Question<T> question)
      throws HubException, CancelledException, InterruptedException {
    for (int failed = 1; ; failed++) {
      cancellation.throwIfCancelled();
      try {
        return question.ask();
      } catch (HubException failure) {
        cancellation.throwIfCancelled();
        Duration pause = failure.retryAfter().orElse(tuning.firstPause().multipliedBy(failed));
        if (!failure.isPassing() || failed > retries || pause.toMinutes() > 15) {
          throw failure;
        }
        log.info("Asking again in {}: {}", pause, failure.detail());
        String seconds = String.valueOf(pause.toSeconds());
        board.announce(WORDS.text("progress.waiting", seconds, failure.problem().what()));
        sleep(pause);
      }
    }
  }

  private void sleep(Duration pause) throws InterruptedException {
    Object monitor = new Object();
    Runnable wake =
        () -> {
          synchronized (monitor) {
            monitor.notifyAll();
          }
        };
    try (Cancellation.Registration _ = cancellation.onCancel(wake)) {
      long until = ticker.nanos() + pause.toNanos();
      synchronized (monitor) {
        for (long left = pause.toNanos();
            left > 0 && !cancellation.isCancelled();
            left = until - ticker.nanos()) {
          ticker.await(monitor, left);
        }
      }
    }
  }

  /** The result where manifest and files prove that nothing is missing. */
  private Optional<DownloadResult> proved(Optional<Listing> kept) {
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Checksum> plan = plan(kept.get());
    return !plan.isEmpty() && ProvedFiles.read(modelPath).holdAll(plan)
        ? Optional.of(result(kept.get(), plan))
        : Optional.empty();
  }

  private Map<String, Checksum> plan(Listing listing) {
    Map<String, Checksum> plan = new LinkedHashMap<>();
    for (HubFile file : FileSelection.select(listing.files(), options)) {
      plan.put(file.path(), Listing.checksum(file));
    }
    return plan;
  }

  private DownloadResult result(Listing listing, Map<String, Checksum> plan) {
    return new DownloadResult(
        modelPath,
        config.repoId(),
        listing.commit(),
        plan,
        Duration.ofNanos(ticker.nanos() - began),
        plan.values().stream().mapToLong(Checksum::size).sum(),
        received.sum(),
        imported,
        sources.map(Sources::uses).orElse(List.of()));
  }

  /** Where the user named a folder, all that is said later begins with what it had. */
  private void sayImported(int files) {
    if (options.importFrom().isPresent()) {
      importedWords =
          files == 0
              ? WORDS.text("progress.nothingImported", options.importFrom().get())
              : WORDS.text("progress.imported", files, ByteSize.text(imported));
    }
  }

  /** Brings the files that are neither here nor found elsewhere. */
  @FunctionalInterface
  private interface Rest {
    void fetch(Map<String, Checksum> missing, ManifestKeeper manifest)
        throws IOException, DownloadException, CancelledException, InterruptedException;
  }

  /** From the plan to the last file. */
  private DownloadResult fetch(Listing listing, Rest rest)
      throws DownloadException, CancelledException, InterruptedException {
    Map<String, Checksum> plan = plan(listing);
    if (plan.isEmpty()) {
      throw DownloadFailures.nothing(config.repoId());
    }
    plan.forEach((path, checksum) -> board.add(path, checksum.size()));
    try {
      Optional<Manifest> old = wholeOther(listing);
      if (old.isPresent()) {
        return update(old.get(), listing, plan, rest);
      }
      fetchInto(listing, plan, rest);
    } catch (IOException disk) {
      throw DownloadFailures.disk(modelPath, board.total() - board.done(), disk);
    }
    board.phase(WORDS.text("progress.downloaded"));
    return result(listing, plan);
  }

  /** What is here where that is another commit, whole and proved. */
  private Optional<Manifest> wholeOther(Listing listing) throws IOException {
    return Manifest.read(modelPath)
        .filter(old -> old.repoId().equals(listing.repoId()))
        .filter(old -> !old.commit().equals(listing.commit()))
        .filter(old -> HubClient.isCommit(old.commit()) && HubClient.isCommit(listing.commit()))
        .filter(old -> !old.files().isEmpty() && old.isWhole(modelPath))
        .filter(old -> ProvedFiles.read(modelPath).holdAll(old.checksums()));
  }

  /** Fetches what differs beside what is here, and changes over when all of it is proved. */
  private DownloadResult update(
      Manifest old, Listing listing, Map<String, Checksum> plan, Rest rest)
      throws IOException, DownloadException, CancelledException, InterruptedException {
    Map<String, Checksum> differing = new LinkedHashMap<>(plan);
    differing
        .entrySet()
        .removeIf(file -> file.getValue().equals(old.checksums().get(file.getKey())));
    plan.forEach((path, checksum) -> {
      if (!differing.containsKey(path)) {
        board.set(path, checksum.size(), WORDS.text("progress.alreadyHere"));
      }
    });
    target = ModelFolder.next(modelPath, listing.commit());
    if (!Files.exists(target)) {
      // What an update to yet another commit left is of no use any more.
      CommitSwitch.removeTree(target.getParent());
    }
    Files.createDirectories(ModelFolder.own(target));
    fetchInto(listing, differing, rest);
    cancellation.throwIfCancelled();
    new CommitSwitch(modelPath).to(old, listing);
    board.phase(WORDS.text("progress.downloaded"));
    return result(listing, plan);
  }

  private void fetchInto(Listing listing, Map<String, Checksum> plan, Rest rest)
      throws IOException, DownloadException, CancelledException, InterruptedException {
    ManifestKeeper manifest = new ManifestKeeper(target, config.repoId(), listing.commit());
    listing.write(target);
    Adoption adoption =
        new Adoption(
            target,
            modelPath.getFileName().toString(),
            options.importFrom(),
            config.isBundled() ? Optional.empty() : settings.cache(),
            manifest,
            board,
            cancellation);
    Map<String, Checksum> missing = adoption.adopt(listing, plan);
    manifest.write();
    imported = adoption.importedBytes();
    sayImported(adoption.importedFiles());
    Set<String> useful = new HashSet<>();
    listing.files().stream()
        .filter(file -> !manifest.knows(file.path()))
        .forEach(file -> useful.add(Listing.checksum(file).hex()));
    new PartialData(target).removeAllBut(useful);
    if (!missing.isEmpty()) {
      rest.fetch(missing, manifest);
      manifest.write();
    }
    new PartialData(target).removeFolderIfEmpty();
  }

  private void transfer(
      Sources servers, Listing listing, Map<String, Checksum> missing, ManifestKeeper manifest)
      throws IOException, DownloadException, CancelledException, InterruptedException {
    int connections =
        Math.clamp(options.connections().orElse(config.download().connections()), 1, 32);
    new FileFetching(
            servers,
            new FileFetching.Origin(config.repoId(), listing.commit()),
            modelPath,
            target,
            new FileFetching.Effort(
                connections,
                Math.clamp(config.download().minimalConnections(), 1, connections),
                config.download().maxRetries()),
            tuning,
            ticker,
            rateLimit,
            board,
            received,
            cancellation)
        .fetch(missing, manifest, this::freeSpace, importedWords);
  }

  private long freeSpace() {
    long free = DownloadFailures.freeSpace(modelPath);
    return free < 0 && hardware != null ? hardware.diskSpace() : free;
  }
}
