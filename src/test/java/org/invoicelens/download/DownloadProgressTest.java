package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.invoicelens.stage.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a download, whatever its server does. */
class DownloadProgressTest {

  private static final String WEIGHTS = "model-1.safetensors";
  private static final String MORE = "model-2.safetensors";
  private static final byte[] CONTENT = FaultyHub.bytes(700_000, 21);
  private static final byte[] OTHER = FaultyHub.bytes(300_000, 22);
  private static final byte[] CONFIG = "{\"c\":3}".getBytes(StandardCharsets.UTF_8);
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int ROUNDS = 40;

  @TempDir Path folder;

  /** What may happen to one answer. */
  private enum Fault {
    CUT,
    RESET,
    SERVER_ERROR,
    BUSY,
    RATE_LIMITED,
    EXPIRED,
    OTHER_RANGE,
    SHORTER_RANGE,
    COMPRESSED,
    WEB_PAGE,
    // From here on what came before may be given up.
    OTHER_TAG,
    NO_RANGES,
    UNSATISFIABLE,
    WRONG_BYTES;

    boolean keepsWhatCame() {
      return compareTo(OTHER_TAG) < 0;
    }

    FaultyHub.Reply apply(FaultyHub.Reply normal, Random random) {
      switch (this) {
        case CUT -> normal.cut(random.nextInt(normal.length()));
        case RESET -> {
          normal.reset = true;
          normal.cut(random.nextInt(normal.length()));
        }
        case SERVER_ERROR -> normal.status(500).body(new byte[0]);
        case BUSY -> normal.status(503).header("Retry-After", "2").body(new byte[0]);
        case RATE_LIMITED ->
            normal.status(429).header("RateLimit", "\"resolvers\";r=0;t=3").body(new byte[0]);
        case EXPIRED -> normal.status(403).body(new byte[0]);
        case OTHER_RANGE -> normal.header("Content-Range", "bytes 7-9/700000");
        case SHORTER_RANGE -> {
          if (normal.status == 206) {
            normal.to = normal.from + 1 + random.nextInt(normal.length());
            normal.header(
                "Content-Range",
                "bytes " + normal.from + "-" + (normal.to - 1) + "/" + normal.body.length);
          }
        }
        case COMPRESSED -> normal.header("Content-Encoding", "gzip");
        case WEB_PAGE -> normal.header("Content-Type", "text/html");
        case OTHER_TAG -> normal.header("ETag", "\"other\"");
        case NO_RANGES -> {
          normal.headers.remove("Content-Range");
          normal.status(200).body(normal.body);
        }
        case UNSATISFIABLE -> normal.status(416).body(new byte[0]);
        case WRONG_BYTES -> {
          normal.body = normal.body.clone();
          normal.body[normal.from] ^= 1;
        }
      }
      return normal;
    }
  }

  private static void assertSound(List<Progress> reports, boolean mayFall) {
    Map<String, Progress> before = new HashMap<>();
    for (Progress report : reports) {
      if (report.total() == Progress.UNKNOWN) {
        continue;
      }
      assertThat(report.done()).as("%s", report).isBetween(0L, report.total());
      Progress last = before.put(report.item(), report);
      if (last != null) {
        assertThat(report.total()).as("%s after %s", report, last).isEqualTo(last.total());
        if (!mayFall) {
          assertThat(report.done())
              .as("%s after %s", report, last)
              .isGreaterThanOrEqualTo(last.done());
        } else if (!report.isWhole() && report.done() < last.done()) {
          assertThat(report.message()).as("why %s after %s", report, last).isNotEmpty();
        }
      }
    }
  }

  private void downloadThrough(List<Fault> faults, boolean mayFall) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(SEED + round);
      AtomicInteger left = new AtomicInteger(random.nextInt(12));
      try (FaultyHub hub =
          new FaultyHub().with("config.json", CONFIG).with(WEIGHTS, CONTENT).with(MORE, OTHER)) {
        hub.fault =
            (request, normal) -> {
              synchronized (random) {
                return request.isForCdn()
                        && normal.length() > 0
                        && random.nextInt(3) == 0
                        && left.getAndDecrement() > 0
                    ? faults.get(random.nextInt(faults.size())).apply(normal, random)
                    : normal;
              }
            };
        Fixture run = new Fixture(folder.resolve(mayFall + "-" + round));
        run.settings = run.settings.withReadTimeout(Duration.ofSeconds(2));
        // As often as a fault can come, and once more.
        run.retries = 13;
        try {
          run.download(hub);
        } catch (DownloadException twice) {
          assertThat(twice.reason())
              .as("seed %d, round %d: %s", SEED, round, twice)
              .isEqualTo(DownloadException.Reason.WRONG_CHECKSUM);
          assertThat(faults).contains(Fault.WRONG_BYTES);
          hub.fault = (request, normal) -> normal;
          run.reports.clear();
          run.download(hub);
        }
        assertThat(run.content(WEIGHTS)).isEqualTo(CONTENT);
        assertThat(run.content(MORE)).isEqualTo(OTHER);
        List<Progress> reports = List.copyOf(run.reports);
        try {
          assertSound(reports, mayFall);
        } catch (AssertionError unsound) {
          throw new AssertionError("seed " + SEED + ", round " + round, unsound);
        }
        long total = CONTENT.length + OTHER.length + CONFIG.length;
        Progress end = reports.stream().filter(Progress::isWhole).toList().getLast();
        assertThat(end.done()).isEqualTo(total);
        assertThat(end.total()).isEqualTo(total);
      }
    }
  }

  @Test
  void itNeverFallsAndNeverPassesItsTotalWhateverBreaksOnTheWay() throws Exception {
    downloadThrough(List.of(Fault.values()).stream().filter(Fault::keepsWhatCame).toList(), false);
  }

  @Test
  void itFallsOnlyWithAReasonWhereWhatCameHasToBeGivenUp() throws Exception {
    downloadThrough(List.of(Fault.values()), true);
  }
}
