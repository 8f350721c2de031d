package org.invoicelens.download;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.invoicelens.hub.FileSource;
import org.invoicelens.stage.ByteSize;

/**
 * The servers of one run: the endpoint, and the mirrors of the configuration.
 *
 * <p>Each free connection goes where it brings most by what was measured, which gives every source
 * the connections it can fill; one beside which another promises four times as much is left alone.
 * Choosing and dropping are guarded by the schedule, the rest is thread-safe.
 */
final class Sources {

  /** How many times as much another connection must bring for a slow source to be left. */
  static final int MUCH_FASTER = 4;

  private final List<Source> all = new ArrayList<>();
  private final Set<String> liars = new HashSet<>();

  Sources(FileSource endpoint, List<? extends FileSource> mirrors) {
    this(endpoint, mirrors, System::nanoTime);
  }

  /**
   * @param nanoTime a clock that never goes back, in nanoseconds
   */
  Sources(FileSource endpoint, List<? extends FileSource> mirrors, LongSupplier nanoTime) {
    all.add(new Source(endpoint, true, nanoTime));
    mirrors.forEach(mirror -> all.add(new Source(mirror, false, nanoTime)));
  }

  /** The endpoint first, then the mirrors as configured. */
  List<Source> all() {
    return all;
  }

  String endpoint() {
    return all.getFirst().name();
  }

  /**
   * The best of those that a connection could go to now.
   *
   * @param possible those that can take one more
   * @param working those and others that are at work and will be able to
   */
  Optional<Copy> best(List<Copy> possible, List<Copy> working) {
    double most =
        working.stream().mapToDouble(Sources::promise).filter(Source::isMeasured).max().orElse(0);
    return possible.stream()
        .max(Comparator.comparingDouble(Sources::promise))
        .filter(copy -> !Source.isMeasured(promise(copy)) || promise(copy) * MUCH_FASTER >= most);
  }

  private static double promise(Copy copy) {
    return copy.source().promise();
  }

  /** Does not ask servers any more whose bytes differ from the endpoint's. */
  void suspend(Set<String> names) {
    all.stream()
        .filter(source -> !source.isEndpoint() && names.contains(source.name()))
        .forEach(source -> source.dropped = true);
  }

  /** It was proved that these servers sent wrong bytes. */
  void convict(Set<String> names) {
    suspend(names);
    synchronized (liars) {
      liars.addAll(names);
    }
  }

  /** It was proved that the endpoint's own bytes were wrong. */
  void acquit(Set<String> names) {
    all.stream()
        .filter(source -> names.contains(source.name()) && !isLiar(source.name()))
        .forEach(source -> source.dropped = false);
  }

  boolean isLiar(String name) {
    synchronized (liars) {
      return liars.contains(name);
    }
  }

  /** What each was good for. */
  List<SourceUse> uses() {
    return all.stream()
        .map(Source::use)
        .map(use ->
            new SourceUse(
                use.name(),
                use.isMirror(),
                use.received(),
                use.bytesPerSecond(),
                isLiar(use.name())))
        .toList();
  }

  /** Where bytes come from now and how fast; empty where there is only one server to come from. */
  String words() {
    return all.size() == 1
        ? ""
        : uses().stream()
            .filter(use -> use.bytesPerSecond() > 0)
            .map(use -> use.name() + " " + ByteSize.text(use.bytesPerSecond()) + "/s")
            .collect(Collectors.joining(", "));
  }

  /** Breaks off every request and every body under way. */
  void breakOff() {
    all.forEach(source -> source.server().breakOff());
  }
}
