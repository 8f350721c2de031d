package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.invoicelens.config.ModelConfig.Mirror;
import org.invoicelens.hub.AccessToken;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Progress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A download from several servers, of which some are slow, broken or wrong. */
class DownloadMirrorsTest {

  private static final String WEIGHTS = "model.safetensors";
  private static final byte[] CONTENT = FaultyHub.bytes(3_000_000, 7);
  private static final byte[] CONFIG = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
  private static final long TOTAL = CONTENT.length + CONFIG.length;

  @TempDir Path folder;
  private FaultyHub hub;
  private FaultyHub mirror;
  private FaultyHub other;
  private Fixture run;

  @BeforeEach
  void open() throws Exception {
    hub = server();
    mirror = server();
    other = server();
    run = new Fixture(folder.resolve("model"));
    // Whatever a mirror does must not cost an attempt.
    run.retries = 0;
    run.mirrors = List.of(asHub(mirror));
  }

  @AfterEach
  void close() throws Exception {
    hub.close();
    mirror.close();
    other.close();
  }

  private static FaultyHub server() throws Exception {
    return new FaultyHub().with("config.json", CONFIG).with(WEIGHTS, CONTENT);
  }

  private static Mirror asHub(FaultyHub server) {
    return new Mirror(Mirror.Kind.HUB, server.endpoint());
  }

  private static Mirror asFolder(FaultyHub server) {
    return new Mirror(Mirror.Kind.FOLDER, server.endpoint() + "/folder");
  }

  private static String name(FaultyHub server) {
    return server.endpoint().replace("http://", "");
  }

  /** Sends the right number of bytes, of which the last of every range is another one. */
  private static void lie(FaultyHub server) {
    server.always(
        WEIGHTS,
        (request, normal) -> {
          byte[] changed = normal.body.clone();
          changed[normal.to - 1] ^= 1;
          normal.body = changed;
          return normal;
        });
  }

  private static SourceUse use(DownloadResult result, FaultyHub server) {
    return result.sources().stream()
        .filter(use -> use.name().startsWith(name(server)))
        .findFirst()
        .orElseThrow();
  }

  private void assertComplete() throws Exception {
    assertThat(run.files()).containsExactlyInAnyOrder("config.json", WEIGHTS);
    assertThat(run.content(WEIGHTS)).isEqualTo(CONTENT);
    assertThat(run.content("config.json")).isEqualTo(CONFIG);
    assertThat(run.ownFiles())
        .containsExactlyInAnyOrder(
            ".invoicelens/lock", ".invoicelens/listing.json", ".invoicelens/manifest.json");
  }

  private void assertNoAttemptFailed() {
    assertThat(run.messages()).noneMatch(message -> message.startsWith("Trying"));
  }

  @Test
  void rangesOfOneFileComeFromAllServersAndEveryByteOnce() throws Exception {
    run.mirrors = List.of(asHub(mirror), asFolder(other));
    DownloadResult result = run.download(hub);
    assertComplete();
    assertThat(result.sources())
        .extracting(SourceUse::name)
        .containsExactly(name(hub), name(mirror), name(other) + "/folder");
    assertThat(result.sources()).extracting(SourceUse::isMirror).containsExactly(false, true, true);
    assertThat(result.sources()).allSatisfy(use -> assertThat(use.received()).isPositive());
    assertThat(result.sources().stream().mapToLong(SourceUse::received).sum()).isEqualTo(TOTAL);
    assertThat(result.transferred()).isEqualTo(TOTAL);
    assertNoAttemptFailed();
    assertThat(run.reports.stream().filter(Progress::isWhole).map(Progress::done))
        .isSorted()
        .endsWith(TOTAL);
  }

  @Test
  void neverMoreConnectionsThanAllowedAreOpenOverAllServers() throws Exception {
    AtomicInteger open = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    run.connections = 3;
    run.mirrors = List.of(asFolder(mirror), asFolder(other));
    for (FaultyHub server : List.of(hub, mirror, other)) {
      server.always(
          WEIGHTS,
          (request, normal) -> {
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            Thread.sleep(20);
            open.decrementAndGet();
            return normal;
          });
    }
    run.download(hub);
    assertComplete();
    assertThat(most.get()).isBetween(1, 3);
  }

