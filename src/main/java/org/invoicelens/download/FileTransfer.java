package org.invoicelens.download;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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

  private final List<Copy> copies;

  final List<Piece> inFlight = new ArrayList<>();
  State state = State.OPEN;
  DigestFollower follower;
  boolean oneStream;
  int failedAttempts;

  /** How many bytes it had at most when an attempt failed, or at the start. */
  long mostAtFailure;

  /** How often in a row no way led to the server. */
  int failedAtTheWay;

  long notBefore;
  PieceException roundFailure;

  /** What the failure of this round came from. */
  Copy failedCopy;

  HubException lastFailure;
  String wrongDigest;

  /** Mirrors whose bytes differ from the endpoint's, until the digest says who is right. */
  final Set<String> accused = new TreeSet<>();

  DownloadException outcome;

  FileTransfer(String path, Checksum checksum, PartialFile partial, List<Source> sources) {
    this.path = path;
    this.checksum = checksum;
    this.partial = partial;
    this.copies = sources.stream().map(source -> new Copy(this, source)).toList();
    endpointCopy().tag = partial.tag();
    mostAtFailure = partial.total();
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

  /** The file as each source has it. */
  List<Copy> copies() {
    return copies;
  }

  Copy endpointCopy() {
    return copies.getFirst();
  }

  /** Whether any other source than that of a copy can still be asked for the file. */
  boolean hasOther(Copy copy) {
    return copies.stream().anyMatch(other -> other != copy && other.isUsable());
  }

  /** What is missing and no connection fetches, in order. */
  List<ByteRanges.Range> unclaimed() {
    ByteRanges taken = partial.present();
    inFlight.forEach(piece -> taken.add(piece.from(), piece.to()));
    return taken.gaps(checksum.size());
  }
}
