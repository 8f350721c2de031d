package org.invoicelens.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.invoicelens.stage.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file on its way: the bytes that have come, at their places, and the journal that claims them.
 *
 * <p>The data file has its full length from the first bytes on. Where the system can, a large one
 * has its room on the volume before they come, so that nothing else can take it while a download
 * goes on for days; elsewhere it is sparse where the file system allows. The journal claims a byte
 * only after it was forced to disk, so what it says survives a kill and a power loss. Thread-safe;
 * bytes are written by several threads at once.
 */
final class PartialFile implements AutoCloseable {

  /** A smaller file has no room reserved, and a journal only when one is saved. */
  static final int LARGE = 1 << 20;

  private static final Logger log = LoggerFactory.getLogger(PartialFile.class);

  private final Path data;
  private final Path journal;
  private final Checksum checksum;
  private final FileChannel channel;
  private final Object journalLock = new Object();

  private final ByteRanges present = new ByteRanges();

  /** Which bytes of those present came from which mirror. */
  private final Map<String, ByteRanges> mirrored = new TreeMap<>();

  /** Bytes of mirrors that are on disk and do not count until the endpoint's are compared. */
  private final Map<String, ByteRanges> doubted = new TreeMap<>();

  private Optional<String> tag = Optional.empty();
  private boolean changed;
  private volatile boolean extended;

  /** Whether the volume has its room set aside for all of it. */
  private volatile boolean reserved;

  private PartialFile(Path data, Path journal, Checksum checksum, FileChannel channel) {
    this.data = data;
    this.journal = journal;
    this.checksum = checksum;
    this.channel = channel;
  }

