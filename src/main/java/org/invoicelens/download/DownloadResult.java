package org.invoicelens.download;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A model folder that holds every planned file.
 *
 * @param modelPath the folder
 * @param repoId the repository it came from
 * @param commit the commit it was pinned to, 40 hexadecimal digits; empty where unknown
 * @param checksums what each file must be, by its path in the repository with {@code /}
 * @param downloadTime how long this run took
 * @param totalSize all files together, in bytes
 * @param transferred bytes that this run received; 0 where all was there
 * @param imported bytes that this run took from the folder to import from
 * @param sources how much came from where, the endpoint first; empty where no network was used
 */
public record DownloadResult(
    Path modelPath,
    String repoId,
    String commit,
    Map<String, Checksum> checksums,
    Duration downloadTime,
    long totalSize,
    long transferred,
    long imported,
    List<SourceUse> sources) {

  /** Nothing was imported, and it does not matter where what came is from. */
  public DownloadResult(
      Path modelPath,
      String repoId,
      String commit,
      Map<String, Checksum> checksums,
      Duration downloadTime,
      long totalSize,
      long transferred) {
    this(modelPath, repoId, commit, checksums, downloadTime, totalSize, transferred, 0, List.of());
  }

  public DownloadResult {
    checksums = Map.copyOf(checksums);
    sources = List.copyOf(sources);
  }
}
