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
import org.invoicelens.stage.Problem;

/** The failures of a download in the user's words. */
final class DownloadFailures {

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
    return notWritable(folder, failure);
  }

  /** Too little free space for what is still to come. */
  static DownloadException diskFull(Path folder, long stillNeeded, IOException cause) {
    long free = freeSpace(folder);
    long lacking = stillNeeded + DISK_RESERVE - Math.max(free, 0);
    return new DownloadException(
        Reason.DISK_FULL,
        new Problem(
            "The disk is too full for the model.",
            "Still to come are "
                + ByteSize.text(stillNeeded)
                + ", free are "
                + ByteSize.text(Math.max(free, 0))
                + " on the volume of "
                + folder
                + ", of which "
                + ByteSize.text(DISK_RESERVE)
                + " stay in reserve.",
            "Free "
                + ByteSize.text(Math.max(lacking, DISK_RESERVE))
                + " or choose another folder; what has arrived is kept."),
        cause == null ? "" : cause.toString(),
        cause);
  }

  static DownloadException notWritable(Path folder, IOException cause) {
    return new DownloadException(
        Reason.NOT_WRITABLE,
        new Problem(
            "Nothing can be written to " + folder + ".",
            cause instanceof AccessDeniedException
                ? "You have no permission to write there."
                : "The folder or its volume does not take the file.",
            "Choose another folder for the model, or correct the permissions of this one."),
        cause.toString(),
        cause);
  }

  static DownloadException leadsOutside(Path link) {
    return new DownloadException(
        Reason.UNSAFE_NAME,
        new Problem(
            "The model folder holds a link that leads out of it.",
            link + " is a link; files would be written to another place.",
            "Remove the link, or choose another folder for the model."),
        link.toString(),
        null);
  }

  static DownloadException inUse(Path folder) {
    return new DownloadException(
        Reason.IN_USE,
        new Problem(
            "Another download is writing to " + folder + ".",
            "Two at once would get in each other's way.",
            "Wait until it has ended, or close the other window."),
        "",
        null);
  }

  static DownloadException nothing(String repoId) {
    return new DownloadException(
        Reason.NOTHING_TO_DOWNLOAD,
        new Problem(
            repoId + " holds no file to download.",
            "No file of that repository fits the patterns, or it is not a model of this kind.",
            "Check repo_id and the patterns; --include '*' fetches every file."),
        "",
        null);
  }

  static DownloadException offline() {
    return new DownloadException(
        Reason.OFFLINE,
        new Problem(
            "The model is not complete, and the network is switched off for this application.",
            "HF_HUB_OFFLINE is set, so nothing can be fetched.",
            "Unset HF_HUB_OFFLINE and try again."),
        "",
        null);
  }

  /** A file whose content was wrong twice. */
  static DownloadException wrongChecksum(
      String path, String expected, String first, String second) {
    boolean sameTwice = first.equals(second);
    return new DownloadException(
        Reason.WRONG_CHECKSUM,
        new Problem(
            path + " arrived with the wrong content, twice.",
            sameTwice
                ? "Both times the content was the same: the server or a proxy on the way sends"
                    + " another file."
                : "Each time the content was another one: this points to this computer's memory or"
                    + " disk, or to a proxy that changes data.",
            sameTwice
                ? "Try another network or another server. Files that were right are kept."
                : "Test the memory and the disk, then try again. Files that were right are kept."),
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
