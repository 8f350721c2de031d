package org.invoicelens.download;

import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;

/** The third stage: brings the model's files into the model folder, going on where it stopped. */
public final class ModelDownloader {

  public ModelDownloader(
      ApplicationFolders folders,
      HubSettings settings,
      TransferOptions options,
      ProgressListener listener,
      Cancellation cancellation) {}

  /**
   * Fetches what is missing and returns when every file lies under its own name.
   *
   * @throws DownloadException where that cannot be reached; what is good is kept
   * @throws CancelledException when asked to stop: the next call goes on from there
   */
  public DownloadResult download(ModelConfig config, HardwareStatus hardware)
      throws DownloadException, CancelledException {
    throw new UnsupportedOperationException();
  }
}
