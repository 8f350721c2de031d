package org.invoicelens.verify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import org.invoicelens.download.Checksum;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Words;
import org.invoicelens.verify.VerificationStatus.Finding;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares files of one folder with their sizes and digests. Thread-safe. */
final class FileCheck {

  private static final Words WORDS = Words.of(FileCheck.class);

  private static final Logger log = LoggerFactory.getLogger(FileCheck.class);

  /** Large enough for few calls, small enough to stay in a core's cache. */
  private static final int BUFFER = 1 << 20;

  private static final long REPORT_EVERY = 8L << 20;

  private final Path folder;
  private final ByteProgress progress;
  private final Cancellation cancellation;

  /**
   * @param folder as a real path, without links
   */
  FileCheck(Path folder, ByteProgress progress, Cancellation cancellation) {
    this.folder = folder;
    this.progress = progress;
    this.cancellation = cancellation;
  }

  /** What is wrong with a file; empty where nothing is. */
  Optional<Finding> check(String name, Checksum expected) throws CancelledException {
    cancellation.throwIfCancelled();
    Reading reading = new Reading(name, expected.size());
    Optional<Finding> finding;
    try {
      finding = reading.fault(expected);
    } catch (NoSuchFileException e) {
      finding = wrong(name, Finding.Fault.MISSING, "finding.missing");
    } catch (IOException | InvalidPathException e) {
      log.warn("{} cannot be read", name, e);
      finding = wrong(name, Finding.Fault.UNREADABLE, "finding.unreadable");
    }
    reading.finish();
    return finding;
  }

  private static Optional<Finding> wrong(
      String name, Finding.Fault fault, String key, Object... more) {
    return Optional.of(finding(name, fault, key, more));
  }

  /** A finding in the words under a key, whose first argument is the file's name. */
  static Finding finding(String name, Finding.Fault fault, String key, Object... more) {
    Object[] arguments = Stream.concat(Stream.of(name), Stream.of(more)).toArray();
    return new Finding(name, fault, WORDS.text(key, arguments));
  }

  /** One file on its way through the digest. */
  private final class Reading {

    private final String name;
    private final long size;
    private long read;
    private long reported;

    Reading(String name, long size) {
      this.name = name;
      this.size = size;
    }

    Optional<Finding> fault(Checksum expected) throws IOException, CancelledException {
      Path path = folder.resolve(name).normalize();
      if (!path.startsWith(folder) || path.equals(folder)) {
        return wrong(name, Finding.Fault.UNREADABLE, "finding.outside");
      }
      // A link may lead elsewhere, as in the Hub's own cache: what is read there is proved by
      // digest.
      path = path.toRealPath();
      if (!Files.isRegularFile(path)) {
        return wrong(name, Finding.Fault.UNREADABLE, "finding.notAFile");
      }
      long actual = Files.size(path);
      if (actual != size) {
        return wrong(
            name,
            Finding.Fault.WRONG_SIZE,
            "finding.wrongSize",
            Long.toString(actual),
            Long.toString(size));
      }
      String digest = digest(path, expected);
      if (read != size) {
        return wrong(name, Finding.Fault.WRONG_SIZE, "finding.changing");
      }
      if (!digest.equals(expected.hex())) {
        log.warn("{}: digest {}, expected {}", name, digest, expected.hex());
        return wrong(name, Finding.Fault.WRONG_CHECKSUM, "finding.wrongContent");
      }
      return Optional.empty();
    }

    /** Counts what was not read as well: the whole is always reached. */
    void finish() {
      progress.add(name, size - reported, size, size);
    }

    private String digest(Path path, Checksum expected) throws IOException, CancelledException {
      MessageDigest digest = expected.newDigest();
      ByteBuffer buffer = ByteBuffer.allocate(Math.clamp(size, 1, BUFFER));
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
        while (channel.read(buffer.clear()) >= 0) {
          cancellation.throwIfCancelled();
          read += buffer.position();
          digest.update(buffer.flip());
          if (read > size) {
            break;
          }
          if (read - reported >= REPORT_EVERY) {
            progress.add(name, read - reported, read, size);
            reported = read;
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    }
  }
}
