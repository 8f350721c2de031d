package org.invoicelens.verify;

import java.nio.file.Path;
import java.util.List;

/**
 * What a check of a model folder found.
 *
 * @param modelPath the folder
 * @param verified whether everything that was checked is right
 * @param checksumMatches how many files have the right digest
 * @param fileCount how many files were checked
 * @param totalSize all of them together, in bytes
 * @param findings what is wrong; empty where verified
 */
public record VerificationStatus(
    Path modelPath,
    boolean verified,
    int checksumMatches,
    int fileCount,
    long totalSize,
    List<Finding> findings) {

  public VerificationStatus {
    findings = List.copyOf(findings);
  }

  /**
   * One file that is not right.
   *
   * @param file its path in the repository
   * @param fault what is wrong with it
   * @param message the same for the user
   */
  public record Finding(String file, Fault fault, String message) {

    /** What can be wrong with a file. */
    public enum Fault {
      MISSING,
      WRONG_SIZE,
      WRONG_CHECKSUM,
      BROKEN_SHARD,
      INDEX_MISMATCH,
      UNREADABLE
    }
  }
}
