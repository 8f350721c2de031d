package org.invoicelens.ui;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import javafx.application.Platform;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.download.RateLimit;
import org.invoicelens.engine.InitializationException;
import org.invoicelens.engine.OptimizationException;
import org.invoicelens.engine.ServerCheck;
import org.invoicelens.hardware.HardwareException;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hub.ConnectionCheck;
import org.invoicelens.settings.UpdateChoice;
import org.invoicelens.setup.GraphicsSupport;
import org.invoicelens.setup.InstalledModel;
import org.invoicelens.setup.ModelPlace;
import org.invoicelens.setup.ModelRemoval;
import org.invoicelens.setup.SetupState;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.StageException;
import org.invoicelens.ui.pipeline.ConnectionSteps;
import org.invoicelens.ui.pipeline.ModelChoice;
import org.invoicelens.ui.pipeline.ReadyModel;
import org.invoicelens.ui.pipeline.Recalled;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.task.Work;
import org.invoicelens.update.Release;
import org.invoicelens.verify.VerificationException;
import org.invoicelens.verify.VerificationStatus;

/** Stages that do what a test writes into them, and note what was asked of them. */
public final class ScriptedStages implements Stages {

  public List<ModelChoice> choices = List.of();
  public Optional<Recalled> recalled = Optional.empty();
  public Work<HardwareStatus> hardware = unexpected("verifyHardware");
  public Work<DownloadResult> download = unexpected("download");
  public Work<VerificationStatus> verification = unexpected("verify");
  public Work<ReadyModel> start = unexpected("start");

  public List<InstalledModel> installed = List.of();
  public Optional<String> newest = Optional.empty();
  public Work<ModelRemoval.Outcome> removal = unexpected("remove");

  public Work<Boolean> move = (listener, cancellation) -> true;

  /** What of a model lies in its folder already, in bytes. */
  public long present;

  /** Why a model's files cannot lie in another folder; null where they can. */
  public DownloadException refusal;

  /** What every download was to import from. */
  public final List<Optional<Path>> imported = Collections.synchronizedList(new ArrayList<>());

  /** How the library for graphics cards stands, after each thing that is done with it. */
  public Work<GraphicsSupport.State> graphics = (listener, cancellation) -> Fixtures.support();

  public Work<Boolean> graphicsInstall = unexpected("installGraphics");
  public Work<Boolean> graphicsCheck = (listener, cancellation) -> true;

  private final RateLimit rateLimit = new RateLimit(0);

  /** What the check of the connection finds, in order. */
  public List<ConnectionCheck.Finding> findings = List.of();

  /** What the test of a server finds. */
  public Work<List<ServerCheck.Finding>> serverCheck = unexpected("checkServer");

  /** The servers that were tested, in order. */
  public final List<ModelConfig> checkedServers = Collections.synchronizedList(new ArrayList<>());

  public boolean environmentHasToken;

  public Work<Release> release = unexpected("a look for updates");

  /** What was called, in order; marked where the UI thread did it. */
  public final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  /** What was remembered, in order. */
  public final List<SetupState> remembered = Collections.synchronizedList(new ArrayList<>());

  /** Lets every stage of the setup end well with a model that answers this. */
  public void succeed(ModelConfig config, String answer) {
    hardware = (listener, cancellation) -> Fixtures.workstation();
    download = (listener, cancellation) -> Fixtures.download(config);
    verification = (listener, cancellation) -> Fixtures.verified(config);
    start = (listener, cancellation) -> Fixtures.model(answer);
  }

  /** Lets a model have been set up before, so that the workspace opens at once. */
  public void recallSetUp(ModelConfig config) {
    recalled =
        Optional.of(
            new Recalled(config, Stage.OPTIMIZATION, Optional.of(Fixtures.verified(config))));
  }

  /** Lets every download fail. */
  public void failDownload(DownloadException.Reason reason, Problem problem) {
    download =
        (listener, cancellation) -> {
          throw new DownloadException(reason, problem, "", null);
        };
  }

  private static <V> Work<V> unexpected(String stage) {
    return (listener, cancellation) -> {
      throw new AssertionError(stage + " was not expected");
    };
  }

  private void note(String call) {
    boolean onUiThread;
    try {
      onUiThread = Platform.isFxApplicationThread();
    } catch (IllegalStateException e) {
      onUiThread = false;
    }
    calls.add(onUiThread ? call + " on the UI thread" : call);
  }

  @Override
  public List<ModelChoice> choices() {
    note("choices");
    return choices;
  }

  @Override
  public Optional<Recalled> recall() {
    note("recall");
    return recalled;
  }

  @Override
  public Recalled recall(ModelConfig config) {
    note("recall " + config.name());
    return recalled.orElseGet(() -> new Recalled(config, Stage.CONFIGURATION, Optional.empty()));
  }

  @Override
  public List<InstalledModel> installed() {
    note("installed");
    return installed;
  }

  @Override
  public VerificationStatus check(
      InstalledModel model, ProgressListener listener, Cancellation cancellation) {
    return run("check " + model.name(), verification, listener, cancellation);
  }

  @Override
  public VerificationStatus repair(
      InstalledModel model, ProgressListener listener, Cancellation cancellation) {
    return run("repair " + model.name(), verification, listener, cancellation);
  }

