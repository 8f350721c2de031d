package org.invoicelens.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Hashes a partial file behind the bytes as they come.
 *
 * <p>Ranges come in any order, a digest needs the bytes in one: the follower runs behind the
 * frontier, the end of what is there without a gap, and reads the bytes back, from memory as a
 * rule, since they were just written. So the digest is known right after the last byte, no
 * connection waits for it, and what is proved is what the file system holds. Thread-safe.
 */
final class DigestFollower {

  /** Told once the digest of all bytes is known. Called on a hashing thread. */
  interface Listener {
    void digestKnown(String hex);

    void unreadable(IOException failure);
  }

  /** So far the bytes may run ahead before a thread is asked to follow. */
  private static final long LAG = 4L << 20;

  private final PartialFile file;
  private final Executor threads;
  private final BooleanSupplier isEnding;
  private final Listener listener;
  private final AtomicBoolean running = new AtomicBoolean();
  private MessageDigest digest;
  private volatile long hashed;
  private boolean told;

  /**
   * Used by the one thread that follows. One for each time it does would be a mebibyte for every
   * few that come: such memory is not the heap's, which knows nothing of it and collects too late.
   */
  private ByteBuffer block;

  /**
   * @param isEnding whether to leave off; a thread is not interrupted for that, since this would
   *     close the file under all others
   */
  DigestFollower(PartialFile file, Executor threads, BooleanSupplier isEnding, Listener listener) {
    this.file = file;
    this.threads = threads;
    this.isEnding = isEnding;
    this.listener = listener;
    this.digest = file.checksum().newDigest();
  }

  /** Follows where enough has come. */
  void wake() {
    if ((file.frontier() - hashed >= LAG || file.isComplete())
        && running.compareAndSet(false, true)) {
      try {
        threads.execute(this::follow);
      } catch (RejectedExecutionException stopping) {
        running.set(false);
      }
    }
  }

  /** Begins again with the first byte. */
  synchronized void reset() {
    digest = file.checksum().newDigest();
    hashed = 0;
    told = false;
  }

  private void follow() {
    try {
      while (!isEnding.getAsBoolean() && step()) {
        // One block after the other, up to the frontier.
      }
    } catch (IOException unreadable) {
      giveUp();
      listener.unreadable(unreadable);
    } finally {
      running.set(false);
    }
    String hex = result();
    if (hex != null) {
      listener.digestKnown(hex);
    } else if (!isTold() && !isEnding.getAsBoolean()) {
      // Bytes that came between the last step and now would otherwise wait for the next ones.
      wake();
    }
  }

  private synchronized boolean step() throws IOException {
    long frontier = file.frontier();
    if (hashed >= frontier) {
      return false;
    }
    if (block == null) {
      block = ByteBuffer.allocateDirect((int) Math.min(file.checksum().size(), Digests.BLOCK));
    }
    block.clear().limit((int) Math.min(block.capacity(), frontier - hashed));
    int n = file.read(hashed, block);
    if (n <= 0) {
      if (file.frontier() < frontier) {
        // The bytes were given up in the meantime; a reset follows.
        return false;
      }
      throw new IOException("a partial file became shorter");
    }
    digest.update(block.flip());
    hashed += n;
    return true;
  }

  private synchronized String result() {
    if (told || hashed != file.checksum().size() || !file.isComplete()) {
      return null;
    }
    told = true;
    block = null;
    return Digests.hex(digest);
  }

  private synchronized boolean isTold() {
    return told;
  }

  private synchronized void giveUp() {
    told = true;
  }
}
