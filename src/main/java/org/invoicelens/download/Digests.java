package org.invoicelens.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.WholeFile;

/** The computing of the digests by which the Hub knows its files. */
final class Digests {

  static final int BLOCK = 1 << 20;

  private static final int MOST_THREADS = 4;

  private Digests() {}

  /** Threads that compute digests; the caller shuts them down. */
  static ExecutorService newThreads() {
    return Executors.newFixedThreadPool(
        Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_THREADS),
        Thread.ofPlatform().daemon().name("hashing-", 1).factory());
  }

  /** The SHA-256 of a text in UTF-8. */
  static String sha256(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    MessageDigest digest = Checksum.ofSize(bytes.length).newDigest();
    digest.update(bytes);
    return hex(digest);
  }

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** A file whose content cannot be read. */
  static final class UnreadableException extends IOException {

    private static final long serialVersionUID = 1;

    private UnreadableException(IOException cause) {
      super(cause);
    }
  }

  /** Takes the blocks of a file; each is ready to be read from its position. */
  @FunctionalInterface
  private interface Blocks {
    void take(ByteBuffer block) throws IOException;
  }

  /**
   * Whether a file's content is what it must be.
   *
   * @param read told how many bytes were read each time
   * @throws UnreadableException where it cannot be read
   */
  static boolean matches(Path file, Checksum checksum, LongConsumer read, Cancellation cancellation)
      throws IOException, CancelledException {
    return matches(file, checksum, read, cancellation, block -> {});
  }

  /**
   * Copies a file, and finds out whether its content is what it must be on the way.
   *
   * @param copy a file that is not there yet; holds part of the content where it was not right
   * @throws UnreadableException where the file cannot be read; any other failure is one of the copy
   */
  static boolean copyMatches(
      Path file, Path copy, Checksum checksum, LongConsumer read, Cancellation cancellation)
      throws IOException, CancelledException {
    try (FileChannel out =
        FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      boolean matches =
          matches(file, checksum, read, cancellation, block -> WholeFile.writeFully(out, block));
      out.force(true);
      return matches;
    }
  }

  private static boolean matches(
      Path file, Checksum checksum, LongConsumer read, Cancellation cancellation, Blocks blocks)
      throws IOException, CancelledException {
    MessageDigest digest = checksum.newDigest();
    long left = checksum.size();
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    try (FileChannel channel = open(file)) {
      for (int n = fill(channel, block); n >= 0; n = fill(channel, block)) {
        cancellation.throwIfCancelled();
        left -= n;
        if (left < 0) {
          return false;
        }
        digest.update(block.duplicate());
        blocks.take(block);
        read.accept(n);
      }
    }
    return left == 0 && hex(digest).equals(checksum.hex());
  }

  private static FileChannel open(Path file) throws UnreadableException {
    try {
      return FileChannel.open(file, StandardOpenOption.READ);
    } catch (IOException unreadable) {
      throw new UnreadableException(unreadable);
    }
  }

  private static int fill(FileChannel channel, ByteBuffer block) throws UnreadableException {
    try {
      int n = channel.read(block.clear());
      block.flip();
      return n;
    } catch (IOException unreadable) {
      throw new UnreadableException(unreadable);
    }
  }
}