  @Override
  public Optional<String> newestCommit(ModelConfig config, Cancellation cancellation) {
    note("newestCommit");
    return newest;
  }

  @Override
  public VerificationStatus back(
      InstalledModel model, ProgressListener listener, Cancellation cancellation) {
    return run("back " + model.name(), verification, listener, cancellation);
  }

  @Override
  public long freeSpace(InstalledModel model) {
    note("freeSpace " + model.name());
    return model.sizes().spare();
  }

  @Override
  public ModelRemoval.Outcome remove(InstalledModel model) throws DownloadException {
    return run("remove " + model.name(), removal, progress -> {}, new Cancellation());
  }

  @Override
  public void remember(SetupState state) {
    note("remember");
    remembered.add(state);
  }

  @Override
  public HardwareStatus verifyHardware(
      ModelConfig config, ProgressListener listener, Cancellation cancellation)
      throws HardwareException, CancelledException {
    return run("verifyHardware", hardware, listener, cancellation);
  }

  @Override
  public GraphicsSupport.State graphics() throws StageException {
    try {
      return graphics.run(ProgressListener.NONE, new Cancellation());
    } catch (Exception e) {
      throw ScriptedStages.<RuntimeException>asItIs(e);
    }
  }

  @Override
  public void installGraphics(ProgressListener listener, Cancellation cancellation) {
    run("installGraphics", graphicsInstall, listener, cancellation);
  }

  @Override
  public void adoptGraphics(Path folder) {
    note("adoptGraphics " + folder.getFileName());
  }

  @Override
  public void verifyGraphics(ProgressListener listener, Cancellation cancellation) {
    run("verifyGraphics", graphicsCheck, listener, cancellation);
  }

  @Override
  public long removeGraphics() {
    note("removeGraphics");
    return 5_000_000_000L;
  }

  @Override
  public RateLimit rateLimit() {
    return rateLimit;
  }

  @Override
  public ModelPlace place(ModelConfig config) {
    note("place");
    return new ModelPlace(config.modelPath(), 812_000_000_000L, present, 25_374_823_869L);
  }

  @Override
  public ModelPlace placeIn(ModelConfig config, Path folder) throws DownloadException {
    note("placeIn");
    if (refusal != null) {
      throw refusal;
    }
    return new ModelPlace(folder.resolve(config.name()), 500_000_000_000L, 0, 25_374_823_869L);
  }

  @Override
  public ModelPlace placeToMoveTo(ModelConfig config, Path folder) throws DownloadException {
    return placeIn(config, folder);
  }

  @Override
  public boolean move(
      ModelConfig config, Path to, ProgressListener listener, Cancellation cancellation) {
    return run("move " + config.name() + " to " + to, move, listener, cancellation);
  }

  @Override
  public Path find(ModelConfig config, Path folder) throws DownloadException {
    return placeIn(config, folder).folder();
  }

  @Override
  public DownloadResult download(
      ModelConfig config,
      HardwareStatus status,
      Optional<Path> importFrom,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, CancelledException {
    imported.add(importFrom);
    return run("download", download, listener, cancellation);
  }

  @Override
  public void discardDownload(ModelConfig config) {
    note("discardDownload");
  }

  @Override
  public VerificationStatus verify(
      ModelConfig config,
      DownloadResult result,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, VerificationException, CancelledException {
    return run("verify", verification, listener, cancellation);
  }

  @Override
  public ReadyModel start(
      ModelConfig config,
      VerificationStatus status,
      ProgressListener listener,
      Cancellation cancellation)
      throws InitializationException, OptimizationException, CancelledException {
    return run("start", start, listener, cancellation);
  }

  @Override
  public ReadyModel reopen(ModelConfig config, ProgressListener listener, Cancellation cancellation)
      throws StageException {
    return run("reopen", start, listener, cancellation);
  }

  @Override
  public ConnectionSteps connectionSteps(ModelConfig config) {
    note("connectionSteps " + config.name());
    Iterator<ConnectionCheck.Finding> left = findings.iterator();
    return new ConnectionSteps() {
      @Override
      public boolean hasNext() {
        return left.hasNext();
      }

      @Override
      public ConnectionCheck.Finding next(Cancellation cancellation) throws CancelledException {
        cancellation.throwIfCancelled();
        return left.next();
      }

      @Override
      public List<String> hostsToAllow() {
        return List.of("huggingface.co", "*.hf.co");
      }

      @Override
      public void close() {
        note("connectionSteps closed");
      }
    };
  }

  @Override
  public Release newestRelease(UpdateChoice choice) {
    return run("updates", release, ProgressListener.NONE, new Cancellation());
  }

  @Override
  public List<ServerCheck.Finding> checkServer(
      ModelConfig config, ProgressListener listener, Cancellation cancellation)
      throws CancelledException {
    checkedServers.add(config);
    return run("checkServer", serverCheck, listener, cancellation);
  }

  @Override
  public boolean environmentHasToken() {
    return environmentHasToken;
  }

  private <V> V run(
      String name, Work<V> work, ProgressListener listener, Cancellation cancellation) {
    note(name);
    try {
      return work.run(listener, cancellation);
    } catch (Exception e) {
      throw ScriptedStages.<RuntimeException>asItIs(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Exception> E asItIs(Exception e) throws E {
    throw (E) e;
  }
}