  @Test
  void theTokenGoesToTheEndpointAloneAndListingAndCommitComeFromThere() throws Exception {
    run.settings = run.settings.withToken(new AccessToken("secret"));
    run.mirrors = List.of(asHub(mirror), asFolder(other));
    run.download(hub);
    assertComplete();
    assertThat(hub.requests).anyMatch(r -> "Bearer secret".equals(r.header("Authorization")));
    for (FaultyHub server : List.of(mirror, other)) {
      assertThat(server.requests)
          .isNotEmpty()
          .allSatisfy(request -> {
            assertThat(request.header("Authorization")).isNull();
            assertThat(request.target()).doesNotContain("/api/");
          });
    }
  }

  @Test
  void aMirrorThatStandsInAsTheEndpointIsAskedAsThatAlone() throws Exception {
    run.settings = run.settings.withEndpoint(mirror.endpoint());
    DownloadResult result = run.download(hub);
    assertComplete();
    assertThat(result.sources()).extracting(SourceUse::name).containsExactly(name(mirror));
  }

  @Test
  void aMirrorThatOnlyHasAFolderServesTheWholeModel() throws Exception {
    run.mirrors = List.of(asFolder(mirror));
    hub.fault =
        (request, normal) ->
            request.target().contains("/resolve/") ? new FaultyHub.Reply().status(503) : normal;
    DownloadResult result = run.download(hub);
    assertComplete();
    assertThat(use(result, mirror).received()).isEqualTo(TOTAL);
    assertNoAttemptFailed();
  }

  @Test
  void theDownloadGoesOnWhereTheEndpointIsGoneAfterTheListing() throws Exception {
    hub.fault =
        (request, normal) -> {
          if (request.target().contains("/resolve/")) {
            throw new IOException("gone");
          }
          return normal;
        };
    DownloadResult result = run.download(hub);
    assertComplete();
    assertThat(use(result, hub).received()).isZero();
    assertThat(run.messages()).anyMatch(m -> m.startsWith(name(hub) + " is left for"));
  }

