package org.invoicelens.ui.pipeline;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.download.ModelFolder;
import org.invoicelens.download.PartialData;
import org.invoicelens.download.PreviousCommit;
import org.invoicelens.download.RateLimit;
import org.invoicelens.download.TransferOptions;
import org.invoicelens.engine.Engine;
import org.invoicelens.engine.EngineFacts;
import org.invoicelens.engine.InitializationException;
import org.invoicelens.engine.ModelInUse;
import org.invoicelens.engine.ModelInstance;
import org.invoicelens.engine.OptimizationException;
import org.invoicelens.engine.OptimizedModel;
import org.invoicelens.engine.ServerCheck;
import org.invoicelens.hardware.HardwareException;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hub.ConnectionCheck;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.invoice.Extraction;
import org.invoicelens.invoice.InvoiceDocument;
import org.invoicelens.invoice.InvoiceReader;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.SeenPicture;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.runtime.CudaRuntime;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.settings.UpdateChoice;
import org.invoicelens.setup.GraphicsSupport;
import org.invoicelens.setup.InstalledModel;
import org.invoicelens.setup.InstalledModels;
import org.invoicelens.setup.ModelMove;
import org.invoicelens.setup.ModelPlace;
import org.invoicelens.setup.ModelRemoval;
import org.invoicelens.setup.SetupListener;
import org.invoicelens.setup.SetupPipeline;
import org.invoicelens.setup.SetupState;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.StageException;
import org.invoicelens.update.Release;
import org.invoicelens.update.UpdateCheck;
import org.invoicelens.update.UpdateException;
import org.invoicelens.verify.VerificationException;
import org.invoicelens.verify.VerificationStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stages of the pipeline that the command line uses as well. Thread-safe. */
public final class PipelineStages implements Stages {

  private static final Logger log = LoggerFactory.getLogger(PipelineStages.class);

  private final ApplicationFolders folders;
  private final SettingsStore settings;
  private final SetupPipeline pipeline;
  private final GraphicsSupport graphics;
  private final RateLimit rateLimit = new RateLimit(0);

  /**
   * @param settings where it is kept which folder a model was moved to
   */
  public PipelineStages(
      ApplicationFolders folders, SettingsStore settings, SetupPipeline pipeline) {
    this.folders = folders;
    this.settings = settings;
    this.pipeline = pipeline;
    this.graphics = new GraphicsSupport(folders, pipeline::hubSettings);
  }

  @Override
  public List<ModelChoice> choices() throws IOException {
    return folders.allModelConfigs().stream()
        .map(this::choice)
        .sorted(Comparator.comparing(choice -> choice.fault().isPresent()))
        .toList();
  }

  private ModelChoice choice(Path file) {
    try {
      return new ModelChoice(file, Optional.of(pipeline.loadConfig(file)), Optional.empty());
    } catch (ConfigException e) {
      return new ModelChoice(file, Optional.empty(), Optional.of(e));
    }
  }

  @Override
  public Optional<Recalled> recall() {
    return SetupState.read(folders).flatMap(this::recalled);
  }

