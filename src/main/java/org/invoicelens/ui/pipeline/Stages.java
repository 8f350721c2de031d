package org.invoicelens.ui.pipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.download.RateLimit;
import org.invoicelens.engine.InitializationException;
import org.invoicelens.engine.OptimizationException;
import org.invoicelens.engine.ServerCheck;
import org.invoicelens.hardware.HardwareException;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.settings.UpdateChoice;
import org.invoicelens.setup.GraphicsSupport;
import org.invoicelens.setup.InstalledModel;
import org.invoicelens.setup.ModelPlace;
import org.invoicelens.setup.ModelRemoval;
import org.invoicelens.setup.SetupState;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.StageException;
import org.invoicelens.update.Release;
import org.invoicelens.update.UpdateException;
import org.invoicelens.verify.VerificationException;
import org.invoicelens.verify.VerificationStatus;

/**
 * The pipeline's stages, as far as the window runs them. Every method takes its time: none is for
 * the UI thread.
 */
public interface Stages {

  /** The configurations to choose from, the broken ones among them. */
  List<ModelChoice> choices() throws IOException;

  /** How far the setup had come; empty where none was begun, or its configuration is gone. */
  Optional<Recalled> recall();

  /** How far the setup of one model had come; one that was never begun is at its beginning. */
  Recalled recall(ModelConfig config);

  /** What is installed of each model. */
  List<InstalledModel> installed() throws IOException;

  /** Verifies an installed model and fetches nothing. */
  VerificationStatus check(
      InstalledModel model, ProgressListener listener, Cancellation cancellation)
      throws StageException;

  /** Verifies an installed model that has a configuration, and fetches again what is wrong. */
  VerificationStatus repair(
      InstalledModel model, ProgressListener listener, Cancellation cancellation)
      throws StageException;

  /** Puts the version before the last update in the place of the one here, and verifies it. */
  VerificationStatus back(
      InstalledModel model, ProgressListener listener, Cancellation cancellation)
      throws StageException;

  /**
   * The commit that a configuration's revision is now on the Hub; empty where the server knows of
   * none.
   */
  Optional<String> newestCommit(ModelConfig config, Cancellation cancellation)
      throws StageException;

  /** Removes what a model can do without; returns how many bytes that were. */
  long freeSpace(InstalledModel model) throws DownloadException;

  /** Removes a model. */
  ModelRemoval.Outcome remove(InstalledModel model) throws DownloadException;

  /** Keeps how far the setup has come. */
  void remember(SetupState state);

  HardwareStatus verifyHardware(
      ModelConfig config, ProgressListener listener, Cancellation cancellation)
      throws HardwareException, CancelledException;

  /** How the library for graphics cards stands now. */
  GraphicsSupport.State graphics() throws StageException;

  /** Fetches the library for graphics cards, going on where that stopped. */
  void installGraphics(ProgressListener listener, Cancellation cancellation) throws StageException;

  /** Takes over a folder that holds the library for graphics cards. */
  void adoptGraphics(Path folder) throws StageException;

  /** Proves every file of the library for graphics cards. */
  void verifyGraphics(ProgressListener listener, Cancellation cancellation) throws StageException;

  /** Removes the library for graphics cards; returns how many bytes that freed. */
  long removeGraphics() throws StageException;

  /** The limit of all downloads together, which may be changed while they run. Thread-safe. */
  RateLimit rateLimit();

  /** Where a model's files go, measured now. */
  ModelPlace place(ModelConfig config);

  /**
   * The place a model would have in another folder.
   *
   * @throws DownloadException where its files cannot lie there
   */
  ModelPlace placeIn(ModelConfig config, Path folder) throws DownloadException;

  /**
   * The place that a model which is here can be moved to.
   *
   * @throws DownloadException where its files cannot lie there
   */
  ModelPlace placeToMoveTo(ModelConfig config, Path folder) throws DownloadException;

  /**
   * Moves what is there of a model to another folder, and keeps in the settings that it lies there;
   * stopped or failed, the old folder is whole.
   *
   * @return whether nothing stayed behind
   */
  boolean move(ModelConfig config, Path to, ProgressListener listener, Cancellation cancellation)
      throws StageException;

  /**
   * Finds a model that was brought elsewhere by other means, and keeps in the settings where.
   *
   * @return its folder
   * @throws DownloadException where its files are not in the folder
   */
  Path find(ModelConfig config, Path folder) throws DownloadException;

  /**
   * Fetches what is missing.
   *
   * @param importFrom a folder that may hold some of the files
   */
  DownloadResult download(
      ModelConfig config,
      HardwareStatus hardware,
      Optional<Path> importFrom,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, CancelledException;

  /** Removes what a stopped download left behind; whole files stay. */
  void discardDownload(ModelConfig config) throws DownloadException;

  VerificationStatus verify(
      ModelConfig config,
      DownloadResult download,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, VerificationException, CancelledException;

  /** Initialises and optimises. */
  ReadyModel start(
      ModelConfig config,
      VerificationStatus verification,
      ProgressListener listener,
      Cancellation cancellation)
      throws InitializationException, OptimizationException, CancelledException;

  /**
   * Starts a model that was set up before; one that comes up as it did when it passed its test is
   * not tested again.
   */
  ReadyModel reopen(ModelConfig config, ProgressListener listener, Cancellation cancellation)
      throws StageException;

  /**
   * A check of the way to a model on the Hub, with what the user chose until now. Only its steps
   * ask anything.
   */
  ConnectionSteps connectionSteps(ModelConfig config);

  /** Tests a server as the last two stages do, and tells what each step found. */
  List<ServerCheck.Finding> checkServer(
      ModelConfig config, ProgressListener listener, Cancellation cancellation)
      throws CancelledException;

  /** Whether a token of the Hub comes from outside: the environment or a file of other programs. */
  boolean environmentHasToken();

  /** The newest version of the program that was published. */
  Release newestRelease(UpdateChoice choice) throws UpdateException;
}
