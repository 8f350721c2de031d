package org.invoicelens.setup;

import java.nio.file.Path;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.download.TransferOptions;
import org.invoicelens.engine.InitializationException;
import org.invoicelens.engine.ModelInstance;
import org.invoicelens.engine.OptimizationException;
import org.invoicelens.engine.OptimizedModel;
import org.invoicelens.hardware.HardwareException;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.StageException;
import org.invoicelens.verify.VerificationException;
import org.invoicelens.verify.VerificationStatus;

/**
 * The six stages in order, as one call or one by one. Both doors, the window and the command line,
 * go through here. Thread-safe; a stage runs on the thread that calls it.
 */
public final class SetupPipeline {

  public SetupPipeline(ApplicationFolders folders, HubSettings settings) {}

  /** The first stage. */
  public ModelConfig loadConfig(Path file) throws ConfigException {
    throw new UnsupportedOperationException();
  }

  /** The second stage. */
  public HardwareStatus verifyHardware(
      ModelConfig config, ProgressListener listener, Cancellation cancellation)
      throws HardwareException, CancelledException {
    throw new UnsupportedOperationException();
  }

  /** The third stage. */
  public DownloadResult download(
      ModelConfig config,
      HardwareStatus hardware,
      TransferOptions options,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, CancelledException {
    throw new UnsupportedOperationException();
  }

  /** The fourth stage; files that are wrong are fetched again once. */
  public VerificationStatus verify(
      ModelConfig config,
      DownloadResult download,
      ProgressListener listener,
      Cancellation cancellation)
      throws DownloadException, VerificationException, CancelledException {
    throw new UnsupportedOperationException();
  }

  /** The fifth stage. */
  public ModelInstance initialize(
      ModelConfig config,
      VerificationStatus verification,
      ProgressListener listener,
      Cancellation cancellation)
      throws InitializationException, CancelledException {
    throw new UnsupportedOperationException();
  }

  /** The sixth stage. */
  public OptimizedModel optimize(
      ModelConfig config,
      ModelInstance instance,
      ProgressListener listener,
      Cancellation cancellation)
      throws OptimizationException, CancelledException {
    throw new UnsupportedOperationException();
  }

  /** All stages after the first. */
  public OptimizedModel run(
      ModelConfig config, ProgressListener listener, Cancellation cancellation)
      throws StageException {
    throw new UnsupportedOperationException();
  }
}
