package org.invoicelens.download;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What a file's content must be.
 *
 * @param algorithm how the digest is computed
 * @param hex the digest in lower-case hexadecimal; empty where nobody knows it
 * @param size the file's length in bytes
 */
public record Checksum(Algorithm algorithm, String hex, long size) {

  /** How a digest is computed. */
  public enum Algorithm {
    /** SHA-256 of the content; the Hub gives it for large files. */
    SHA256,
    /** Git's blob id: SHA-1 of {@code blob <size>\0} and the content. */
    GIT_SHA1,
    /** Nobody knows the digest, only the size; no content is ever found right by it. */
    NONE
  }

  public Checksum {
    int digits =
        switch (algorithm) {
          case SHA256 -> 64;
          case GIT_SHA1 -> 40;
          case NONE -> 0;
        };
    if (!hex.matches("[0-9a-f]{" + digits + "}") || size < 0) {
      throw new IllegalArgumentException(algorithm + " " + hex + ", " + size + " bytes");
    }
  }

  /** A file of which only the size is known. */
  static Checksum ofSize(long size) {
    return new Checksum(Algorithm.NONE, "", size);
  }

  /** Whether it says more than the size. */
  boolean isDigestKnown() {
    return algorithm != Algorithm.NONE;
  }

  /** A digest of this algorithm that is ready for the file's first byte. */
  public MessageDigest newDigest() {
    try {
      return switch (algorithm) {
        case SHA256, NONE -> MessageDigest.getInstance("SHA-256");
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
