package org.invoicelens.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;

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

  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Whether a file's content is what it must be.
   *
   * @param read told how many bytes were read each time
   */
  static boolean matches(Path file, Checksum checksum, LongConsumer read, Cancellation cancellation)
      throws IOException, CancelledException {
    MessageDigest digest = checksum.newDigest();
    long left = checksum.size();
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (int n = channel.read(block); n >= 0; n = channel.read(block.clear())) {
        cancellation.throwIfCancelled();
        left -= n;
        if (left < 0) {
          return false;
        }
        digest.update(block.flip());
        read.accept(n);
      }
    }
    return left == 0 && hex(digest).equals(checksum.hex());
  }
}
