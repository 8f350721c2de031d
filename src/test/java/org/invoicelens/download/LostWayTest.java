package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.invoicelens.download.PieceException.Consequence;
import org.invoicelens.hub.HubException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A computer that sleeps, or has no network for hours, in the middle of a download. */
class LostWayTest {

  private static final int RETRIES = 2;

  @TempDir Path folder;
  private final Fixture.FastTicker ticker = new Fixture.FastTicker();
  private final List<Progress> reports = new ArrayList<>();
  private FileTransfer file;
  private Schedule schedule;

  @BeforeEach
  void open() throws Exception {
    Checksum checksum = new Checksum(Checksum.Algorithm.SHA256, "ab".repeat(32), 1_000_000);
    Sources sources = new Sources(new UnaskedServer("hub"), List.of());
    file = new FileTransfer("a", checksum, PartialFile.open(folder, "a", checksum), sources.all());
    ProgressBoard board = new ProgressBoard(reports::add);
    board.add("a", checksum.size());
    schedule =
        new Schedule(
            List.of(file), sources, 4, RETRIES, Fixture.SMALL, ticker, new Random(1), board);
  }

  @AfterEach
  void close() throws Exception {
    file.partial().close();
  }

  private static HubException noAnswer() {
    return new HubException(
        HubException.Reason.NO_CONNECTION,
        new Problem("The address of hub was not found.", "", "Try again."),
        "",
        null);
  }

  private void fail(HubException failure) throws Exception {
    Piece piece = schedule.next().orElseThrow();
    schedule.failed(piece, new PieceException(failure, Consequence.GO_ON), 0);
  }

  @Test
  void isWaitedOutHoweverLongItLastsWithPausesThatGrowToAnEnd() throws Exception {
    for (int i = 0; i < 300; i++) {
      fail(noAnswer().withWayLost());
    }
    assertThat(schedule.next()).isPresent();
    assertThat(schedule.failure()).isEmpty();
    Duration longest = Fixture.SMALL.longestPause().multipliedBy(5).dividedBy(4);
    assertThat(ticker.pauses).hasSize(300).allMatch(pause -> pause.compareTo(longest) <= 0);
    assertThat(ticker.pauses.getFirst()).isLessThan(Duration.ofSeconds(2));
    assertThat(ticker.pauses.getLast()).isGreaterThan(Duration.ofSeconds(20));
    assertThat(reports)
        .extracting(Progress::message)
        .anyMatch(m -> m.startsWith("Waiting for the network: The address of hub was not found."));
  }

  @Test
  void usesUpNoneOfTheAttempts() throws Exception {
    fail(noAnswer());
    for (int i = 0; i < 10; i++) {
      fail(noAnswer().withWayLost());
    }
    fail(noAnswer());
    assertThat(file.state).isEqualTo(FileTransfer.State.OPEN);
    fail(noAnswer());
    assertThat(file.state).isEqualTo(FileTransfer.State.PARKED);
  }

  @Test
  void aProxyThatIsNotFoundAfterSleepIsNoReasonToGiveUpEither() throws Exception {
    Problem problem = new Problem("The proxy was not found.", "", "Correct it.");
    HubException proxy = new HubException(HubException.Reason.PROXY, problem, "", null);
    assertThat(proxy.isPassing()).isFalse();
    fail(proxy.withWayLost());
    assertThat(schedule.next()).isPresent();
    assertThat(schedule.failure()).isEmpty();
  }
}