  @Test
  void theDownloadGoesOnFromMirrorsWhereTheEndpointIsGoneBeforeTheListingThatIsKept()
      throws Exception {
    interrupt();
    hub.close();
    DownloadResult result = run.download(hub);
    assertComplete();
    assertThat(use(result, mirror).received()).isEqualTo(result.transferred()).isPositive();
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        failure("503", (request, normal) -> new FaultyHub.Reply().status(503)),
        failure(
            "429",
            (request, normal) -> new FaultyHub.Reply().status(429).header("Retry-After", "3600")),
        failure("404", (request, normal) -> new FaultyHub.Reply().status(404)),
        failure("401", (request, normal) -> new FaultyHub.Reply().status(401)),
        failure(
            "a reset",
            (request, normal) -> {
              normal.reset = true;
              return normal.cut(1000);
            }),
        failure("an early end", (request, normal) -> normal.cut(1000)),
        failure("no ranges", (request, normal) -> new FaultyHub.Reply().body(CONTENT)),
        failure(
            "another length", (request, normal) -> normal.header("Content-Range", "bytes 0-9/10")),
        failure(
            "another range",
            (request, normal) -> normal.header("Content-Range", "bytes 5-9/" + CONTENT.length)),
        failure(
            "a web page",
            (request, normal) ->
                new FaultyHub.Reply()
                    .header("Content-Type", "text/html")
                    .body("<html>".getBytes(StandardCharsets.UTF_8))),
        failure("gzip", (request, normal) -> normal.header("Content-Encoding", "gzip")));
  }

  private static Arguments failure(String name, FaultyHub.Fault fault) {
    return Arguments.of(name, fault);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void aMirrorThatFailsIsLeftAndCostsNoAttempt(String name, FaultyHub.Fault fault)
      throws Exception {
    run.mirrors = List.of(asFolder(mirror));
    mirror.always(WEIGHTS, fault);
    DownloadResult result = run.download(hub);
    assertComplete();
    assertNoAttemptFailed();
    assertThat(result.sources()).noneMatch(SourceUse::wrong);
    // What a mirror that breaks off has sent up to there may count.
    assertThat(use(result, hub).received()).isGreaterThan(CONTENT.length / 2);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void anEndpointThatFailsIsLeftWhileAMirrorGoesOn(String name, FaultyHub.Fault fault)
      throws Exception {
    run.mirrors = List.of(asFolder(mirror));
    hub.always(WEIGHTS, fault);
    run.download(hub);
    assertComplete();
    assertNoAttemptFailed();
  }

  @Test
  void whereEveryServerFailsTheAttemptsOfTheFileCount() throws Exception {
    run.retries = 1;
    hub.always(WEIGHTS, (request, normal) -> new FaultyHub.Reply().status(503));
    mirror.always(WEIGHTS, (request, normal) -> new FaultyHub.Reply().status(404));
    assertThatThrownBy(() -> run.download(hub))
        .isInstanceOf(DownloadException.class)
        .extracting(e -> ((DownloadException) e).reason())
        .isEqualTo(DownloadException.Reason.SERVER_ERROR);
    assertThat(run.messages()).anyMatch(message -> message.startsWith("Trying " + WEIGHTS));
  }

  @Test
  void aFileThatNobodyMayReadFailsWithWhatTheEndpointSays() throws Exception {
    hub.fault =
        (request, normal) ->
            request.target().contains("/resolve/")
                ? new FaultyHub.Reply().status(401).header("X-Error-Code", "GatedRepo")
                : normal;
    mirror.fault = (request, normal) -> new FaultyHub.Reply().status(404);
    assertThatThrownBy(() -> run.download(hub))
        .extracting(e -> ((DownloadException) e).reason())
        .isEqualTo(DownloadException.Reason.TOKEN_NEEDED);
  }

  @Test
  void aSlowMirrorIsLeftAndWhatItDoesNotFinishIsTakenOver() throws Exception {
    mirror.always(
        WEIGHTS,
        (request, normal) -> {
          normal.bytesPerSecond = 10_000;
          return normal;
        });
    DownloadResult result = run.download(hub);
    assertComplete();
    assertNoAttemptFailed();
    assertThat(use(result, mirror).received()).isLessThan(CONTENT.length / 10);
    assertThat(mirror.requestsFor(WEIGHTS)).isLessThan(6);
    assertThat(mirror.requests.stream().filter(request -> request.isFor(WEIGHTS)))
        .anyMatch(request -> isSplit(request, hub));
  }

  /** Whether a range that one request asked for was given to others before it had come. */
  private static boolean isSplit(FaultyHub.Request slow, FaultyHub server) {
    long[] wanted = range(slow);
    return server.requests.stream()
        .filter(request -> request != slow && request.isFor(WEIGHTS))
        .map(DownloadMirrorsTest::range)
        .anyMatch(other -> other[0] > wanted[0] && other[0] <= wanted[1]);
  }

  private static long[] range(FaultyHub.Request request) {
    String[] bounds = request.header("Range").replace("bytes=", "").split("-");
    return new long[] {Long.parseLong(bounds[0]), Long.parseLong(bounds[1])};
  }

  @Test
  void aRangeThatComesSlowlyFromTheOnlyServerIsSplit() throws Exception {
    run.mirrors = List.of();
    AtomicInteger asked = new AtomicInteger();
    AtomicReference<FaultyHub.Request> slow = new AtomicReference<>();
    hub.always(
        WEIGHTS,
        (request, normal) -> {
          if (asked.incrementAndGet() == 3) {
            slow.set(request);
            normal.bytesPerSecond = 10_000;
          }
          return normal;
        });
    DownloadResult result = run.download(hub);
    assertComplete();
    assertNoAttemptFailed();
    assertThat(isSplit(slow.get(), hub)).isTrue();
    assertThat(result.transferred()).isGreaterThanOrEqualTo(TOTAL).isLessThan(TOTAL * 11 / 10);
  }

  @Test
  void aMirrorThatStaysSilentHoldsNothingUp() throws Exception {
    run.settings = run.settings.withReadTimeout(Duration.ofSeconds(60));
    mirror.always(
        WEIGHTS,
        (request, normal) -> {
          normal.stall = true;
          return normal.cut(5000);
        });
    run.download(hub);
    assertComplete();
    assertNoAttemptFailed();
  }

  @Test
  void aMirrorThatSendsWrongBytesIsNamedAndDroppedAndOnlyWhatItSentComesAgain() throws Exception {
    lie(mirror);
    DownloadResult result = run.download(hub);
    assertComplete();
    assertThat(run.messages())
        .contains(name(mirror) + " sent wrong data for " + WEIGHTS + " and is not used any more.");
    assertThat(use(result, mirror).wrong()).isTrue();
    assertThat(use(result, hub).wrong()).isFalse();
    long wrong = use(result, mirror).received();
    assertThat(wrong).isPositive().isLessThan(CONTENT.length);
    assertThat(result.transferred()).isBetween(TOTAL + 1, TOTAL + wrong);
    assertNoAttemptFailed();
  }

  @Test
  void ofTwoMirrorsTheOneThatLiedIsFoundAndTheOtherIsNotAccused() throws Exception {
    run.mirrors = List.of(asFolder(other), asHub(mirror));
    lie(mirror);
    DownloadResult result = run.download(hub);
    assertComplete();
    assertThat(use(result, mirror).wrong()).isTrue();
    assertThat(use(result, other).wrong()).isFalse();
    assertThat(run.messages())
        .anyMatch(message -> message.startsWith(name(mirror) + " sent wrong data"));
  }

  @Test
  void aMirrorFoundToLieIsNotAskedForLaterFiles() throws Exception {
    byte[] more = FaultyHub.bytes(400_000, 8);
    for (FaultyHub server : List.of(hub, mirror)) {
      server.with("model-2.safetensors", more);
    }
    run.connections = 1;
    lie(mirror);
    DownloadResult result = run.download(hub);
    assertThat(run.content("model-2.safetensors")).isEqualTo(more);
    assertThat(run.content(WEIGHTS)).isEqualTo(CONTENT);
    assertThat(use(result, mirror).wrong()).isTrue();
  }

  @Test
  void whereTheEndpointItselfSendsWrongBytesTheMirrorIsAcquittedAndHasTheLastWord()
      throws Exception {
    lie(hub);
    DownloadResult result = run.download(hub);
    assertComplete();
    assertThat(result.sources()).noneMatch(SourceUse::wrong);
  }

  @Test
  void whereAllSendWrongBytesTheFileIsGivenUp() throws Exception {
    lie(hub);
    lie(mirror);
    assertThatThrownBy(() -> run.download(hub))
        .extracting(e -> ((DownloadException) e).reason())
        .isEqualTo(DownloadException.Reason.WRONG_CHECKSUM);
    assertThat(run.files()).doesNotContain(WEIGHTS);
  }

  /** Stops a download over all servers when enough has come. */
  private void interrupt() throws Exception {
    Fixture first = new Fixture(run.model);
    first.mirrors = run.mirrors;
    first.tuning =
        new Tuning(
            64 << 10,
            128 << 10,
            Duration.ofMillis(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            128 << 10,
            64 << 20);
    first.listener =
        progress -> {
          if (progress.isWhole() && hub.served.sum() > 500_000 && mirror.served.sum() > 500_000) {
            first.cancellation.cancel();
          }
        };
    for (FaultyHub server : List.of(hub, mirror)) {
      FaultyHub.Fault before = server.fault;
      server.fault =
          (request, normal) -> {
            FaultyHub.Reply slow = before.apply(request, normal);
            slow.bytesPerSecond = 2_000_000;
            return slow;
          };
    }
    assertThatThrownBy(() -> first.download(hub)).isInstanceOf(CancelledException.class);
    for (FaultyHub server : List.of(hub, mirror)) {
      server.fault = (request, normal) -> normal;
      server.requests.clear();
    }
    assertThat(new PartialData(run.model).size()).isBetween(500_000L, (long) CONTENT.length);
  }

  @Test
  void goesOnOverSeveralServersWithoutFetchingAnythingTwice() throws Exception {
    interrupt();
    long kept = new PartialData(run.model).size();
    DownloadResult result = run.download(hub);
    assertComplete();
    assertThat(result.transferred()).isBetween(CONTENT.length - kept, TOTAL - kept);
  }

  @Test
  void whoSentWrongBytesIsKnownAfterARestartEvenWhereTheMirrorIsNotConfiguredAnyMore()
      throws Exception {
    lie(mirror);
    interrupt();
    long kept = new PartialData(run.model).size();
    run.mirrors = List.of();
    DownloadResult result = run.download(hub);
    assertComplete();
    assertThat(run.messages())
        .contains(name(mirror) + " sent wrong data for " + WEIGHTS + " and is not used any more.");
    assertThat(result.transferred()).isGreaterThan(TOTAL - kept).isLessThan(CONTENT.length);
  }
}
