package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many connections a server gets, and how often a file may fail that comes on. */
class ConnectionsTest {

  private static final String WEIGHTS = "model.safetensors";
  private static final byte[] CONTENT = FaultyHub.bytes(6_000_000, 5);

  @TempDir Path folder;
  private FaultyHub hub;
  private Fixture run;

  @BeforeEach
  void open() throws Exception {
    hub = new FaultyHub().with(WEIGHTS, CONTENT);
    run = new Fixture(folder.resolve("model"));
  }

  @AfterEach
  void close() throws Exception {
    hub.close();
  }

  private void assertComplete() throws Exception {
    assertThat(run.files()).containsExactly(WEIGHTS);
    assertThat(run.content(WEIGHTS)).isEqualTo(CONTENT);
  }

  /**
   * Bears two requests at once and refuses or resets every further one.
   *
   * @param status what a refusal says; 0 for a reset
   * @return how many were refused
   */
  private AtomicInteger twoAtOnce(int status) {
    AtomicInteger served = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    hub.fault =
        (request, normal) -> {
          if (!request.isFor(WEIGHTS)) {
            return normal;
          }
          if (served.incrementAndGet() > 2) {
            served.decrementAndGet();
            refused.incrementAndGet();
            return status == 0 ? reset(normal) : new FaultyHub.Reply().status(status);
          }
          normal.bytesPerSecond = 4_000_000;
          normal.sent = served::decrementAndGet;
          return normal;
        };
    return refused;
  }

  private static FaultyHub.Reply reset(FaultyHub.Reply normal) {
    normal.reset = true;
    return normal.cut(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503, 0})
  void aServerThatBearsTwoAtOnceGetsFewerConnections(int status) throws Exception {
    run.connections = 8;
    AtomicInteger refused = twoAtOnce(status);
    run.download(hub);
    assertComplete();
    assertThat(refused.get()).isPositive();
    assertThat(run.messages())
        .anyMatch(m -> m.contains("goes on with fewer connections"))
        .noneMatch(m -> m.contains("over one connection"));
  }

  /** A server on a clock of its own: a range takes a second, a refusal the tenth of one. */
  private static final class BearsSome implements AutoCloseable {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong clock = new AtomicLong();
    private final Source source = new Source(new UnaskedServer("hub"), true, clock::get);
    private final PartialFile partial;
    private final Copy copy;
    private final List<Piece> served = new ArrayList<>();
    private final List<Piece> refused = new ArrayList<>();
    private int borne;
    private int complete;
    private int refusals;
    private int mostAtOnce;

    BearsSome(Path folder, int borne, int connections) throws Exception {
      Checksum checksum = new Checksum(Checksum.Algorithm.SHA256, "ab".repeat(32), 1000);
      this.partial = PartialFile.open(folder, "a", checksum);
      this.copy = new FileTransfer("a", checksum, partial, List.of(source)).endpointCopy();
      this.borne = borne;
      source.limit(connections);
    }

    /** Goes on until so many ranges more have come. */
    void bring(int ranges) {
      for (int until = complete + ranges; complete < until; ) {
        while (source.hasRoom()) {
          Piece piece = new Piece(copy, 0, 1, clock.incrementAndGet(), 0);
          source.begin();
          if (served.size() < borne) {
            served.add(piece);
            source.answered();
          } else {
            refused.add(piece);
            refusals++;
          }
          mostAtOnce = Math.max(mostAtOnce, served.size());
        }
        if (!refused.isEmpty()) {
          clock.addAndGet(SECOND / 10);
          source.end();
          source.complains(refused.removeFirst());
        } else {
          clock.addAndGet(SECOND);
          source.end();
          source.completed(served.removeFirst());
          complete++;
        }
      }
    }

    @Override
    public void close() throws Exception {
      partial.close();
    }
  }

  @Test
  void aServerThatBearsTwoAtOnceIsAskedForAThirdOnceInSixteenRanges() throws Exception {
    try (BearsSome server = new BearsSome(folder, 2, 8)) {
      server.bring(16);
      // Six are asked for until the first refusal is known, then three, then no more than two.
      assertThat(server.refusals).isLessThanOrEqualTo(5);
      int first = server.refusals;
      server.bring(1600);
      assertThat(server.refusals - first).isBetween(50, 100);
      assertThat(server.mostAtOnce).isEqualTo(2);
    }
  }

  @Test
  void aServerThatBearsMoreLaterGetsMore() throws Exception {
    try (BearsSome server = new BearsSome(folder, 2, 8)) {
      server.bring(100);
      server.borne = 20;
      server.bring(16 + 2 * 8);
      assertThat(server.mostAtOnce).isEqualTo(8);
    }
  }

  @Test
  void aServerThatDoesNotComplainGetsAllConnections() throws Exception {
    run.connections = 8;
    CountDownLatch all = new CountDownLatch(8);
    hub.fault =
        (request, normal) -> {
          if (request.isFor(WEIGHTS)) {
            normal.sending =
                () -> {
                  all.countDown();
                  assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
                };
          }
          return normal;
        };
    run.download(hub);
    assertComplete();
    assertThat(all.getCount()).isZero();
  }

  @Test
  void aServerThatRefusesEverythingIsGivenUpAtLast() throws Exception {
    run.connections = 8;
    AtomicInteger requests = new AtomicInteger();
    hub.fault =
        (request, normal) ->
            request.isFor(WEIGHTS) && requests.incrementAndGet() > 3
                ? new FaultyHub.Reply().status(503)
                : normal;
    assertThatThrownBy(() -> run.download(hub)).isInstanceOf(DownloadException.class);
    // No more than the first ones at once, what was left of them, and the attempts, each of which
    // asks the endpoint again.
    assertThat(requests.get()).isLessThan(40);
  }

  /** Ends every answer early, too early for its connection to be merely reopened. */
  private void breakOffEverything() {
    hub.fault = (request, normal) -> request.isFor(WEIGHTS) ? normal.cut(100_000) : normal;
  }

  private void renewAfter(long bytes) {
    Tuning small = Fixture.SMALL;
    run.connections = 1;
    run.tuning =
        new Tuning(
            small.smallestPiece(),
            small.largestPiece(),
            small.journalInterval(),
            small.firstPause(),
            small.longestPause(),
            small.progressThatCounts(),
            bytes);
  }

  @Test
  void aFileThatComesOnHasItsAttemptsAgain() throws Exception {
    renewAfter(100_000);
    breakOffEverything();
    run.download(hub);
    assertComplete();
    assertThat(run.messages())
        .filteredOn(m -> m.startsWith("Trying " + WEIGHTS + " again"))
        .hasSizeGreaterThan(6);
  }

  @Test
  void aFileThatHardlyComesOnUsesUpItsAttempts() throws Exception {
    renewAfter(5_000_000);
    breakOffEverything();
    assertThatThrownBy(() -> run.download(hub)).isInstanceOf(DownloadException.class);
  }
}
