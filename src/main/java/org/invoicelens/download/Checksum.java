package org.invoicelens.download;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What a file's content must be.
 *
 * @param algorithm how the digest is computed
 * @param hex the digest in lower-case hexadecimal
 * @param size the file's length in bytes
 */
public record Checksum(Algorithm algorithm, String hex, long size) {

  /** How a digest is computed. */
  public enum Algorithm {
    /** SHA-256 of the content; the Hub gives it for large files. */
    SHA256,
    /** Git's blob id: SHA-1 of {@code blob <size>\0} and the content. */
    GIT_SHA1
  }

  public Checksum {
    int digits = algorithm == Algorithm.SHA256 ? 64 : 40;
    if (!hex.matches("[0-9a-f]{" + digits + "}") || size < 0) {
      throw new IllegalArgumentException(algorithm + " " + hex + ", " + size + " bytes");
    }
  }

  /** A digest of this algorithm that is ready for the file's first byte. */
  public MessageDigest newDigest() {
    try {
      return switch (algorithm) {
        case SHA256 -> MessageDigest.getInstance("SHA-256");
        case GIT_SHA1 -> {
          MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
          sha1.update(("blob " + size + '\0').getBytes(StandardCharsets.US_ASCII));
          yield sha1;
        }
      };
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }
}
