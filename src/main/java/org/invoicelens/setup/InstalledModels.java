package org.invoicelens.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.CommitSwitch;
import org.invoicelens.download.Manifest;
import org.invoicelens.download.ModelFolder;
import org.invoicelens.download.PartialData;
import org.invoicelens.download.PreviousCommit;
import org.invoicelens.setup.InstalledModel.CacheEntry;
import org.invoicelens.setup.InstalledModel.History;
import org.invoicelens.setup.InstalledModel.Sizes;
import org.invoicelens.setup.InstalledModel.Start;
import org.invoicelens.setup.InstalledModel.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of this computer: one for each configuration, and one for each folder beside the
 * others that holds a model without a configuration. No file is hashed. Thread-safe.
 */
public final class InstalledModels {

  private static final Logger log = LoggerFactory.getLogger(InstalledModels.class);

  /** How much of a commit has to begin the name of what is cached for it. */
  private static final int COMMIT_IN_NAMES = 12;

  private final ApplicationFolders folders;
  private final SetupPipeline pipeline;

  /**
   * @param pipeline loads the configurations
   */
  public InstalledModels(ApplicationFolders folders, SetupPipeline pipeline) {
    this.folders = folders;
    this.pipeline = pipeline;
  }

  /**
   * Looks what is here. A folder that is gone or a file that is broken is a state of its model and
   * no failure.
   *
   * @throws IOException where the configurations cannot be listed
   */
  public List<InstalledModel> list() throws IOException {
    List<InstalledModel> models = new ArrayList<>();
    Set<Path> known = new HashSet<>();
    for (Path file : folders.allModelConfigs()) {
      InstalledModel model = configured(file);
      models.add(model);
      model.folder().ifPresent(known::add);
    }
    Path beside = folders.data().resolve("models");
    if (Files.isDirectory(beside)) {
      for (Path folder : children(beside)) {
        if (!known.contains(folder) && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
          manifest(folder)
              .ifPresent(manifest -> models.add(withoutConfiguration(folder, manifest)));
        }
      }
    }
    // What works comes first, what is broken last.
    models.sort(Comparator.comparing(InstalledModel::state));
    return List.copyOf(models);
  }

  private InstalledModel configured(Path file) {
    ModelConfig config;
    try {
      config = pipeline.loadConfig(file);
    } catch (ConfigException e) {
      return new InstalledModel(
          file.getFileName().toString(),
          State.CONFIGURATION_BROKEN,
          Optional.empty(),
          Optional.of(e),
          Optional.empty(),
          "",
          "",
          History.NONE,
          Optional.empty(),
          Sizes.NONE);
    }
    return look(config);
  }

  private InstalledModel look(ModelConfig config) {
    Path folder = config.modelPath();
    Optional<Manifest> manifest = manifest(folder);
    String commit = manifest.map(Manifest::commit).orElse("");
    Sizes sizes =
        sizes(
            folder,
            manifest,
            cache(config.cachePath(), commit),
            config.footprint().map(ModelConfig.Footprint::downloadBytes).orElse(0L));
    return new InstalledModel(
        config.name(),
        config.isRemote() && sizes.total() == 0 ? State.ON_SERVER : state(folder, manifest, sizes),
        Optional.of(config),
        Optional.empty(),
        Optional.of(folder),
        manifest.map(Manifest::repoId).orElse(config.repoId()),
        commit,
        history(folder),
        start(folder),
        sizes);
  }

  private InstalledModel withoutConfiguration(Path folder, Manifest manifest) {
    Sizes sizes = sizes(folder, Optional.of(manifest), List.of(), 0);
    return new InstalledModel(
        folder.getFileName().toString(),
        state(folder, Optional.of(manifest), sizes),
        Optional.empty(),
        Optional.empty(),
        Optional.of(folder),
        manifest.repoId(),
        manifest.commit(),
        history(folder),
        start(folder),
        sizes);
  }

  private State state(Path folder, Optional<Manifest> manifest, Sizes sizes) {
    if (!Files.isDirectory(folder)) {
      return isElsewhere(folder) ? State.FOLDER_MISSING : State.NOT_INSTALLED;
    }
    if (VerificationRecord.unchanged(folder).isPresent()) {
      return State.READY;
    }
    if (VerificationRecord.time(folder).isPresent()) {
      return State.CHANGED;
    }
    if (sizes.partial() == 0 && manifest.filter(m -> isComplete(folder, m)).isPresent()) {
      return State.UNVERIFIED;
    }
    return sizes.files() + sizes.partial() + sizes.reserved() > 0
        ? State.PARTLY
        : State.NOT_INSTALLED;
  }

  /**
   * Whether a folder that is not here lies on something that is not here either, such as a disk.
   */
  private boolean isElsewhere(Path folder) {
    Path parent = folder.getParent();
    return !folder.startsWith(folders.data()) && (parent == null || !Files.isDirectory(parent));
  }

  private static boolean isComplete(Path folder, Manifest manifest) {
    return manifest.isPresent(folder) && manifest.isWhole(folder);
  }

  private static Sizes sizes(
      Path folder, Optional<Manifest> manifest, List<CacheEntry> cache, long whole) {
    long files =
        manifest.stream()
            .flatMap(m -> m.files().keySet().stream())
            .mapToLong(name -> size(folder.resolve(name)))
            .sum();
    long partial = 0;
    long reserved = 0;
    long replaced = 0;
    try {
      PartialData unfinished = new PartialData(folder);
      partial = unfinished.size() + FolderTree.size(ModelFolder.next(folder));
      reserved = unfinished.reserved();
      replaced =
          FolderTree.size(ModelFolder.replaced(folder))
              + FolderTree.size(ModelFolder.previous(folder));
    } catch (IOException e) {
      log.warn("What lies in {} cannot be measured: {}", folder, e.toString());
    }
    return new Sizes(files, partial, reserved, replaced, cache, whole);
  }

  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (IOException unreadable) {
      return 0;
    }
  }

  /** What a cache holds for a commit. Other models, and other programs, may use the same folder. */
  private static List<CacheEntry> cache(Path cache, String commit) {
    List<CacheEntry> entries = new ArrayList<>();
    if (commit.length() < COMMIT_IN_NAMES || !Files.isDirectory(cache)) {
      return entries;
    }
    try {
      for (Path child : children(cache)) {
        if (child.getFileName().toString().startsWith(commit.substring(0, COMMIT_IN_NAMES))
            && !Files.isSymbolicLink(child)) {
          entries.add(new CacheEntry(child, FolderTree.size(child)));
        }
      }
    } catch (IOException e) {
      log.warn("{} cannot be listed: {}", cache, e.toString());
    }
    return entries;
  }

  private static History history(Path folder) {
    return new History(
        Manifest.time(folder),
        VerificationRecord.time(folder),
        LastUse.read(folder),
        new PreviousCommit(folder).commit());
  }

  private static Optional<Start> start(Path folder) {
    return StartRecord.read(folder).map(record -> new Start(record.precision(), record.device()));
  }

  private static Optional<Manifest> manifest(Path folder) {
    CommitSwitch.finishIn(folder);
    try {
      return Manifest.read(folder);
    } catch (IOException e) {
      log.warn("The manifest of {} cannot be read: {}", folder, e.toString());
      return Optional.empty();
    }
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
