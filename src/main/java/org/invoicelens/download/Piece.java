package org.invoicelens.download;

/** A range of a file that one connection fetches. Its bounds change only under the schedule. */
final class Piece {

  private final FileTransfer file;
  private long from;
  private long to;

  Piece(FileTransfer file, long from, long to) {
    this.file = file;
    this.from = from;
    this.to = to;
  }

  FileTransfer file() {
    return file;
  }

  long from() {
    return from;
  }

  long to() {
    return to;
  }

  boolean isWholeFile() {
    return from == 0 && to == file.checksum().size();
  }

  void becomeWholeFile() {
    from = 0;
    to = file.checksum().size();
  }
}
