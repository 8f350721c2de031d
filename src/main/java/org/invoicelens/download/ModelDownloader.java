package org.invoicelens.download;

import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;

/**
 * The third stage: brings the model's files into the model folder, going on where it stopped.
 *
 * <p>The revision is resolved to a commit and one listing of it is the plan. A file already there
 * is hashed once and adopted. What is missing comes in ranges over several connections, with a
 * journal of what is on disk; the digest follows the bytes, and a file gets its own name only when
 * it was right. Each file has {@code max_retries} further attempts after the first that failed,
 * then one more over the minimal connections; a connection that broke off after bringing a mebibyte
 * is merely reopened and does not count.
 *
 * <p>The configuration's mirrors serve beside the endpoint, each as fast as it is. One that fails,
 * is slow or sends wrong bytes is left, and no attempt counts while another server can go on.
 *
 * <p>Where the network fails and the kept listing and manifest prove that all is there, that is a
 * success. A model that ships comes from the bundled hub whatever the settings say. One call at a
 * time; interrupting the calling thread counts as cancelling.
 */
public final class ModelDownloader {

  private final ApplicationFolders folders;
  private final HubSettings settings;
  private final TransferOptions options;
  private final ProgressListener listener;
  private final Cancellation cancellation;
  private final Tuning tuning;
  private final Ticker ticker;
  private final RateLimit rateLimit;

  public ModelDownloader(
      ApplicationFolders folders,
      HubSettings settings,
      TransferOptions options,
      ProgressListener listener,
      Cancellation cancellation) {
    this(folders, settings, options, listener, cancellation, Tuning.DEFAULT, Ticker.SYSTEM);
  }

  /**
   * @param rateLimit the limit of all connections together, shared with whoever changes it
   */
  public ModelDownloader(
      ApplicationFolders folders,
      HubSettings settings,
      TransferOptions options,
      RateLimit rateLimit,
      ProgressListener listener,
      Cancellation cancellation) {
    this(
        folders,
        settings,
        options,
        rateLimit,
        listener,
        cancellation,
        Tuning.DEFAULT,
        Ticker.SYSTEM);
  }

  ModelDownloader(
      ApplicationFolders folders,
      HubSettings settings,
      TransferOptions options,
      ProgressListener listener,
      Cancellation cancellation,
      Tuning tuning,
      Ticker ticker) {
    this(
        folders,
        settings,
        options,
        new RateLimit(options.limitRate(), ticker),
        listener,
        cancellation,
        tuning,
        ticker);
  }

  private ModelDownloader(
      ApplicationFolders folders,
      HubSettings settings,
      TransferOptions options,
      RateLimit rateLimit,
      ProgressListener listener,
      Cancellation cancellation,
      Tuning tuning,
      Ticker ticker) {
    this.folders = folders;
    this.settings = settings;
    this.options = options;
    this.listener = listener;
    this.cancellation = cancellation;
    this.tuning = tuning;
    this.ticker = ticker;
    this.rateLimit = rateLimit;
  }

  /** The limit of all connections together, which may be changed while they run. */
  public RateLimit rateLimit() {
    return rateLimit;
  }

  /**
   * Fetches what is missing and returns when every file lies under its own name.
   *
   * @param hardware what the second stage found; may be null
   * @throws DownloadException where that cannot be reached; what is good is kept
   * @throws CancelledException when asked to stop: the next call goes on from there
   */
  public DownloadResult download(ModelConfig config, HardwareStatus hardware)
      throws DownloadException, CancelledException {
    DownloadRun run =
        new DownloadRun(
            folders,
            settings,
            options,
            listener,
            cancellation,
            tuning,
            ticker,
            rateLimit,
            config,
            hardware);
    return DownloadThread.run(run::call, run::breakOff, cancellation);
  }
}
