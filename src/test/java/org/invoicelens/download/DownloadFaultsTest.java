package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.invoicelens.hub.AccessToken;
import org.invoicelens.stage.InGerman;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server or a network can do to a download, and what comes of it. */
class DownloadFaultsTest {

  private static final String WEIGHTS = "model.safetensors";
  private static final byte[] CONTENT = FaultyHub.bytes(1_500_000, 1);
  private static final byte[] CONFIG = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private FaultyHub hub;
  private Fixture run;

  @BeforeEach
  void open() throws Exception {
    hub = new FaultyHub().with("config.json", CONFIG).with(WEIGHTS, CONTENT);
    run = new Fixture(folder.resolve("model"));
  }

  @AfterEach
  void close() throws Exception {
    hub.close();
  }

  private void assertComplete() throws Exception {
    assertThat(run.files()).containsExactlyInAnyOrder("config.json", WEIGHTS);
    assertThat(run.content(WEIGHTS)).isEqualTo(CONTENT);
    assertThat(run.content("config.json")).isEqualTo(CONFIG);
    assertThat(run.ownFiles())
        .containsExactlyInAnyOrder(
            ".invoicelens/lock", ".invoicelens/listing.json", ".invoicelens/manifest.json");
  }

  @Test
  void fetchesEveryFileInRangesAndProvesIt() throws Exception {
    DownloadResult result = run.download(hub);
    assertComplete();
    assertThat(result.transferred()).isEqualTo(CONTENT.length + CONFIG.length);
    assertThat(result.totalSize()).isEqualTo(CONTENT.length + CONFIG.length);
    assertThat(result.commit()).isEqualTo(hub.commit);
    assertThat(hub.requestsFor(WEIGHTS)).isGreaterThan(4);
    assertThat(Manifest.read(run.model).orElseThrow().files()).hasSize(2);
  }

  @Test
  void neitherFallsBackNorExceedsItsTotal() throws Exception {
    run.download(hub);
    var whole = run.reports.stream().filter(p -> p.isWhole()).toList();
    assertThat(whole).isSortedAccordingTo((a, b) -> Long.compare(a.done(), b.done()));
    assertThat(whole.getLast().done()).isEqualTo(CONTENT.length + CONFIG.length);
    assertThat(whole.getLast().total()).isEqualTo(CONTENT.length + CONFIG.length);
    assertThat(run.messages())
        .contains("Verified", "Downloading over up to 4 connections", "Downloaded");
  }

  @Test
  void aServerWithoutRangesIsReadInOneStream() throws Exception {
    hub.always(WEIGHTS, (request, normal) -> new FaultyHub.Reply().body(CONTENT));
    assertThat(run.download(hub).transferred()).isEqualTo(CONTENT.length + CONFIG.length);
    assertComplete();
    assertThat(hub.requestsFor(WEIGHTS)).isEqualTo(1);
  }

