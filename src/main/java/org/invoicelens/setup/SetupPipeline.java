package org.invoicelens.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ConfigLoader;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.download.CommitSwitch;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.download.Manifest;
import org.invoicelens.download.ModelDownloader;
import org.invoicelens.download.ModelFolder;
import org.invoicelens.download.ModelTree;
import org.invoicelens.download.RateLimit;
import org.invoicelens.download.TransferOptions;
import org.invoicelens.engine.Engine;
import org.invoicelens.engine.EngineFacts;
import org.invoicelens.engine.InitializationException;
import org.invoicelens.engine.ModelInUse;
import org.invoicelens.engine.ModelInitializer;
import org.invoicelens.engine.ModelInstance;
import org.invoicelens.engine.ModelOptimizer;
import org.invoicelens.engine.OptimizationException;
import org.invoicelens.engine.OptimizedModel;
import org.invoicelens.engine.RemoteEngine;
import org.invoicelens.engine.RemoteModel;
import org.invoicelens.engine.RemoteStart;
import org.invoicelens.engine.ServerCheck;
import org.invoicelens.grammar.AnswerSchema;
import org.invoicelens.hardware.HardwareException;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hardware.HardwareVerifier;
import org.invoicelens.hub.ConnectionCheck;
import org.invoicelens.hub.HubClient;
import org.invoicelens.hub.HubException;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.hub.SafePath;
import org.invoicelens.settings.Settings;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.StageException;
import org.invoicelens.stage.Words;
import org.invoicelens.verify.DownloadVerifier;
import org.invoicelens.verify.VerificationException;
import org.invoicelens.verify.VerificationStatus;
import org.invoicelens.verify.VerificationStatus.Finding;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The six stages in order, as one call or one by one. Both doors, the window and the command line,
 * go through here. Thread-safe; a stage runs on the thread that calls it.
 */
public final class SetupPipeline {

  private static final Logger log = LoggerFactory.getLogger(SetupPipeline.class);

  private static final Words WORDS = Words.of(SetupPipeline.class);

  /** The faults that fetching a file again can heal. */
  private static final Set<Finding.Fault> HEALED_BY_FETCHING =
      EnumSet.of(
          Finding.Fault.MISSING,
          Finding.Fault.WRONG_SIZE,
          Finding.Fault.WRONG_CHECKSUM,
          Finding.Fault.UNREADABLE);

  private final ApplicationFolders folders;
  private final Supplier<HubSettings> hub;
  private final Supplier<Settings> choices;

  /** The stages with what the user chose before, read again for each model. */
  public SetupPipeline(ApplicationFolders folders, HubSettings hub) {
    this(folders, () -> hub, () -> new SettingsStore(folders).current());
  }

  /**
   * The stages with settings that may change while they are used: each download begins with what
   * counts then.
   *
   * @param hub how the Hub is reached
   * @param choices what the user chose
   */
  public SetupPipeline(
      ApplicationFolders folders, Supplier<HubSettings> hub, Supplier<Settings> choices) {
    this.folders = folders;
    this.hub = hub;
    this.choices = choices;
  }

  /**
   * The first stage; a model's files lie where the user wants them, and the server answers that the
   * user chose, whatever the file says. The form of answers is looked at too, lest its faults come
   * out after a download.
   */
  public ModelConfig loadConfig(Path file) throws ConfigException {
    ModelConfig config = new ConfigLoader(folders).load(file);
    if (config.prompt().schema().isPresent()) {
      AnswerSchema.read(config.prompt().schema().get());
    }
    Settings now = choices.get();
    Path chosen = now.modelFolders().get(config.name());
    ModelConfig placed = chosen == null ? config : config.withModelPath(chosen);
    RemoteServer server = now.servers().get(config.name());
    return server == null ? placed : placed.withServer(Optional.of(server));
  }

  /** How the Hub, and any other server, is reached now. */
  public HubSettings hubSettings() {
    return hub.get();
  }

  /** A check of the way to a model on the Hub with what counts now; the caller closes it. */
  public ConnectionCheck connectionCheck(ModelConfig config) {
    return new ConnectionCheck(
        hub.get(), config.endpoint(), config.repoId(), config.revision(), config.mirrors());
  }

  /** The second stage. */
  public HardwareStatus verifyHardware(
      ModelConfig config, ProgressListener listener, Cancellation cancellation)
      throws HardwareException, CancelledException {
    return new HardwareVerifier(listener, cancellation).verify(config);
  }