  /**
   * Opens what an earlier run left of a file, or begins it.
   *
   * @param folder the folder of partial files
   * @param name its name there, without an ending
   */
  static PartialFile open(Path folder, String name, Checksum checksum) throws IOException {
    Path data = folder.resolve(name + ".part");
    Path journal = folder.resolve(name + ".journal");
    Optional<Journal> claims = Optional.empty();
    if (Files.isRegularFile(data, LinkOption.NOFOLLOW_LINKS)
        && Files.size(data) == checksum.size()) {
      claims = Journal.read(journal, checksum);
    }
    if (claims.isEmpty() && Files.deleteIfExists(data)) {
      log.info("{} has no journal that can be believed and is fetched from the start.", data);
    }
    FileChannel channel =
        FileChannel.open(
            data,
            StandardOpenOption.CREATE,
            StandardOpenOption.SPARSE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    PartialFile file = new PartialFile(data, journal, checksum, channel);
    if (claims.isPresent()) {
      file.present.addAll(claims.get().present());
      file.mirrored.putAll(claims.get().mirrors());
      file.tag = claims.get().tag();
      file.extended = true;
      file.reserved = claims.get().reserved();
    }
    return file;
  }

  /**
   * Takes the room of a large file before anything of it comes. One that a run before began stays
   * as it is.
   *
   * @throws IOException where there is too little; none of it is taken then
   */
  void reserve() throws IOException {
    if (checksum.size() >= LARGE) {
      extend();
    }
  }

  /** How many bytes the volume must still have free for what is missing. */
  synchronized long roomNeeded() {
    return reserved ? 0 : checksum.size() - present.total();
  }

  Checksum checksum() {
    return checksum;
  }

  /**
   * Puts bytes at their place; they count from then on.
   *
   * @param mirror the mirror they came from; empty where it was the endpoint
   * @return the mirrors whose bytes were doubted there and are other ones
   */
  Set<String> write(long position, ByteBuffer bytes, Optional<String> mirror) throws IOException {
    extend();
    long end = position + bytes.remaining();
    Set<String> wrong = compare(position, bytes);
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
    synchronized (this) {
      present.add(position, end);
      doubted.values().forEach(ranges -> ranges.remove(position, end));
      mirror.ifPresent(
          name -> mirrored.computeIfAbsent(name, first -> new ByteRanges()).add(position, end));
      changed = true;
    }
    return wrong;
  }

  private Set<String> compare(long position, ByteBuffer bytes) throws IOException {
    Map<String, List<ByteRanges.Range>> before = new TreeMap<>();
    synchronized (this) {
      if (doubted.isEmpty()) {
        return Set.of();
      }
      doubted.forEach((name, ranges) ->
          before.put(name, ranges.within(position, position + bytes.remaining())));
    }
    Set<String> wrong = new TreeSet<>();
    for (Map.Entry<String, List<ByteRanges.Range>> mirror : before.entrySet()) {
      for (ByteRanges.Range range : mirror.getValue()) {
        int offset = bytes.position() + (int) (range.from() - position);
        ByteBuffer old = ByteBuffer.allocate((int) range.length());
        while (old.hasRemaining() && channel.read(old, range.from() + old.position()) > 0) {
          // As much as there is.
        }
        if (!old.flip().equals(bytes.slice(offset, (int) range.length()))) {
          wrong.add(mirror.getKey());
        }
      }
    }
    return wrong;
  }

  /** The mirrors that bytes came from. */
  synchronized Set<String> mirrors() {
    return new TreeSet<>(mirrored.keySet());
  }

  /** Gives up the bytes of some mirrors. */
  synchronized void forget(Set<String> mirrors) {
    for (String mirror : mirrors) {
      ByteRanges ranges = mirrored.remove(mirror);
      if (ranges != null) {
        present.removeAll(ranges);
      }
    }
    changed = true;
  }

  /** Lets no bytes of mirrors count until the endpoint's have come and were compared with them. */
  synchronized void doubt() {
    doubted.putAll(mirrored);
    mirrored.clear();
    doubted.values().forEach(present::removeAll);
    changed = true;
  }

  synchronized boolean isDoubted() {
    return doubted.values().stream().anyMatch(ranges -> !ranges.isEmpty());
  }

  /** Lets bytes that are still doubted count again, but for those of some mirrors. */
  synchronized void endDoubt(Set<String> wrong) {
    doubted.forEach((name, ranges) -> {
      if (!wrong.contains(name) && !ranges.isEmpty()) {
        present.addAll(ranges);
        mirrored.put(name, ranges);
      }
    });
    doubted.clear();
    changed = true;
  }

  /** Reads bytes that are there. */
  int read(long position, ByteBuffer into) throws IOException {
    return channel.read(into, position);
  }

  /** What is there now. */
  synchronized ByteRanges present() {
    return present.copy();
  }

  synchronized List<ByteRanges.Range> gaps() {
    return present.gaps(checksum.size());
  }

  /** How many bytes are there from the start without a gap. */
  synchronized long frontier() {
    return present.prefix();
  }

  /** How many bytes are there. */
  synchronized long total() {
    return present.total();
  }

  synchronized boolean isComplete() {
    return present.total() == checksum.size();
  }

  /** The entity tag that the bytes came with. */
  synchronized Optional<String> tag() {
    return tag;
  }

  synchronized void setTag(Optional<String> newTag) {
    tag = newTag;
    changed = true;
  }

  /** Makes all that has come so far survive the end of this process and of the computer's power. */
  void save() throws IOException {
    synchronized (journalLock) {
      Journal claims;
      synchronized (this) {
        if (!changed || !channel.isOpen()) {
          return;
        }
        changed = false;
        Map<String, ByteRanges> from = new TreeMap<>();
        mirrored.forEach((name, ranges) -> from.put(name, ranges.copy()));
        claims = new Journal(tag, present.copy(), from, reserved);
      }
      channel.force(false);
      claims.write(journal, checksum);
    }
  }

  /** Gives up all bytes, to begin again. */
  void discard() throws IOException {
    synchronized (journalLock) {
      Files.deleteIfExists(journal);
      synchronized (this) {
        present.clear();
        mirrored.clear();
        doubted.clear();
        tag = Optional.empty();
        changed = false;
      }
      channel.truncate(0);
      reserved = false;
      extended = false;
    }
  }

  /** Gives the complete and proved file its final name and ends being partial. */
  void promote(Path target) throws IOException {
    synchronized (journalLock) {
      channel.force(true);
      channel.close();
      WholeFile.move(data, target);
      Files.deleteIfExists(journal);
    }
  }

  /**
   * Ends the work on the file. One of which nothing came leaves nothing and gives its room back.
   */
  @Override
  public void close() throws IOException {
    synchronized (journalLock) {
      if (!channel.isOpen()) {
        return;
      }
      channel.close();
      if (total() == 0) {
        Files.deleteIfExists(journal);
        Files.deleteIfExists(data);
      }
    }
  }

  /**
   * Gives the data file its length, and its room where that can be. A journal is there from then on
   * too: on a volume that fills up later it can still be overwritten.
   */
  private void extend() throws IOException {
    if (extended) {
      return;
    }
    synchronized (journalLock) {
      if (extended) {
        return;
      }
      boolean large = checksum.size() >= LARGE;
      try {
        boolean made = large && Reservation.make(data, checksum.size());
        if (!made) {
          channel.write(ByteBuffer.wrap(new byte[1]), checksum.size() - 1);
        }
        if (large) {
          new Journal(Optional.empty(), new ByteRanges(), Map.of(), made).write(journal, checksum);
        }
        reserved = made;
      } catch (IOException noRoom) {
        channel.truncate(0);
        throw noRoom;
      }
      extended = true;
    }
  }
}
