package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where free connections go, by what was measured of the servers. */
class SourcesTest {

  private static final long SECOND = 1_000_000_000L;

  @TempDir Path folder;
  private final AtomicLong clock = new AtomicLong();
  private final Sources sources =
      new Sources(
          new UnaskedServer("hub"),
          List.of(new UnaskedServer("share"), new UnaskedServer("old")),
          clock::get);
  private FileTransfer file;

  @BeforeEach
  void open() throws Exception {
    Checksum checksum = new Checksum(Checksum.Algorithm.SHA256, "ab".repeat(32), 1000);
    Files.createDirectories(folder);
    file = new FileTransfer("a", checksum, PartialFile.open(folder, "a", checksum), sources.all());
  }

  @AfterEach
  void close() throws Exception {
    file.partial().close();
  }

  private Source source(String name) {
    return sources.all().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  /** Gives out connections one after the other, each of which stays at work. */
  private Map<String, Integer> give(int connections) {
    Map<String, Integer> given = new HashMap<>();
    for (int i = 0; i < connections; i++) {
      List<Copy> copies = file.copies().stream().filter(Copy::isUsable).toList();
      Source best = sources.best(copies, copies).orElseThrow().source();
      best.begin();
      given.merge(best.name(), 1, Integer::sum);
    }
    return given;
  }

  /** Lets every server bring so much in the next second. */
  private void second(int hub, int share, int old) {
    clock.addAndGet(SECOND);
    source("hub").came(hub);
    source("share").came(share);
    source("old").came(old);
  }

  @Test
  void whereNothingIsKnownTheConnectionsAreSpreadEvenly() {
    assertThat(give(6))
        .containsOnly(Map.entry("hub", 2), Map.entry("share", 2), Map.entry("old", 2));
  }

  @Test
  void theRateIsWhatCameOverAllConnectionsAndStaysWhileNoneIsAtWork() {
    give(3);
    second(12_000_000, 80_000_000, 100);
    assertThat(source("hub").use().bytesPerSecond()).isEqualTo(12_000_000);
    source("hub").end();
    clock.addAndGet(5 * SECOND);
    assertThat(source("hub").use().bytesPerSecond()).isZero();
    assertThat(source("hub").promise()).isCloseTo(12_000_000, within(1.0));
    assertThat(source("share").promise()).as("nothing came for five seconds").isLessThan(1_000_000);
  }

  @Test
  void aFullLineOfEachServerGetsTheConnectionsItCanFillAndAVerySlowOneNone() {
    give(3);
    second(12_000_000, 80_000_000, 1_000);
    sources.all().forEach(Source::end);
    Map<String, Integer> given = new HashMap<>();
    // Both lines are full: more connections only share them.
    for (int i = 0; i < 8; i++) {
      give(1).forEach((name, one) -> given.merge(name, one, Integer::sum));
      second(12_000_000, 80_000_000, 0);
    }
    assertThat(given).containsOnly(Map.entry("hub", 1), Map.entry("share", 7));
  }

  @Test
  void aServerThatBringsAsMuchOverEveryConnectionGetsMoreThanOneThatIsFull() {
    source("old").dropped = true;
    give(2);
    second(10_000_000, 20_000_000, 0);
    give(1);
    second(10_000_000, 20_000_000, 0);
    assertThat(give(1)).as("the line of the share is full").containsOnlyKeys("hub");
  }

  @Test
  void manyShortRangesAreMeasuredTogether() {
    for (int i = 0; i < 10; i++) {
      source("share").begin();
      clock.addAndGet(SECOND / 10);
      source("share").came(8_000_000);
      source("share").end();
    }
    assertThat(source("share").promise()).isCloseTo(80_000_000, within(20_000_000.0));
  }

  @Test
  void aSlowServerIsLeftEvenWhereItAloneIsFree() {
    give(3);
    second(12_000_000, 80_000_000, 1_000);
    Copy old = file.copies().getLast();
    assertThat(sources.best(List.of(old), file.copies())).isEmpty();
    assertThat(sources.best(List.of(old), List.of(old))).contains(old);
  }

  @Test
  void whatWasMeasuredLongAgoIsMeasuredAgain() {
    give(3);
    second(12_000_000, 80_000_000, 1_000);
    source("old").end();
    clock.addAndGet(30 * SECOND);
    second(12_000_000, 80_000_000, 0);
    assertThat(give(1)).containsOnlyKeys("old");
  }

  @Test
  void anAccusedMirrorIsNotAskedAndOneThatIsAcquittedIs() {
    sources.suspend(Set.of("share", "hub"));
    assertThat(file.copies()).extracting(Copy::isUsable).containsExactly(true, false, true);
    assertThat(sources.uses()).noneMatch(SourceUse::wrong);
    sources.acquit(Set.of("share"));
    assertThat(file.copies()).allMatch(Copy::isUsable);
    sources.convict(Set.of("share"));
    sources.acquit(Set.of("share"));
    assertThat(file.copies()).extracting(Copy::isUsable).containsExactly(true, false, true);
    assertThat(sources.uses()).extracting(SourceUse::wrong).containsExactly(false, true, false);
  }
}