  @Test
  void aWholeBodyInsteadOfALaterRangeIsNeverAppended() throws Exception {
    hub.always(
        WEIGHTS,
        (request, normal) -> normal.from > 0 ? new FaultyHub.Reply().body(CONTENT) : normal);
    run.download(hub);
    assertComplete();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes 1-10/1500000", "bytes 0-10/99", "bytes", "bytes 5-2/1500000"})
  void anAnswerForAnotherRangeIsNotBelieved(String bounds) throws Exception {
    hub.once(WEIGHTS, (request, normal) -> normal.header("Content-Range", bounds));
    run.download(hub);
    assertComplete();
  }

  @Test
  void aServerThatAlwaysMistakesRangesIsReadWholeInTheLastPass() throws Exception {
    hub.always(
        WEIGHTS,
        (request, normal) ->
            normal.status == 206 ? normal.header("Content-Range", "bytes 7-9/1500000") : normal);
    run.download(hub);
    assertComplete();
    assertThat(hub.requestsFor(WEIGHTS)).isEqualTo(4);
  }

  @Test
  void goesOnAfterTheConnectionEndedEarly() throws Exception {
    hub.once(WEIGHTS, (request, normal) -> normal.cut(10_000));
    assertThat(run.download(hub).transferred()).isEqualTo(CONTENT.length + CONFIG.length);
    assertComplete();
  }

  @Test
  void goesOnAfterAReset() throws Exception {
    hub.once(
        WEIGHTS,
        (request, normal) -> {
          normal.reset = true;
          return normal.cut(50_000);
        });
    run.download(hub);
    assertComplete();
  }

  @Test
  void aSilentConnectionIsGivenUpAndReopened() throws Exception {
    run.settings = run.settings.withReadTimeout(Duration.ofMillis(200));
    hub.once(
        WEIGHTS,
        (request, normal) -> {
          normal.stall = true;
          return normal.cut(20_000);
        });
    run.download(hub);
    assertComplete();
  }

  @Test
  void reopensAsOftenAsConnectionsBringEnough() throws Exception {
    run.connections = 1;
    run.tuning =
        new Tuning(
            2 << 20,
            2 << 20,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            100_000,
            64 << 20);
    hub.always(WEIGHTS, (request, normal) -> normal.cut(150_000));
    run.download(hub);
    assertComplete();
    assertThat(hub.requestsFor(WEIGHTS)).isEqualTo(10);
  }

  @Test
  void triesTwiceMoreAndThenOnceOverTheMinimalConnections() throws Exception {
    hub.always(WEIGHTS, (request, normal) -> new FaultyHub.Reply().status(500));
    assertThatThrownBy(() -> run.download(hub))
        .isInstanceOfSatisfying(
            DownloadException.class,
            e -> assertThat(e.reason()).isEqualTo(DownloadException.Reason.SERVER_ERROR));
    assertThat(hub.requestsFor(WEIGHTS)).isEqualTo(4);
    assertThat(run.files()).containsExactly("config.json");
    assertThat(run.ticker.pauses).hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void keepsWhatCameForTheNextRun() throws Exception {
    AtomicInteger ranges = new AtomicInteger();
    hub.always(
        WEIGHTS,
        (request, normal) ->
            ranges.incrementAndGet() > 3 ? new FaultyHub.Reply().status(500) : normal);
    assertThatThrownBy(() -> run.download(hub)).isInstanceOf(DownloadException.class);
    long kept = new PartialData(run.model).size();
    assertThat(kept).isPositive();
    hub.fault = (request, normal) -> normal;
    assertThat(run.download(hub).transferred()).isEqualTo(CONTENT.length - kept);
    assertComplete();
  }

  @Test
  void waitsAsLongAsTheServerAsks() throws Exception {
    hub.once(
        WEIGHTS,
        (request, normal) ->
            new FaultyHub.Reply().status(429).header("RateLimit", "\"api\";r=0;t=8"));
    run.download(hub);
    assertComplete();
    assertThat(run.messages()).contains("Waiting 8 s: the server asked for a pause");
    assertThat(run.ticker.pauses).anyMatch(p -> p.toMillis() > 7_500 && p.toMillis() <= 8_000);
  }

  @Test
  void waitsBeforeTheListingToo() throws Exception {
    AtomicBoolean first = new AtomicBoolean(true);
    hub.fault =
        (request, normal) ->
            request.target().startsWith("/api/") && first.compareAndSet(true, false)
                ? new FaultyHub.Reply().status(503).header("Retry-After", "30")
                : normal;
    run.download(hub);
    assertComplete();
    assertThat(run.ticker.pauses).contains(Duration.ofSeconds(30));
  }

  @Test
  void doesNotWaitForHours() {
    hub.always(
        WEIGHTS,
        (request, normal) -> new FaultyHub.Reply().status(429).header("Retry-After", "7200"));
    assertThatThrownBy(() -> run.download(hub))
        .isInstanceOfSatisfying(
            DownloadException.class,
            e -> assertThat(e.reason()).isEqualTo(DownloadException.Reason.RATE_LIMITED));
    assertThat(hub.requestsFor(WEIGHTS)).isEqualTo(1);
  }

  @Test
  void resolvesAnewWhenTheSignedAddressHasExpired() throws Exception {
    AtomicInteger valid = new AtomicInteger(3);
    Set<String> signatures = ConcurrentHashMap.newKeySet();
    run.connections = 1;
    hub.fault =
        (request, normal) -> {
          if (request.target().contains("/resolve/") && request.target().endsWith(WEIGHTS)) {
            String signature = "s" + signatures.size();
            signatures.add(signature);
            valid.set(3);
            normal.headers.merge("Location", "-" + signature, String::concat);
          } else if (request.isFor(WEIGHTS)
              && (valid.getAndDecrement() <= 0
                  || !request.target().endsWith("s" + (signatures.size() - 1)))) {
            return new FaultyHub.Reply().status(403);
          }
          return normal;
        };
    run.download(hub);
    assertComplete();
    assertThat(signatures).hasSizeGreaterThan(1);
    assertThat(run.ticker.pauses).isEmpty();
  }

  @Test
  void aChangedFileBeginsAgain() throws Exception {
    AtomicInteger ranges = new AtomicInteger();
    hub.fault =
        (request, normal) -> {
          if (request.isFor(WEIGHTS) && ranges.incrementAndGet() == 3) {
            hub.tagSuffix = "-new";
            return hub.range(request, CONTENT);
          }
          return normal;
        };
    run.download(hub);
    assertComplete();
    assertThat(run.messages()).anyMatch(m -> m.contains("begins again"));
  }

  @Test
  void aFileChangedBetweenTwoRunsBeginsAgain() throws Exception {
    AtomicInteger ranges = new AtomicInteger();
    hub.always(
        WEIGHTS,
        (request, normal) ->
            ranges.incrementAndGet() > 3 ? new FaultyHub.Reply().status(500) : normal);
    assertThatThrownBy(() -> run.download(hub)).isInstanceOf(DownloadException.class);
    hub.fault = (request, normal) -> normal;
    hub.tagSuffix = "-new";
    assertThat(run.download(hub).transferred()).isGreaterThanOrEqualTo(CONTENT.length);
    assertComplete();
  }

  @Test
  void aCompressedBodyIsRefused() throws Exception {
    hub.once(WEIGHTS, (request, normal) -> normal.header("Content-Encoding", "gzip"));
    run.download(hub);
    assertComplete();
    assertThat(hub.requests)
        .filteredOn(FaultyHub.Request::isForCdn)
        .allMatch(request -> "identity".equals(request.header("Accept-Encoding")));
  }

  @Test
  void aLoginPageIsNotTakenForWeights() {
    hub.always(
        WEIGHTS,
        (request, normal) ->
            new FaultyHub.Reply()
                .header("Content-Type", "text/html; charset=utf-8")
                .body("<html>log in</html>".getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> run.download(hub))
        .isInstanceOfSatisfying(
            DownloadException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(DownloadException.Reason.BAD_ANSWER);
              assertThat(e.problem().meaning()).contains("log in");
            });
  }

  @Test
  void aLongerBodyIsRefused() throws Exception {
    byte[] longer = new byte[CONTENT.length + 10];
    System.arraycopy(CONTENT, 0, longer, 0, CONTENT.length);
    hub.once(WEIGHTS, (request, normal) -> new FaultyHub.Reply().body(longer));
    run.download(hub);
    assertComplete();
  }

  @Test
  void aLongerBodyWithoutALengthIsRefused() throws Exception {
    byte[] longer = new byte[CONTENT.length + 10];
    System.arraycopy(CONTENT, 0, longer, 0, CONTENT.length);
    hub.once(
        WEIGHTS,
        (request, normal) -> {
          FaultyHub.Reply reply = new FaultyHub.Reply().body(longer);
          reply.chunked = true;
          return reply;
        });
    run.download(hub);
    assertComplete();
  }

  @Test
  void anUnsatisfiableRangeLeadsToTheWholeFile() throws Exception {
    hub.always(
        WEIGHTS,
        (request, normal) ->
            request.header("Range") != null ? new FaultyHub.Reply().status(416) : normal);
    run.download(hub);
    assertComplete();
  }

  @Test
  void wrongBytesAreFetchedOnceMoreOverOneConnection() throws Exception {
    byte[] flipped = CONTENT.clone();
    flipped[700_000] ^= 1;
    AtomicBoolean first = new AtomicBoolean(true);
    hub.always(
        WEIGHTS,
        (request, normal) -> {
          if (first.get()) {
            normal.body = flipped;
          }
          if (normal.to == CONTENT.length) {
            first.set(false);
          }
          return normal;
        });
    run.connections = 1;
    run.download(hub);
    assertComplete();
    assertThat(run.messages()).anyMatch(m -> m.contains("wrong content and is fetched again"));
  }

  @Test
  void bytesThatAreWrongTwiceEndTheDownloadAndNameTheFile() throws Exception {
    byte[] flipped = CONTENT.clone();
    flipped[700_000] ^= 1;
    hub.always(
        WEIGHTS,
        (request, normal) -> {
          normal.body = flipped;
          return normal;
        });
    assertThatThrownBy(() -> run.download(hub))
        .isInstanceOfSatisfying(
            DownloadException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(DownloadException.Reason.WRONG_CHECKSUM);
              assertThat(e.getMessage()).contains(WEIGHTS).contains("proxy");
            });
    assertThat(run.files()).containsExactly("config.json");
  }

  @Test
  void germansReadInGermanWhatHappenedOnTheWay() throws Exception {
    byte[] flipped = CONTENT.clone();
    flipped[700_000] ^= 1;
    hub.always(
        WEIGHTS,
        (request, normal) -> {
          normal.body = flipped;
          return normal;
        });
    DownloadException failure =
        InGerman.of(() -> catchThrowableOfType(DownloadException.class, () -> run.download(hub)));
    assertThat(failure.problem().what())
        .isEqualTo(WEIGHTS + " kam zweimal mit falschem Inhalt an.");
    assertThat(failure.problem().meaning()).startsWith("Beide Male war der Inhalt derselbe:");
    assertThat(run.messages())
        .contains("Wird heruntergeladen", "Geprüft")
        .contains(WEIGHTS + " kam mit falschem Inhalt an und wird noch einmal geladen.");
  }

  @Test
  void theTokenGoesToTheEndpointOnly() throws Exception {
    run.settings = run.settings.withToken(new AccessToken("hf_secret"));
    run.download(hub);
    assertComplete();
    assertThat(hub.requests)
        .allSatisfy(request ->
            assertThat(request.header("Authorization"))
                .isEqualTo(request.isForCdn() ? null : "Bearer hf_secret"));
    try (var own = Files.walk(run.model.resolve(".invoicelens"))) {
      for (Path file : own.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .doesNotContain("hf_secret")
            .doesNotContain("signature");
      }
    }
  }

  @Test
  void aGatedRepositorySaysWhatToDo() {
    hub.fault =
        (request, normal) -> new FaultyHub.Reply().status(401).header("X-Error-Code", "GatedRepo");
    assertThatThrownBy(() -> run.download(hub))
        .isInstanceOfSatisfying(
            DownloadException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(DownloadException.Reason.TOKEN_NEEDED);
              assertThat(e.problem().remedy()).contains("HF_TOKEN").contains(FaultyHub.REPOSITORY);
            });
    assertThat(hub.requests).hasSize(1);
    assertThat(run.model.resolve("config.json")).doesNotExist();
  }

  @Test
  void unsafeNamesAreRefusedBeforeAnythingIsWritten() throws Exception {
    hub.with("../evil.json", CONFIG);
    assertThatThrownBy(() -> run.download(hub))
        .isInstanceOfSatisfying(
            DownloadException.class,
            e -> assertThat(e.reason()).isEqualTo(DownloadException.Reason.UNSAFE_NAME));
    assertThat(run.files()).isEmpty();
    assertThat(folder.resolve("evil.json")).doesNotExist();
  }
}