  /**
   * The third stage.
   *
   * @param hardware what the second stage found; null where it was not asked
   */
  public DownloadResult download(
      ModelConfig config,
      HardwareStatus hardware,
      TransferOptions options,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, CancelledException {
    long kept = choices.get().network().limitRate();
    RateLimit limit = new RateLimit(options.limitRate() > 0 ? options.limitRate() : kept);
    return download(config, hardware, options, limit, listener, cancellation);
  }

  /**
   * The third stage under a limit that may be changed while it runs.
   *
   * @param hardware what the second stage found; null where it was not asked
   */
  public DownloadResult download(
      ModelConfig config,
      HardwareStatus hardware,
      TransferOptions options,
      RateLimit limit,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, CancelledException {
    HubSettings now = hub.get();
    boolean isModel = options.include().isEmpty() && !options.everyFile();
    if (isModel && !config.isBundled() && !now.offline()) {
      new ModelKindCheck(now).require(config, cancellation);
    }
    return new ModelDownloader(folders, now, options, limit, listener, cancellation)
        .download(config, hardware);
  }

  /** The fourth stage; files that are wrong are fetched again once. */
  public VerificationStatus verify(
      ModelConfig config,
      DownloadResult download,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, VerificationException, CancelledException {
    return verify(config, download, SetupListener.NONE, listener, cancellation);
  }

  /** The fourth stage, telling which files are fetched again. */
  public VerificationStatus verify(
      ModelConfig config,
      DownloadResult download,
      SetupListener found,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, VerificationException, CancelledException {
    return healing(
        () -> check(download, listener, cancellation),
        config,
        download,
        found,
        listener,
        cancellation);
  }

  /** As {@link #verify}, for a folder of any repository, a model or not. */
  public VerificationStatus verifyRepository(
      ModelConfig config,
      DownloadResult download,
      SetupListener found,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, VerificationException, CancelledException {
    return healing(
        () -> checkRepository(download, listener, cancellation),
        config,
        download,
        found,
        listener,
        cancellation);
  }

  /** Checks, fetches once again what is wrong and can be healed so, and checks that. */
  private VerificationStatus healing(
      Check check,
      ModelConfig config,
      DownloadResult download,
      SetupListener found,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, VerificationException, CancelledException {
    try {
      return check.run();
    } catch (VerificationException e) {
      List<Finding> wrong = healable(download, e);
      if (wrong.isEmpty()) {
        throw e;
      }
      log.warn("fetched again: {}", e.detail());
      found.fetchingAgain(wrong);
      fetchAgain(config, download, wrong, listener, cancellation);
      return check.run();
    }
  }

  /** One of the ways to verify a folder without fetching anything. */
  private interface Check {
    VerificationStatus run() throws VerificationException, CancelledException;
  }

  /**
   * Verifies a model folder and fetches nothing.
   *
   * @throws VerificationException naming every file that is not right
   */
  public VerificationStatus check(
      DownloadResult download, ProgressListener listener, Cancellation cancellation)
      throws VerificationException, CancelledException {
    try {
      VerificationStatus status = new DownloadVerifier(listener, cancellation).verify(download);
      VerificationRecord.write(download.modelPath(), download.checksums().keySet());
      return status;
    } catch (VerificationException e) {
      if (e.reason() == VerificationException.Reason.FILES_WRONG) {
        VerificationRecord.withdraw(download.modelPath());
      }
      throw e;
    }
  }

  /**
   * Verifies a folder of any repository, a model or not, and fetches nothing.
   *
   * @throws VerificationException naming every file that is not right
   */
  public VerificationStatus checkRepository(
      DownloadResult download, ProgressListener listener, Cancellation cancellation)
      throws VerificationException, CancelledException {
    return new DownloadVerifier(listener, cancellation).verifyRepository(download);
  }

  /**
   * Verifies a model that is installed, with a configuration or without, and fetches nothing.
   *
   * @throws VerificationException naming every file that is not right
   * @throws InitializationException with reason NOT_VERIFIED where nobody knows which files it has
   */
  public VerificationStatus check(
      InstalledModel model, ProgressListener listener, Cancellation cancellation)
      throws VerificationException, InitializationException, CancelledException {
    return check(downloaded(model.folder().orElseThrow(), model.name()), listener, cancellation);
  }

  /**
   * Verifies a model that is installed; files that are wrong are fetched again once.
   *
   * @param model one with a configuration
   */
  public VerificationStatus repair(
      InstalledModel model, ProgressListener listener, Cancellation cancellation)
      throws StageException {
    return verify(
        model.config().orElseThrow(),
        downloaded(model.folder().orElseThrow(), model.name()),
        listener,
        cancellation);
  }

  /**
   * Asks the Hub which commit a configuration's revision is now.
   *
   * @return empty where the server knows of no commits
   */
  public Optional<String> newestCommit(ModelConfig config, Cancellation cancellation)
      throws HubException, CancelledException {
    HubSettings now = hub.get();
    String endpoint = now.endpoint().orElse(config.endpoint());
    try (HubClient client = new HubClient(now, endpoint);
        Cancellation.Registration _ = cancellation.onCancel(client::breakOff)) {
      return Optional.of(client.resolveRevision(config.repoId(), config.revision()))
          .filter(HubClient::isCommit);
    } catch (HubException e) {
      cancellation.throwIfCancelled();
      throw e;
    }
  }

  /** The fifth stage. */
  public ModelInstance initialize(
      ModelConfig config,
      VerificationStatus verification,
      ProgressListener listener,
      Cancellation cancellation)
      throws InitializationException, CancelledException {
    ModelInstance instance =
        new ModelInitializer(listener, cancellation).initialize(verification, config);
    LastUse.write(config.modelPath(), Instant.now());
    return instance;
  }

  /** The sixth stage; the next start of this model can do without it. */
  public OptimizedModel optimize(
      ModelConfig config,
      ModelInstance instance,
      ProgressListener listener,
      Cancellation cancellation)
      throws OptimizationException, CancelledException {
    OptimizedModel model = new ModelOptimizer(listener, cancellation).optimize(instance, config);
    StartRecord.of(config, model).write(config.modelPath());
    return model;
  }

  /** The fifth and the sixth stage where a server answers; the two before are not needed then. */
  public Engine connect(
      ModelConfig config, SetupListener found, ProgressListener listener, Cancellation cancellation)
      throws InitializationException, OptimizationException, CancelledException {
    RemoteStart start = new RemoteStart(hub.get(), listener, cancellation);
    RemoteEngine engine = reach(start, config, found);
    found.started(Stage.OPTIMIZATION);
    start.test(engine, config);
    found.answered(engine.facts());
    return engine;
  }

  private static RemoteEngine reach(RemoteStart start, ModelConfig config, SetupListener found)
      throws InitializationException, CancelledException {
    found.started(Stage.INITIALIZATION);
    RemoteEngine engine = start.connect(config);
    found.connected(engine.facts());
    return engine;
  }

  /** A check of the server that a configuration names, step by step. */
  public List<ServerCheck.Finding> checkServer(
      ModelConfig config, ProgressListener listener, Cancellation cancellation)
      throws CancelledException {
    return ServerCheck.run(config, hub.get(), listener, cancellation);
  }

  /** All stages after the first. */
  public Engine run(ModelConfig config, ProgressListener listener, Cancellation cancellation)
      throws StageException {
    return run(config, SetupListener.NONE, listener, cancellation);
  }

  /** All stages after the first, telling what each found. */
  public Engine run(
      ModelConfig config, SetupListener found, ProgressListener listener, Cancellation cancellation)
      throws StageException {
    found.started(Stage.HARDWARE);
    HardwareStatus hardware = verifyHardware(config, listener, cancellation);
    found.measured(hardware);
    if (config.isRemote()) {
      return connect(config, found, listener, cancellation);
    }
    found.started(Stage.DOWNLOAD);
    DownloadResult download =
        download(config, hardware, TransferOptions.DEFAULT, listener, cancellation);
    found.downloaded(download);
    found.started(Stage.VERIFICATION);
    VerificationStatus verification = verify(config, download, found, listener, cancellation);
    found.verified(verification);
    return start(config, verification, Optional.empty(), found, listener, cancellation);
  }

  /** Remembers that a model was set up, so that the window opens with it. */
  public void remember(ModelConfig config, EngineFacts facts) {
    SetupState ready = SetupState.chosen(config.source()).reached(Stage.OPTIMIZATION);
    SetupState state =
        switch (facts) {
          case OptimizedModel model ->
              ready.verifiedAt(Instant.now()).loadedAs(model.dtype(), config.loading().deviceMap());
          case RemoteModel model -> ready;
        };
    state.write(folders);
  }

  /**
   * Whether a model's files are there, verified and unchanged since, by size and modification time;
   * empty where they have to be verified.
   */
  public Optional<VerificationStatus> verified(ModelConfig config) {
    CommitSwitch.finishIn(config.modelPath());
    return VerificationRecord.unchanged(config.modelPath());
  }

  /**
   * Starts a model that was set up before: files that have not changed since are not hashed again,
   * and a model that comes up as it did when it passed its test is not tested again. A bundled
   * model that was not set up is set up now, in seconds; another one is not, since that may be a
   * long download. A server is reached and has to have the model; the first document is its test.
   *
   * @throws InitializationException with reason NOT_VERIFIED where the model was not set up
   */
  public Engine open(
      ModelConfig config, SetupListener found, ProgressListener listener, Cancellation cancellation)
      throws StageException {
    if (config.isRemote()) {
      return reach(new RemoteStart(hub.get(), listener, cancellation), config, found);
    }
    Optional<VerificationStatus> verified = verified(config);
    if (verified.isPresent()) {
      return start(config, verified.get(), StartRecord.read(config), found, listener, cancellation);
    }
    if (config.isBundled()) {
      return run(config, found, listener, cancellation);
    }
    found.started(Stage.VERIFICATION);
    VerificationStatus verification =
        check(downloaded(config.modelPath(), config.name()), listener, cancellation);
    found.verified(verification);
    return start(config, verification, Optional.empty(), found, listener, cancellation);
  }

  /** The last two stages; the record of an earlier start, where given, may spare the sixth. */
  private Engine start(
      ModelConfig config,
      VerificationStatus verification,
      Optional<StartRecord> earlier,
      SetupListener found,
      ProgressListener listener,
      Cancellation cancellation)
      throws StageException {
    ModelConfig asBefore = earlier.map(record -> record.applyTo(config)).orElse(config);
    found.started(Stage.INITIALIZATION);
    ModelInstance instance = initialize(asBefore, verification, listener, cancellation);
    found.loaded(instance);
    if (earlier.isPresent() && earlier.get().isSame(instance)) {
      return new ModelInUse(earlier.get().tested(instance), config, listener);
    }
    found.started(Stage.OPTIMIZATION);
    OptimizedModel model = optimize(asBefore, instance, listener, cancellation);
    found.optimized(model);
    return new ModelInUse(model, config, listener);
  }

  private static DownloadResult downloaded(Path modelPath, String name)
      throws InitializationException {
    CommitSwitch.finishIn(modelPath);
    try {
      return Manifest.read(modelPath)
          .map(manifest -> manifest.asDownloadResult(modelPath))
          .orElseThrow(() -> notSetUp(modelPath, name, null));
    } catch (IOException e) {
      throw notSetUp(modelPath, name, e);
    }
  }

  private static InitializationException notSetUp(Path modelPath, String name, IOException cause) {
    return new InitializationException(
        InitializationException.Reason.NOT_VERIFIED,
        WORDS.problem("notSetUp", name),
        modelPath.toString(),
        cause);
  }

  private static List<Finding> healable(DownloadResult download, VerificationException e) {
    if (e.reason() != VerificationException.Reason.FILES_WRONG) {
      return List.of();
    }
    return e.status().findings().stream()
        .filter(finding -> HEALED_BY_FETCHING.contains(finding.fault()))
        .filter(finding -> download.checksums().containsKey(finding.file()))
        // The manifest may have come with the folder from elsewhere.
        .filter(finding -> SafePath.fault(finding.file()).isEmpty())
        .toList();
  }

  private void fetchAgain(
      ModelConfig config,
      DownloadResult download,
      List<Finding> wrong,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, CancelledException {
    List<String> names = wrong.stream().map(Finding::file).distinct().toList();
    List<Path> aside = setAside(download.modelPath(), names);
    ConfigOverrides same =
        ConfigOverrides.ofSource(
            Optional.of(download.repoId()).filter(id -> !id.isEmpty()),
            Optional.of(download.commit()).filter(commit -> !commit.isEmpty()),
            Optional.empty(),
            Optional.of(download.modelPath()));
    TransferOptions onlyThese = new TransferOptions(names, List.of(), true, Optional.empty(), 0);
    download(same.applyTo(config), null, onlyThese, listener, cancellation);
    for (Path old : aside) {
      try {
        Files.deleteIfExists(old);
      } catch (IOException e) {
        log.warn("{} stays behind: {}", old, e.toString());
      }
    }
  }

  /** What is wrong lies aside until its replacement is there, since it may be all the user has. */
  private static List<Path> setAside(Path modelPath, List<String> names) throws DownloadException {
    List<Path> aside = new ArrayList<>();
    for (String name : names) {
      Path file = modelPath.resolve(name);
      Path old = ModelFolder.replaced(modelPath).resolve(name);
      try {
        ModelTree.checkParents(modelPath, name);
        if (Files.exists(file)) {
          Files.createDirectories(old.getParent());
          Files.move(file, old, StandardCopyOption.REPLACE_EXISTING);
          aside.add(old);
        }
      } catch (IOException e) {
        throw new DownloadException(
            DownloadException.Reason.NOT_WRITABLE,
            WORDS.problem("notReplaceable", file),
            e.toString(),
            e);
      }
    }
    return aside;
  }
}
