package org.invoicelens.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.invoicelens.stage.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file on its way: the bytes that have come, at their places, and the journal that claims them.
 *
 * <p>The data file has its full length from the first bytes on and is sparse where the file system
 * allows. The journal claims a byte only after it was forced to disk, so what it says survives a
 * kill and a power loss. Thread-safe; bytes are written by several threads at once.
 */
final class PartialFile implements AutoCloseable {

  private static final long WORTH_A_JOURNAL = 1 << 20;
  private static final Logger log = LoggerFactory.getLogger(PartialFile.class);

  private final Path data;
  private final Path journal;
  private final Checksum checksum;
  private final FileChannel channel;
  private final Object journalLock = new Object();

  private final ByteRanges present = new ByteRanges();
  private Optional<String> tag = Optional.empty();
  private boolean changed;
  private volatile boolean extended;

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
      claims.get().present().ranges().forEach(r -> file.present.add(r.from(), r.to()));
      file.tag = claims.get().tag();
      file.extended = true;
    }
    return file;
  }

  Checksum checksum() {
    return checksum;
  }

  /** Puts bytes at their place; they count from then on. */
  void write(long position, ByteBuffer bytes) throws IOException {
    extend();
    long end = position + bytes.remaining();
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
    synchronized (this) {
      present.add(position, end);
      changed = true;
    }
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
        claims = new Journal(tag, present.copy());
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
        tag = Optional.empty();
        changed = false;
      }
      channel.truncate(0);
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

  @Override
  public void close() throws IOException {
    synchronized (journalLock) {
      channel.close();
    }
  }

  /**
   * Gives the data file its length with the first bytes, not before there is room for them. A
   * journal is there from then on too: on a volume that fills up later it can still be overwritten.
   */
  private void extend() throws IOException {
    if (extended) {
      return;
    }
    synchronized (journalLock) {
      if (extended) {
        return;
      }
      channel.write(ByteBuffer.wrap(new byte[1]), checksum.size() - 1);
      if (checksum.size() >= WORTH_A_JOURNAL) {
        new Journal(Optional.empty(), new ByteRanges()).write(journal, checksum);
      }
      extended = true;
    }
  }
}
