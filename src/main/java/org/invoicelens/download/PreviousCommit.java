package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.invoicelens.hub.HubClient;
import org.invoicelens.stage.Words;

/** The commit of a model that its last update replaced, and the way back to it. */
public final class PreviousCommit {

  private static final Words WORDS = Words.of(PreviousCommit.class);

  private final Path modelPath;

  public PreviousCommit(Path modelPath) {
    this.modelPath = modelPath;
  }

  /** The commit that is kept; empty where none is that could take the place of the one here. */
  public Optional<String> commit() {
    try {
      Optional<Manifest> here = Manifest.read(modelPath);
      return here.isEmpty()
          ? Optional.empty()
          : kept(here.get().commit()).map(folder -> folder.getFileName().toString());
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  /**
   * Puts the previous commit in the place of the one that is here, which is then the previous one.
   * Only names are changed: nothing is fetched or copied. Broken off, it is finished before the
   * folder is used again.
   *
   * @return what is here then; its files have still to be verified
   * @throws DownloadException with reason NOTHING_TO_DOWNLOAD where none was kept
   */
  public DownloadResult restore() throws DownloadException {
    try (FolderLock _ = FolderLock.take(modelPath)) {
      CommitSwitch change = new CommitSwitch(modelPath);
      boolean begun = Files.exists(ModelFolder.switchJournal(modelPath));
      change.finish();
      if (begun) {
        return now().asDownloadResult(modelPath);
      }
      Manifest here = now();
      Path kept = kept(here.commit()).orElseThrow(this::none);
      Listing listing = Listing.read(kept).orElseThrow(this::none);
      Path next = ModelFolder.next(modelPath, listing.commit());
      if (!kept.equals(next)) {
        CommitSwitch.removeTree(ModelFolder.next(modelPath));
        Files.createDirectories(next.getParent());
        Files.move(kept, next);
      }
      return change.to(here, listing).asDownloadResult(modelPath);
    } catch (IOException disk) {
      throw DownloadFailures.disk(modelPath, 0, disk);
    }
  }

  private Manifest now() throws IOException, DownloadException {
    return Manifest.read(modelPath).orElseThrow(this::none);
  }

  /** Also where a way back was broken off before it had begun to change names. */
  private Optional<Path> kept(String commit) throws IOException {
    for (Path place : new Path[] {ModelFolder.previous(modelPath), ModelFolder.next(modelPath)}) {
      if (!Files.isDirectory(place)) {
        continue;
      }
      try (DirectoryStream<Path> commits = Files.newDirectoryStream(place)) {
        for (Path folder : commits) {
          if (isRestorable(folder, commit)) {
            return Optional.of(folder);
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Whether all files of a commit are there, those that it shares with the one here included. */
  private boolean isRestorable(Path folder, String here) throws IOException {
    String name = folder.getFileName().toString();
    Optional<Manifest> old = Manifest.read(folder);
    if (!HubClient.isCommit(name)
        || name.equals(here)
        || old.filter(noted -> noted.commit().equals(name)).isEmpty()
        || Listing.read(folder).filter(list -> list.commit().equals(name)).isEmpty()) {
      return false;
    }
    Manifest now = Manifest.read(modelPath).orElseThrow();
    return !old.get().files().isEmpty()
        && old.get().files().entrySet().stream()
            .allMatch(file ->
                Files.isRegularFile(folder.resolve(file.getKey()))
                    || Optional.ofNullable(now.files().get(file.getKey()))
                        .filter(same -> same.checksum().equals(file.getValue().checksum()))
                        .isPresent());
  }

  private DownloadException none() {
    return new DownloadException(
        DownloadException.Reason.NOTHING_TO_DOWNLOAD,
        WORDS.problem("noPrevious", modelPath),
        modelPath.toString(),
        null);
  }
}
