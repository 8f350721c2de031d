package org.invoicelens.download;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.invoicelens.hub.FileAddress;
import org.invoicelens.hub.HubException;

/** One file of a run and how far it is. Everything that changes is guarded by the schedule. */
final class FileTransfer {

  /** How a file stands. */
  enum State {
    /** Bytes are missing. */
    OPEN,
    /** All bytes are here; the digest is not known yet. */
    HASHING,
    /** It lies under its own name. */
    DONE,
    /** Its attempts are used up; the last pass tries once more. */
    PARKED,
    /** It could not be had. */
    GIVEN_UP
  }

  private final String path;
  private final Checksum checksum;
  private final PartialFile partial;

  final List<Piece> inFlight = new ArrayList<>();
  State state = State.OPEN;
  DigestFollower follower;
  Optional<FileAddress> address = Optional.empty();
  boolean rangesWork;
  boolean oneStream;
  int failedAttempts;
  long notBefore;
  PieceException roundFailure;
  HubException lastFailure;
  String wrongDigest;
  DownloadException outcome;

  FileTransfer(String path, Checksum checksum, PartialFile partial) {
    this.path = path;
    this.checksum = checksum;
    this.partial = partial;
  }

  String path() {
    return path;
  }

  Checksum checksum() {
    return checksum;
  }

  PartialFile partial() {
    return partial;
  }

  /** What is missing and no connection fetches, in order. */
  List<ByteRanges.Range> unclaimed() {
    ByteRanges taken = new ByteRanges();
    partial.present().ranges().forEach(r -> taken.add(r.from(), r.to()));
    inFlight.forEach(piece -> taken.add(piece.from(), piece.to()));
    return taken.gaps(checksum.size());
  }
}
