package org.invoicelens.download;

import java.util.Optional;
import org.invoicelens.hub.FileAddress;

/** A file as one source has it. What changes is guarded by the schedule. */
final class Copy {

  private final FileTransfer file;
  private final Source source;

  /** Connections that fetch from it. */
  int inFlight;

  /** Where it was found last. */
  Optional<FileAddress> address = Optional.empty();

  /** The strong entity tag it has. */
  Optional<String> tag = Optional.empty();

  /** Whether the source was seen to serve ranges of it. */
  boolean rangesWork;

  /** Why it is not used for this file while there is another; null where it is. */
  PieceException leftFor;

  Copy(FileTransfer file, Source source) {
    this.file = file;
    this.source = source;
  }

  FileTransfer file() {
    return file;
  }

  Source source() {
    return source;
  }

  /** Whether one more connection may fetch from it. */
  boolean hasRoom() {
    return (rangesWork || inFlight == 0) && source.hasRoom();
  }

  boolean isUsable() {
    return leftFor == null && !source.dropped;
  }
}
