package org.invoicelens.runtime;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.WholeFile;

/** The unpacking of one gzip file, never to more bytes than it announced. */
final class Unpacking {

  private static final int BLOCK = 1 << 20;

  private Unpacking() {}

  /** A packed file whose content is not what its own checksum or length says. */
  static final class DamagedException extends Exception {

    private static final long serialVersionUID = 1L;

    DamagedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Unpacks a file and forces it to disk.
   *
   * @param target not there yet
   * @param size how many bytes it must become
   * @param written told how many bytes were written each time
   * @return the SHA-256 of the unpacked bytes
   * @throws DamagedException where the file is not whole or becomes more or less than that
   * @throws IOException where it cannot be read or written
   */
  static String unpack(
      Path packed, Path target, long size, LongConsumer written, Cancellation cancellation)
      throws IOException, DamagedException, CancelledException {
    MessageDigest digest = sha256();
    byte[] block = new byte[BLOCK];
    long total = 0;
    try (InputStream file = new BufferedInputStream(Files.newInputStream(packed), BLOCK);
        InputStream in = gunzip(file);
        FileChannel out =
            FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int n = read(in, block); n >= 0; n = read(in, block)) {
        cancellation.throwIfCancelled();
        total += n;
        if (total > size) {
          throw new DamagedException("more than " + size + " bytes", null);
        }
        digest.update(block, 0, n);
        WholeFile.writeFully(out, ByteBuffer.wrap(block, 0, n));
        written.accept(n);
      }
      out.force(true);
    }
    if (total != size) {
      throw new DamagedException(total + " instead of " + size + " bytes", null);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }

  private static InputStream gunzip(InputStream file) throws IOException, DamagedException {
    try {
      return new GZIPInputStream(file, BLOCK);
    } catch (ZipException | EOFException noGzip) {
      throw new DamagedException(noGzip.toString(), noGzip);
    }
  }

  private static int read(InputStream in, byte[] block) throws IOException, DamagedException {
    try {
      return in.read(block);
    } catch (ZipException | EOFException damaged) {
      throw new DamagedException(damaged.toString(), damaged);
    }
  }
}