  private Optional<Recalled> recalled(SetupState state) {
    try {
      ModelConfig config = state.overrides().applyTo(pipeline.loadConfig(state.config()));
      return Optional.of(new Recalled(config, state.reached(), pipeline.verified(config)));
    } catch (ConfigException e) {
      log.warn("The setup begun with {} cannot go on: {}", state.config(), e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public Recalled recall(ModelConfig config) {
    return recall()
        .filter(recalled -> recalled.config().source().equals(config.source()))
        .orElseGet(() -> {
          Optional<VerificationStatus> verified = pipeline.verified(config);
          boolean begun = Files.isDirectory(ModelFolder.own(config.modelPath()));
          return new Recalled(
              config,
              verified.isPresent()
                  ? Stage.OPTIMIZATION
                  : begun ? Stage.HARDWARE : Stage.CONFIGURATION,
              verified);
        });
  }

  @Override
  public List<InstalledModel> installed() throws IOException {
    return new InstalledModels(folders, pipeline).list();
  }

  @Override
  public VerificationStatus check(
      InstalledModel model, ProgressListener listener, Cancellation cancellation)
      throws StageException {
    return pipeline.check(model, listener, cancellation);
  }

  @Override
  public VerificationStatus repair(
      InstalledModel model, ProgressListener listener, Cancellation cancellation)
      throws StageException {
    return pipeline.repair(model, listener, cancellation);
  }

  @Override
  public Optional<String> newestCommit(ModelConfig config, Cancellation cancellation)
      throws StageException {
    return pipeline.newestCommit(config, cancellation);
  }

  @Override
  public VerificationStatus back(
      InstalledModel model, ProgressListener listener, Cancellation cancellation)
      throws StageException {
    new PreviousCommit(model.folder().orElseThrow()).restore();
    return pipeline.check(model, listener, cancellation);
  }

  @Override
  public long freeSpace(InstalledModel model) throws DownloadException {
    return new ModelRemoval(folders).freeSpace(model);
  }

  @Override
  public ModelRemoval.Outcome remove(InstalledModel model) throws DownloadException {
    return new ModelRemoval(folders).remove(model);
  }

  @Override
  public void remember(SetupState state) {
    state.write(folders);
  }

  @Override
  public HardwareStatus verifyHardware(
      ModelConfig config, ProgressListener listener, Cancellation cancellation)
      throws HardwareException, CancelledException {
    return pipeline.verifyHardware(config, listener, cancellation);
  }

  @Override
  public DownloadResult download(
      ModelConfig config,
      HardwareStatus hardware,
      Optional<Path> importFrom,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, CancelledException {
    return pipeline.download(
        config,
        hardware,
        TransferOptions.DEFAULT.importing(importFrom),
        rateLimit,
        listener,
        cancellation);
  }

  @Override
  public GraphicsSupport.State graphics() throws StageException {
    return graphics.state();
  }

  @Override
  public void installGraphics(ProgressListener listener, Cancellation cancellation)
      throws StageException {
    graphics.install(graphics.build(), rateLimit, listener, cancellation);
  }

  @Override
  public void adoptGraphics(Path folder) throws StageException {
    graphics.adopt(folder);
  }

  @Override
  public void verifyGraphics(ProgressListener listener, Cancellation cancellation)
      throws StageException {
    Optional<CudaRuntime> runtime = graphics.state().runtime();
    if (runtime.isPresent()) {
      runtime.get().verify(listener, cancellation);
    }
  }

  @Override
  public long removeGraphics() throws StageException {
    return graphics.remove();
  }

  @Override
  public RateLimit rateLimit() {
    return rateLimit;
  }

  @Override
  public ModelPlace place(ModelConfig config) {
    return ModelPlace.of(config);
  }

  @Override
  public ModelPlace placeIn(ModelConfig config, Path folder) throws DownloadException {
    return ModelPlace.inAnother(config, folder, folders);
  }

  @Override
  public ModelPlace placeToMoveTo(ModelConfig config, Path folder) throws DownloadException {
    return ModelPlace.toMoveTo(config, folder, folders);
  }

  @Override
  public boolean move(
      ModelConfig config, Path to, ProgressListener listener, Cancellation cancellation)
      throws StageException {
    return new ModelMove(listener, cancellation).move(config, to, settings);
  }

  @Override
  public Path find(ModelConfig config, Path folder) throws DownloadException {
    return ModelMove.find(config, folder, folders, settings);
  }

  @Override
  public void discardDownload(ModelConfig config) throws DownloadException {
    new PartialData(config.modelPath()).remove();
  }

  @Override
  public VerificationStatus verify(
      ModelConfig config,
      DownloadResult download,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, VerificationException, CancelledException {
    return pipeline.verify(config, download, listener, cancellation);
  }

  @Override
  public ReadyModel start(
      ModelConfig config,
      VerificationStatus verification,
      ProgressListener listener,
      Cancellation cancellation)
      throws InitializationException, OptimizationException, CancelledException {
    UntilReady telling = new UntilReady(listener);
    if (config.isRemote()) {
      return telling.end(
          pipeline.connect(config, SetupListener.NONE, telling, cancellation), config);
    }
    ModelInstance instance = pipeline.initialize(config, verification, telling, cancellation);
    OptimizedModel model = pipeline.optimize(config, instance, telling, cancellation);
    return telling.end(new ModelInUse(model, config, telling), config);
  }

  @Override
  public ReadyModel reopen(ModelConfig config, ProgressListener listener, Cancellation cancellation)
      throws StageException {
    UntilReady telling = new UntilReady(listener);
    return telling.end(pipeline.open(config, SetupListener.NONE, telling, cancellation), config);
  }

  @Override
  public ConnectionSteps connectionSteps(ModelConfig config) {
    return new Steps(pipeline.connectionCheck(config));
  }

  @Override
  public List<ServerCheck.Finding> checkServer(
      ModelConfig config, ProgressListener listener, Cancellation cancellation)
      throws CancelledException {
    return pipeline.checkServer(config, listener, cancellation);
  }

  @Override
  public boolean environmentHasToken() {
    return HubSettings.fromEnvironment().token().isPresent();
  }

  @Override
  public Release newestRelease(UpdateChoice choice) throws UpdateException {
    return UpdateCheck.newest(choice, pipeline.hubSettings());
  }

  private record Steps(ConnectionCheck check) implements ConnectionSteps {

    @Override
    public boolean hasNext() {
      return check.subject().isPresent();
    }

    @Override
    public ConnectionCheck.Finding next(Cancellation cancellation) throws CancelledException {
      return check.next(cancellation);
    }

    @Override
    public List<String> hostsToAllow() {
      return check.hostsToAllow();
    }

    @Override
    public void close() {
      check.close();
    }
  }

  /** Tells of a start until it has ended, and not of what happens while documents are read. */
  private static final class UntilReady implements ProgressListener {

    private final ProgressListener listener;
    private volatile boolean ready;

    UntilReady(ProgressListener listener) {
      this.listener = listener;
    }

    @Override
    public void onProgress(Progress progress) {
      if (!ready) {
        listener.onProgress(progress);
      }
    }

    ReadyModel end(Engine engine, ModelConfig config) {
      ready = true;
      return new Ready(engine, new InvoiceReader(engine, config));
    }
  }

  private record Ready(Engine engine, InvoiceReader reader) implements ReadyModel {

    @Override
    public EngineFacts facts() {
      return engine.facts();
    }

    @Override
    public Extraction read(
        InvoiceDocument document,
        ModelConfig.Prompt prompt,
        TokenListener listener,
        Cancellation cancellation)
        throws InferenceException, CancelledException {
      return reader.read(document, prompt, listener, cancellation);
    }

    @Override
    public SeenPicture seen(BufferedImage page) throws InferenceException {
      return engine.seen(page);
    }

    @Override
    public void close() {
      engine.close();
    }
  }
}
