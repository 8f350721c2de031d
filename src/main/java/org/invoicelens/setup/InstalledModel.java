package org.invoicelens.setup;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;

/**
 * What this computer has of one model.
 *
 * @param name what it is called: by its configuration, or else by its file or folder
 * @param state how much of it is here
 * @param config its configuration; empty where there is none or it cannot be used
 * @param fault why its configuration cannot be used; empty where it can or there is none
 * @param folder where its files lie or would lie; empty where its configuration cannot be used
 * @param repository the repository, {@code owner/name}; empty where it is not known
 * @param commit the commit that the files are of, 40 hexadecimal digits; empty where none is here
 * @param history what happened to it when
 * @param start how it was last started; empty where it was not
 * @param sizes what it takes on the disk
 */
public record InstalledModel(
    String name,
    State state,
    Optional<ModelConfig> config,
    Optional<ConfigException> fault,
    Optional<Path> folder,
    String repository,
    String commit,
    History history,
    Optional<Start> start,
    Sizes sizes) {

  /** How much of a model is here. */
  public enum State {
    /** Verified, and unchanged since. */
    READY,
    /** A server reads in its place, and nothing of it is here. */
    ON_SERVER,
    /** All files are here, and were not verified yet. */
    UNVERIFIED,
    /** Some of it is here. */
    PARTLY,
    /** Nothing of it is here. */
    NOT_INSTALLED,
    /** Verified once, and a file has changed or gone since. */
    CHANGED,
    /** Its folder cannot be reached: a disk that was unplugged, say. */
    FOLDER_MISSING,
    /** Its configuration cannot be used. */
    CONFIGURATION_BROKEN
  }

  /**
   * What happened to a model when; empty where it did not, or nobody knows.
   *
   * @param downloaded when its files last changed by a download
   * @param verified when all files were last proved by their digests
   * @param used when it was last put into memory
   * @param previous the commit that its last update replaced and that is kept
   */
  public record History(
      Optional<Instant> downloaded,
      Optional<Instant> verified,
      Optional<Instant> used,
      Optional<String> previous) {

    static final History NONE =
        new History(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * How a model was started.
   *
   * @param precision the precision it was loaded in
   * @param device the device it was on, such as {@code cuda:0}
   */
  public record Start(Precision precision, String device) {}

  /**
   * What a model takes on the disk, in bytes.
   *
   * @param files its own files
   * @param partial what of an unfinished download has come
   * @param reserved room that is set aside for the rest of it
   * @param replaced files that were wrong, or of the version before, and were set aside
   * @param cache what can be made again, one entry each
   * @param whole what the whole model takes; 0 where that is not known
   */
  public record Sizes(
      long files, long partial, long reserved, long replaced, List<CacheEntry> cache, long whole) {

    static final Sizes NONE = new Sizes(0, 0, 0, 0, List.of(), 0);

    public Sizes {
      cache = List.copyOf(cache);
    }

    /** The cache as a whole. */
    public long cached() {
      return cache.stream().mapToLong(CacheEntry::size).sum();
    }

    /** What can be freed while the model stays. */
    public long spare() {
      return partial + reserved + replaced + cached();
    }

    /** All of it. */
    public long total() {
      return files + spare();
    }
  }

  /**
   * One file or folder of a cache.
   *
   * @param size in bytes
   */
  public record CacheEntry(Path path, long size) {}
}
