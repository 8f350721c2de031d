package org.invoicelens.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.invoicelens.download.Checksum;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.hub.SafePath;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Words;
import org.invoicelens.verify.VerificationException.Reason;
import org.invoicelens.verify.VerificationStatus.Finding;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fourth stage: proves every file by size and digest, and the shards by their headers.
 *
 * <p>Reads only: nothing is removed, repaired or written. Files are read in parallel, one thread
 * for each processor; progress counts bytes, of each file and of the whole.
 */
public final class DownloadVerifier {

  private static final Words WORDS = Words.of(DownloadVerifier.class);

  private static final Logger log = LoggerFactory.getLogger(DownloadVerifier.class);

  private static final int MOST_NAMED = 8;

  private final ProgressListener listener;
  private final Cancellation cancellation;

  public DownloadVerifier(ProgressListener listener, Cancellation cancellation) {
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /**
   * Checks all files and all shards of a model.
   *
   * @throws VerificationException naming every file that is not right, or where the folder is not a
   *     model; nothing is removed
   * @throws CancelledException when asked to stop
   */
  public VerificationStatus verify(DownloadResult download)
      throws VerificationException, CancelledException {
    return verify(download.modelPath(), download.checksums(), true);
  }

  /**
   * Checks all files of any repository; shards and index only where it is a model. Whether it is
   * one that can be used, {@link ModelCompatibility} tells.
   *
   * @throws VerificationException naming every file that is not right; nothing is removed
   * @throws CancelledException when asked to stop
   */
  public VerificationStatus verifyRepository(DownloadResult download)
      throws VerificationException, CancelledException {
    return verify(download.modelPath(), download.checksums(), false);
  }

  /**
   * Checks the shards and the index of a model whose checksums nobody knows, such as a folder
   * copied from elsewhere. A changed weight is not noticed: no digest of the status matches.
   *
   * @throws VerificationException naming every file that is not right, or where the folder is not a
   *     model; nothing is removed
   * @throws CancelledException when asked to stop
   */
  public VerificationStatus verifyFolder(Path folder)
      throws VerificationException, CancelledException {
    return verify(folder, Map.of(), true);
  }

  private VerificationStatus verify(
      Path modelPath, Map<String, Checksum> checksums, boolean mustBeModel)
      throws VerificationException, CancelledException {
    cancellation.throwIfCancelled();
    try {
      Path folder = modelPath.toRealPath();
      if (!Files.isDirectory(folder)) {
        throw folderMissing(modelPath, null);
      }
      List<Finding> findings = new ArrayList<>();
      long total = checksums.values().stream().mapToLong(Checksum::size).sum();
      ByteProgress progress = new ByteProgress(listener, total);
      compareFiles(folder, checksums, progress, findings);
      int matches = checksums.size() - findings.size();
      boolean noModel = ModelCompatibility.layout(folder) == ModelCompatibility.Layout.NONE;
      if (mustBeModel || !noModel) {
        progress.report(
            checksums.isEmpty()
                ? WORDS.text("progress.structureOnly")
                : WORDS.text("progress.structure"));
        Set<String> wrong = findings.stream().map(Finding::file).collect(Collectors.toSet());
        List<Finding> structure = new ModelStructure(folder, wrong, cancellation).check();
        if (!mustBeModel) {
          // Who fetches a choice of files may leave weights out.
          structure.removeIf(finding -> finding.fault() == Finding.Fault.MISSING);
        }
        findings.addAll(structure);
      }
      findings.sort(Comparator.comparing(Finding::file));
      VerificationStatus status = status(modelPath, checksums, matches, total, findings);
      if (mustBeModel && noModel && !isWrong(findings, "config.json", "params.json")) {
        throw notAModel(status);
      }
      if (!status.verified()) {
        throw filesWrong(status);
      }
      return status;
    } catch (IOException e) {
      throw folderMissing(modelPath, e);
    } catch (UncheckedIOException e) {
      // What listing a folder throws where its drive is pulled meanwhile.
      throw folderMissing(modelPath, e.getCause());
    }
  }

  private void compareFiles(
      Path folder, Map<String, Checksum> checksums, ByteProgress progress, List<Finding> findings)
      throws CancelledException {
    FileCheck check = new FileCheck(folder, progress, cancellation);
    // The largest first: at the end no thread is left alone with much work.
    List<Map.Entry<String, Checksum>> files =
        checksums.entrySet().stream()
            .sorted(
                Comparator.comparing((Map.Entry<String, Checksum> file) -> -file.getValue().size())
                    .thenComparing(Map.Entry::getKey))
            .toList();
    int threads = Math.clamp(files.size(), 1, Runtime.getRuntime().availableProcessors());
    try (ExecutorService executor =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("verify-", 1).factory())) {
      List<Future<Optional<Finding>>> results = new ArrayList<>();
      for (Map.Entry<String, Checksum> file : files) {
        results.add(executor.submit(() -> check.check(file.getKey(), file.getValue())));
      }
      try {
        for (Future<Optional<Finding>> result : results) {
          result.get().ifPresent(findings::add);
        }
      } catch (InterruptedException e) {
        executor.shutdownNow();
        Thread.currentThread().interrupt();
        throw new CancelledException();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CancelledException cancelled) {
        throw cancelled;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static VerificationStatus status(
      Path modelPath,
      Map<String, Checksum> checksums,
      int matches,
      long total,
      List<Finding> findings)
      throws IOException {
    if (!checksums.isEmpty()) {
      return new VerificationStatus(
          modelPath, findings.isEmpty(), matches, checksums.size(), total, findings);
    }
    FolderSize size = new FolderSize();
    Files.walkFileTree(modelPath.toRealPath(), size);
    return new VerificationStatus(
        modelPath, findings.isEmpty(), 0, size.files, size.bytes, findings);
  }

  /** Counts what a folder holds beside this program's own records. */
  private static final class FolderSize extends SimpleFileVisitor<Path> {

    private int files;
    private long bytes;

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return folder.getFileName() != null
              && folder.getFileName().toString().equals(SafePath.OWN_FOLDER)
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      files++;
      bytes += attributes.size();
      return FileVisitResult.CONTINUE;
    }
  }

  private static boolean isWrong(List<Finding> findings, String... files) {
    return findings.stream().anyMatch(finding -> List.of(files).contains(finding.file()));
  }

  private static VerificationException filesWrong(VerificationStatus status) {
    List<String> messages = status.findings().stream().map(Finding::message).toList();
    messages.forEach(log::warn);
    long files = status.findings().stream().map(Finding::file).distinct().count();
    int unnamed = Math.max(0, messages.size() - MOST_NAMED);
    String named = String.join(" ", messages.subList(0, messages.size() - unnamed));
    return new VerificationException(
        Reason.FILES_WRONG,
        status,
        new Problem(
            WORDS.text("filesWrong.what", files),
            unnamed == 0 ? named : WORDS.text("filesWrong.more", named, unnamed),
            WORDS.text(publishedSo(status) ? "filesWrong.published" : "filesWrong.repair")),
        String.join("\n", messages),
        null);
  }

  /** Whether every digest is right and what the files hold is wrong all the same. */
  private static boolean publishedSo(VerificationStatus status) {
    return status.fileCount() > 0 && status.checksumMatches() == status.fileCount();
  }

  private static VerificationException notAModel(VerificationStatus status) {
    return new VerificationException(
        Reason.NOT_A_MODEL,
        status,
        WORDS.problem("notAModel", status.modelPath()),
        status.findings().stream().map(Finding::message).collect(Collectors.joining("\n")),
        null);
  }

  private static VerificationException folderMissing(Path folder, IOException cause) {
    return new VerificationException(
        Reason.FOLDER_MISSING,
        new VerificationStatus(folder, false, 0, 0, 0, List.of()),
        WORDS.problem("folderMissing", folder),
        "",
        cause);
  }
}
