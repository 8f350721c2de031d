package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.invoicelens.download.DownloadException.Reason;
import org.invoicelens.hub.HubException;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Words;

/** The failures of a download in the user's words. */
final class DownloadFailures {

  private static final Words WORDS = Words.of(DownloadFailures.class);

  /** What stays free beside the model, in bytes: a full volume harms other programs. */
  static final long DISK_RESERVE = 64L << 20;

  private DownloadFailures() {}

  /** What the Hub or the way to it said. */
  static DownloadException of(HubException failure) {
    Reason reason =
        switch (failure.reason()) {
          case OFFLINE -> Reason.OFFLINE;
          case NO_CONNECTION -> Reason.NO_CONNECTION;
          case UNTRUSTED_CERTIFICATE -> Reason.UNTRUSTED_CERTIFICATE;
          case PROXY -> Reason.PROXY;
          case REPOSITORY_NOT_FOUND -> Reason.REPOSITORY_NOT_FOUND;
          case REVISION_NOT_FOUND -> Reason.REVISION_NOT_FOUND;
          case TOKEN_NEEDED -> Reason.TOKEN_NEEDED;
          case ACCESS_NOT_GRANTED -> Reason.ACCESS_NOT_GRANTED;
          case TOKEN_REFUSED -> Reason.TOKEN_REFUSED;
          case RATE_LIMITED -> Reason.RATE_LIMITED;
          case SERVER_ERROR, ADDRESS_EXPIRED -> Reason.SERVER_ERROR;
          case BAD_ANSWER, FILE_NOT_FOUND -> Reason.BAD_ANSWER;
          case UNSAFE_NAME -> Reason.UNSAFE_NAME;
          case BAD_SETTING -> Reason.BAD_SETTING;
        };
    return new DownloadException(reason, failure.problem(), failure.detail(), failure);
  }

  /** A file that could not be written; finds out why. */
  static DownloadException disk(Path folder, long stillNeeded, IOException failure) {
    String text = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("no space left")
        || text.contains("not enough space")
        || text.contains("disk quota")
        || text.contains("disk full")) {
      return diskFull(folder, stillNeeded, failure);
    }
    if (text.contains("file too large") || text.contains("file size exceeds")) {
      return new DownloadException(
          Reason.DISK_FULL, WORDS.problem("fileTooLarge", folder), failure.toString(), failure);
    }
    return notWritable(folder, failure);
  }

  /** Too little free space for what is still to come. */
  static DownloadException diskFull(Path folder, long stillNeeded, IOException cause) {
    long free = freeSpace(folder);
    long lacking = stillNeeded + DISK_RESERVE - Math.max(free, 0);
    return new DownloadException(
        Reason.DISK_FULL,
        WORDS.problem(
            "diskFull",
            ByteSize.text(stillNeeded),
            ByteSize.text(Math.max(free, 0)),
            folder,
            ByteSize.text(DISK_RESERVE),
            ByteSize.text(Math.max(lacking, DISK_RESERVE))),
        cause == null ? "" : cause.toString(),
        cause);
  }

  static DownloadException notWritable(Path folder, IOException cause) {
    boolean denied = cause instanceof AccessDeniedException;
    String why = WORDS.text(denied ? "notWritable.permission" : "notWritable.volume");
    return new DownloadException(
        Reason.NOT_WRITABLE, WORDS.problem("notWritable", folder, why), cause.toString(), cause);
  }

  static DownloadException leadsOutside(Path link) {
    return new DownloadException(
        Reason.UNSAFE_NAME, WORDS.problem("leadsOutside", link), link.toString(), null);
  }

  static DownloadException inUse(Path folder) {
    return new DownloadException(Reason.IN_USE, WORDS.problem("inUse", folder), "", null);
  }

  static DownloadException nothing(String repoId) {
    return new DownloadException(
        Reason.NOTHING_TO_DOWNLOAD, WORDS.problem("nothing", repoId), "", null);
  }

  static DownloadException offline() {
    return new DownloadException(Reason.OFFLINE, WORDS.problem("offline"), "", null);
  }

  /** A folder of which nothing can be taken, because the list of the files did not come either. */
  static DownloadException nothingToCompare(Path folder, DownloadException failure) {
    return new DownloadException(
        failure.reason(),
        WORDS.problem("nothingToCompare", folder, failure.problem().what()),
        failure.detail(),
        failure);
  }

  /** A file whose content was wrong twice. */
  static DownloadException wrongChecksum(
      String path, String expected, String first, String second) {
    return new DownloadException(
        Reason.WRONG_CHECKSUM,
        WORDS.problem(
            first.equals(second) ? "wrongChecksum.sameTwice" : "wrongChecksum.differently", path),
        "expected " + expected + ", got " + first + " and " + second,
        null);
  }

  /** Free bytes for this user; negative where the volume does not say. */
  static long freeSpace(Path folder) {
    try {
      Path existing = folder.toAbsolutePath();
      while (existing != null && !Files.exists(existing)) {
        existing = existing.getParent();
      }
      if (existing == null) {
        return -1;
      }
      FileStore store = Files.getFileStore(existing);
      return store.getUsableSpace();
    } catch (IOException unknown) {
      return -1;
    }
  }
}
