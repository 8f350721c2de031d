package org.invoicelens.verify;

import org.invoicelens.download.DownloadResult;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;

/** The fourth stage: proves every file by size and digest, and the shards by their headers. */
public final class DownloadVerifier {

  public DownloadVerifier(ProgressListener listener, Cancellation cancellation) {}

  /**
   * Checks all files and all shards.
   *
   * @throws VerificationException naming every file that is not right; nothing is removed
   */
  public VerificationStatus verify(DownloadResult download)
      throws VerificationException, CancelledException {
    throw new UnsupportedOperationException();
  }
}
