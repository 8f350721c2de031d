package org.invoicelens.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.grammar.AnswerSchema;
import org.invoicelens.hub.AccessToken;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.pixtral.GenerationOptions;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.remote.RemoteException.Reason;
import org.invoicelens.remote.VllmServer.Fault;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions over real HTTP to a server that answers as vLLM does, faults included. */
class ChatServerTest {

  private static final AnswerSchema FORM =
      AnswerSchema.parse(
          """
          {"type": "object", "additionalProperties": false, "required": ["number", "gross"],
           "properties": {"number": {"type": ["string", "null"]},
                          "gross": {"type": ["string", "null"]}}}
          """);
  private static final String KEY = "sk-very-secret-1234567890";

  @TempDir Path folder;
  private final VllmServer vllm = new VllmServer();
  private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
  private final Heard heard = new Heard();
  private final Cancellation cancellation = new Cancellation();
  private HubSettings settings = HubSettings.DEFAULT;

  /** What a listener heard. */
  private static final class Heard implements TokenListener {
    final StringBuilder text = new StringBuilder();
    final List<String> restarts = new ArrayList<>();

    @Override
    public void onToken(int id, String more) {
      text.append(more);
    }

    @Override
    public void onRestart(String why) {
      text.setLength(0);
      restarts.add(why);
    }
  }

  @BeforeEach
  void start() throws Exception {
    vllm.start();
  }

  @AfterEach
  void stop() {
    vllm.close();
  }

  private ChatServer server(RemoteServer described) throws RemoteException {
    return new ChatServer(
        described, settings, Map.of("OUR_KEY", KEY), (time, wish) -> pauses.add(time));
  }

  private static RemoteServer waiting(RemoteServer described, Duration first, Duration idle) {
    return new RemoteServer(
        described.address(),
        described.model(),
        described.keyVariable(),
        described.keyFile(),
        described.connections(),
        described.maxRetries(),
        new RemoteServer.Timeouts(Duration.ofSeconds(5), first, idle));
  }

  private RemoteServer withKey() {
    return RemoteServer.entered(
        vllm.address().toString(), VllmServer.MODEL, Optional.of("OUR_KEY"), Optional.empty());
  }

  private static BufferedImage page() {
    return new BufferedImage(32, 48, BufferedImage.TYPE_INT_RGB);
  }

  private ServerReply ask(ChatServer server) throws RemoteException, CancelledException {
    return server.ask(
        "Be exact.",
        "Read this.",
        List.of(page()),
        new GenerationOptions(64, 0, 1, 0, false, Optional.of(FORM)),
        heard,
        cancellation);
  }

  private RemoteException failure(RemoteServer described) throws Exception {
    try (ChatServer server = server(described)) {
      return catchThrowableOfType(RemoteException.class, () -> ask(server));
    }
  }

  @Test
  void sendsThePagesThenTheTextAndTheFormAndHearsTheAnswerBitByBit() throws Exception {
    try (ChatServer server = server(vllm.described())) {
      ServerReply reply = ask(server);

      GenerationResult result = reply.result();
      assertThat(result.text()).isEqualTo(vllm.answer);
      assertThat(heard.text).hasToString(vllm.answer);
      assertThat(result.finishReason()).isEqualTo(GenerationResult.FinishReason.STOP);
      assertThat(result.timings().promptTokens()).isEqualTo(4000);
      assertThat(result.timings().decodedTokens()).isEqualTo(vllm.tokens().size());
      assertThat(reply.notes()).isEmpty();
      assertThat(vllm.questions).hasSize(1);
      JsonObject question = vllm.questions.getFirst();
      assertThat(question.remove("messages").toString())
          .startsWith(
              "[{\"role\":\"system\",\"content\":\"Be exact.\"},{\"role\":\"user\",\"content\":"
                  + "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,")
          .endsWith("\"}},{\"type\":\"text\",\"text\":\"Read this.\"}]}]");
      assertThat(
              question
                  .getAsJsonObject("response_format")
                  .getAsJsonObject("json_schema")
                  .remove("schema"))
          .hasToString(FORM.json());
      assertThat(question)
          .isEqualTo(
              JsonParser.parseString(
                  """
                  {"model": "mistralai/Pixtral-12B-2409", "max_tokens": 64, "temperature": 0.0,
                   "stream": true, "stream_options": {"include_usage": true}, "logprobs": true,
                   "response_format": {"type": "json_schema",
                     "json_schema": {"name": "answer"}}}
                  """));
      assertThat(vllm.keys).containsOnly("");
    }
  }

  @Test
  void thePageArrivesAsItWas() throws Exception {
    BufferedImage page = page();
    page.setRGB(7, 9, 0x123456);
    try (ChatServer server = server(vllm.described())) {
      server.ask(
          "",
          "Read.",
          List.of(page),
          GenerationOptions.greedy(8),
          TokenListener.NONE,
          cancellation);
    }

    BufferedImage arrived = VllmServer.pages(vllm.questions.getFirst()).getFirst();
    assertThat(arrived.getWidth()).isEqualTo(32);
    assertThat(arrived.getHeight()).isEqualTo(48);
    assertThat(arrived.getRGB(7, 9) & 0xffffff).isEqualTo(0x123456);
    assertThat(vllm.questions.getFirst().has("response_format")).isFalse();
  }

  @Test
  void aPhotographGoesAsJpegSoThatTheRequestStaysSmall() {
    BufferedImage noise = new BufferedImage(1024, 1024, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(1);
    for (int y = 0; y < 1024; y++) {
      for (int x = 0; x < 1024; x++) {
        noise.setRGB(x, y, random.nextInt(0x1000000));
      }
    }

    assertThat(PageData.url(noise)).startsWith("data:image/jpeg;base64,");
    assertThat(PageData.url(page())).startsWith("data:image/png;base64,");
  }

  @Test
  void theProbabilitiesOfTokensAreTakenWhereTheServerTellsThem() throws Exception {
    vllm.answer = "{\"number\":\"47\",\"gross\":null}";
    try (ChatServer server = server(vllm.described())) {
      List<GenerationResult.Certainty> certainties = ask(server).result().certainties();
      assertThat(certainties).hasSameSizeAs(vllm.tokens());
      assertThat(certainties.get(1).end()).isEqualTo(8);
      assertThat(certainties.getLast().end()).isEqualTo(vllm.answer.length());
      assertThat(certainties)
          .allSatisfy(token -> assertThat(token.probability()).isCloseTo(0.9, within(0.001)));
    }
  }

  @Test
  void anImpossibleProbabilityCountsAsNone() throws Exception {
    ChatAnswer answer =
        new ChatAnswer(new RemoteFailures(vllm.described(), Optional.empty()), heard);

    answer.add(VllmServer.event("11", -9999.0, null).substring(6));
    answer.add(VllmServer.event("12", 3.0, "stop").substring(6));

    assertThat(answer.result(Optional.empty()).certainties())
        .containsExactly(
            new GenerationResult.Certainty(2, 0), new GenerationResult.Certainty(4, 1));
  }

  @Test
  void anAnswerThatWasCutOffIsClosedAndWhatIsMissingIsNull() throws Exception {
    vllm.answer = "{\"number\":\"4711\",\"gross\":\"11";
    vllm.finish = "length";
    try (ChatServer server = server(vllm.described())) {
      ServerReply reply = ask(server);
      assertThat(reply.result().text()).isEqualTo("{\"number\":\"4711\",\"gross\":null}");
      assertThat(reply.result().written()).isLessThan(reply.result().text().length());
      assertThat(reply.notes()).isEmpty();
    }
  }

  @Test
  void anAnswerThatDoesNotKeepToTheFormIsTakenAndNoted() throws Exception {
    vllm.answer = "I cannot read this.";
    try (ChatServer server = server(vllm.described())) {
      ServerReply reply = ask(server);
      assertThat(reply.result().text()).isEqualTo("I cannot read this.");
      assertThat(reply.notes()).singleElement().asString().contains("prescribed form");
    }
  }

  @Test
  void anAnswerThatReachedTheLongestLengthIsToldAsSuch() throws Exception {
    vllm.finish = "length";
    try (ChatServer server = server(vllm.described())) {
      assertThat(ask(server).result().finishReason())
          .isEqualTo(GenerationResult.FinishReason.LENGTH);
    }
  }

  @Test
  void aServerThatDoesNotStreamIsUnderstoodToo() throws Exception {
    vllm.fail(request ->
        new MockResponse.Builder()
            .addHeader("Content-Type", "application/json")
            .body(
                """
                {"choices": [{"message": {"role": "assistant", "content": "whole"},
                  "finish_reason": "stop"}],
                 "usage": {"prompt_tokens": 12, "completion_tokens": 3}}
                """)
            .build());
    try (ChatServer server = server(vllm.described())) {
      GenerationResult result = ask(server).result();
      assertThat(result.text()).isEqualTo("whole");
      assertThat(heard.text).hasToString("whole");
      assertThat(result.timings().promptTokens()).isEqualTo(12);
    }
  }

  @Test
  void aServerThatKnowsNoFormIsAskedWithoutItAndThatIsNoted() throws Exception {
    vllm.knowsForm = false;
    try (ChatServer server = server(vllm.described())) {
      ServerReply reply = ask(server);
      assertThat(reply.result().text()).isEqualTo(vllm.answer);
      assertThat(reply.notes()).singleElement().asString().contains("prescribed form");
      assertThat(vllm.questions.get(1).has("response_format")).isFalse();
      assertThat(vllm.questions.get(1).has("logprobs")).isTrue();

      assertThat(ask(server).notes()).hasSize(1);
      assertThat(vllm.questions).as("what it refuses is remembered").hasSize(3);
      assertThat(heard.restarts).isEmpty();
    }
  }

  @Test
  void aServerThatTellsNoProbabilitiesIsAskedWithoutThem() throws Exception {
    vllm.knowsProbabilities = false;
    try (ChatServer server = server(vllm.described())) {
      assertThat(ask(server).notes()).isEmpty();
      assertThat(vllm.questions.get(1).has("logprobs")).isFalse();
      assertThat(vllm.questions.get(1).has("response_format")).isTrue();
    }
  }

  @Test
  void aRefusalThatNamesNothingIsTriedOnceWithoutAllThatCanBeLeftOut() throws Exception {
    Fault refusal = VllmServer.refusal(400, "no");
    vllm.fail(refusal, refusal, refusal);

    RemoteException e = failure(vllm.described());

    assertThat(e.reason()).isEqualTo(Reason.REFUSED);
    assertThat(e.problem().meaning()).isEqualTo("It says: no");
    assertThat(vllm.questions).hasSize(2);
    assertThat(vllm.questions.get(1).keySet())
        .doesNotContain("response_format", "logprobs", "stream_options");
  }

  @Test
  void theKeyOfTheEnvironmentOpensTheServer() throws Exception {
    vllm.key = KEY;
    try (ChatServer server = server(withKey())) {
      assertThat(ask(server).result().text()).isEqualTo(vllm.answer);
    }
    assertThat(vllm.keys).containsExactly("Bearer " + KEY);
  }

  @Test
  void theKeyOfAFileOpensTheServer() throws Exception {
    vllm.key = KEY;
    Path file = Files.writeString(folder.resolve("key"), KEY + "\n");
    RemoteServer described =
        RemoteServer.entered(
            vllm.address().toString(), VllmServer.MODEL, Optional.empty(), Optional.of(file));
    try (ChatServer server = server(described)) {
      assertThat(server.models(cancellation)).containsExactly(VllmServer.MODEL);
    }
  }

  @Test
  void theTokenOfTheHubNeverGoesToTheServer() throws Exception {
    settings = settings.withToken(new AccessToken("hf_secret"));
    try (ChatServer server = server(vllm.described())) {
      ask(server);
    }
    assertThat(vllm.keys).containsOnly("");
  }

  @ParameterizedTest
  @CsvSource({"OTHER_KEY, is not set", "'', cannot be read", "two words, is not a key"})
  void aKeyThatIsNotThereIsSaidBeforeAnythingIsSent(String variable, String said) throws Exception {
    Path file = folder.resolve("key");
    if (variable.contains(" ")) {
      Files.writeString(file, variable);
    }
    boolean named = variable.equals("OTHER_KEY");
    RemoteServer described =
        RemoteServer.entered(
            vllm.address().toString(),
            VllmServer.MODEL,
            Optional.of(variable).filter(name -> named),
            Optional.of(file).filter(path -> !named));

    RemoteException e =
        catchThrowableOfType(RemoteException.class, () -> server(described).close());

    assertThat(e.reason()).isEqualTo(Reason.KEY_MISSING);
    assertThat(e.problem().what()).contains(said);
    assertThat(vllm.http().getRequestCount()).isZero();
  }

  @Test
  void aServerThatWantsAKeyOrAnotherOneSaysWhich() throws Exception {
    vllm.key = "another";

    RemoteException without = failure(vllm.described());
    RemoteException with = failure(withKey());

    assertThat(without.reason()).isEqualTo(Reason.KEY_REFUSED);
    assertThat(without.problem().what()).contains("wants a key");
    assertThat(with.reason()).isEqualTo(Reason.KEY_REFUSED);
    assertThat(with.problem().what()).contains("does not accept the key");
    assertThat(pauses).isEmpty();
  }

  @Test
  void whatAServerSaysNeverShowsTheKey() throws Exception {
    vllm.fail(
        VllmServer.refusal(401, "Incorrect key: " + KEY),
        VllmServer.refusal(403, "Not for " + KEY),
        VllmServer.refusal(400, "max_tokens of " + KEY),
        VllmServer.refusal(400, "max_tokens of " + KEY));

    for (int i = 0; i < 3; i++) {
      RemoteException e = failure(withKey());
      assertThat(e.problem().text() + e.detail() + e).doesNotContain(KEY);
    }
  }

  @Test
  void aModelThatIsNotServedIsToldWithThoseThatAre() throws Exception {
    RemoteServer other =
        RemoteServer.entered(
            vllm.address().toString(), "pixtral", Optional.empty(), Optional.empty());
    try (ChatServer server = server(other)) {
      RemoteException e =
          catchThrowableOfType(RemoteException.class, () -> server.requireModel(cancellation));
      assertThat(e.reason()).isEqualTo(Reason.MODEL_NOT_SERVED);
      assertThat(e.problem().what()).contains("does not have the model pixtral");
      assertThat(e.problem().meaning()).contains(VllmServer.MODEL);
    }
    assertThat(failure(other).reason()).isEqualTo(Reason.MODEL_NOT_SERVED);
  }

  @Test
  void anAddressWithAnotherPathIsToldAsSuch() throws Exception {
    RemoteServer elsewhere =
        RemoteServer.entered(
            vllm.http().url("/api").toString(), "m", Optional.empty(), Optional.empty());

    RemoteException e = failure(elsewhere);

    assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(e.problem().remedy()).contains("/v1");
  }

  @Test
  void pagesAreNotSentWhereARedirectLeads() throws Exception {
    vllm.fail(request ->
        new MockResponse.Builder()
            .code(308)
            .addHeader("Location", "https://elsewhere.example/v1/chat/completions")
            .build());

    RemoteException e = failure(vllm.described());

    assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(e.problem().what()).contains("https://elsewhere.example/v1");
    assertThat(vllm.http().getRequestCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400| This model's maximum context length is 8192 tokens. However, you requested 9000"
            + " tokens| PROMPT_TOO_LONG",
        "400| The decoder prompt (length 9000) is longer than the maximum model length of 8192."
            + "| PROMPT_TOO_LONG",
        "400| At most 1 image(s) may be provided in one prompt.| TOO_MANY_PAGES",
        "413| Request Entity Too Large| REQUEST_TOO_LARGE"
      })
  void whatIsTooMuchIsToldApartSoThatFewerPagesCanBeAsked(int status, String message, Reason reason)
      throws Exception {
    vllm.fail(VllmServer.refusal(status, message));

    RemoteException e = failure(vllm.described());

    assertThat(e.reason()).isEqualTo(reason);
    assertThat(e.isAboutPages()).isTrue();
    assertThat(vllm.questions).hasSize(1);
  }

  @Test
  void aBusyServerIsAskedAgainAfterThePauseItNames() throws Exception {
    vllm.fail(request ->
        new MockResponse.Builder().code(429).addHeader("Retry-After", "7").body("{}").build());
    try (ChatServer server = server(vllm.described())) {
      assertThat(ask(server).result().text()).isEqualTo(vllm.answer);
    }
    assertThat(pauses).containsExactly(Duration.ofSeconds(7));
    assertThat(heard.restarts).singleElement().asString().contains("too busy").contains("1 of 3");
  }

  @Test
  void aServerThatAsksForALongPauseIsNotWaitedFor() throws Exception {
    vllm.fail(
        request -> new MockResponse.Builder().code(429).addHeader("Retry-After", "3600").build());

    RemoteException e = failure(vllm.described());

    assertThat(e.reason()).isEqualTo(Reason.BUSY);
    assertThat(e.problem().meaning()).contains("3600 seconds");
    assertThat(pauses).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504})
  void aServerThatStaysBrokenIsAskedOnlySoOften(int status) throws Exception {
    Fault broken =
        request ->
            new MockResponse.Builder()
                .code(status)
                .addHeader("Content-Type", "text/html")
                .body("<html>Bad Gateway</html>")
                .build();
    vllm.fail(broken, broken, broken, broken, broken);

    RemoteException e = failure(vllm.described());

    assertThat(e.reason()).isEqualTo(Reason.SERVER_ERROR);
    assertThat(e.problem().what()).contains("HTTP " + status);
    assertThat(vllm.questions).hasSize(4);
    assertThat(pauses).hasSize(3).isSorted();
  }

  @Test
  void anAnswerThatBreaksOffIsBegunAnew() throws Exception {
    String begun = VllmServer.event("", null, null) + VllmServer.event("lost", null, null);
    vllm.fail(
        request ->
            new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .chunkedBody(begun + "x".repeat(1 << 20), 512)
                .onResponseBody(SocketEffect.ShutdownConnection.INSTANCE)
                .build(),
        request ->
            new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body(begun)
                .build());
    try (ChatServer server = server(vllm.described())) {
      assertThat(ask(server).result().text()).isEqualTo(vllm.answer);
    }
    assertThat(heard.text).hasToString(vllm.answer);
    assertThat(heard.restarts).hasSize(2).allMatch(why -> why.contains("broke off"));
  }

  @Test
  void aConnectionThatIsResetIsMadeAnew() throws Exception {
    vllm.fail(request ->
        new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build());
    try (ChatServer server = server(vllm.described())) {
      assertThat(ask(server).result().text()).isEqualTo(vllm.answer);
    }
    assertThat(vllm.questions).hasSize(2);
  }

  @Test
  void aFaultInTheMiddleOfAnAnswerIsToldInTheServersWords() throws Exception {
    String events =
        VllmServer.event("half", null, null)
            + "data: {\"error\":{\"message\":\"engine is gone\",\"code\":500}}\n\n";
    Fault broken =
        request ->
            new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body(events)
                .build();
    vllm.fail(broken, broken, broken, broken);

    RemoteException e = failure(vllm.described());

    assertThat(e.reason()).isEqualTo(Reason.SERVER_ERROR);
    assertThat(e.detail()).contains("engine is gone");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text/html| <html>Log in</html>| web page",
        "text/event-stream| data: not json~~| not JSON",
        "text/event-stream| data: {\"choices\":7}~~| another form",
        "text/plain| hello| not JSON",
        "application/json| {\"result\":1}| another form"
      })
  void anAnswerThatIsNoneIsNotTakenForOne(String type, String body, String said) throws Exception {
    vllm.fail(request ->
        new MockResponse.Builder()
            .addHeader("Content-Type", type)
            .body(body.replace('~', '\n'))
            .build());

    RemoteException e = failure(vllm.described());

    assertThat(e.reason()).isEqualTo(Reason.BAD_ANSWER);
    assertThat(e.problem().text()).contains(said.replace("another", "of another"));
    assertThat(vllm.questions).hasSize(1);
  }

  @Test
  void anAnswerWithoutEndIsNotRead() throws Exception {
    vllm.fail(request ->
        new MockResponse.Builder()
            .addHeader("Content-Type", "text/event-stream")
            .body("data: " + "x".repeat(5 << 20))
            .build());

    RemoteException e = failure(vllm.described());

    assertThat(e.reason()).isEqualTo(Reason.BAD_ANSWER);
    assertThat(e.problem().meaning()).contains("longer than any answer");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aServerThatFallsSilentIsNotWaitedForWithoutEnd(boolean begun) throws Exception {
    String events = begun ? VllmServer.event("half", null, null) : ": still waiting\n\n";
    vllm.fail(request ->
        new MockResponse.Builder()
            .addHeader("Content-Type", "text/event-stream")
            .body(events + events)
            .onResponseBody(SocketEffect.Stall.INSTANCE)
            .build());

    RemoteException e =
        failure(waiting(vllm.described(), Duration.ofMillis(700), Duration.ofMillis(300)));

    assertThat(e.reason()).isEqualTo(Reason.STALLED);
    assertThat(vllm.questions).hasSize(1);
  }

  @Test
  void aServerThatOnlyShowsThatItLivesIsNotWaitedForWithoutEnd() throws Exception {
    isNotWaitedForWithoutEnd("text/event-stream", ": ping\n\n".repeat(2000));
  }

  @Test
  void anAnswerThatComesInDribsWithoutStreamingIsNotWaitedForWithoutEnd() throws Exception {
    isNotWaitedForWithoutEnd("application/json", " ".repeat(4000));
  }

  private void isNotWaitedForWithoutEnd(String type, String dribs) throws Exception {
    vllm.fail(request ->
        new MockResponse.Builder()
            .addHeader("Content-Type", type)
            .body(dribs)
            .throttleBody(16, 50, TimeUnit.MILLISECONDS)
            .build());

    RemoteException e =
        failure(waiting(vllm.described(), Duration.ofMillis(700), Duration.ofSeconds(9)));

    assertThat(e.reason()).isEqualTo(Reason.STALLED);
  }

  @Test
  void aServerThatTakesAQuestionAndSaysNothingIsNotWaitedForWithoutEnd() throws Exception {
    vllm.fail(
        request -> new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());

    RemoteException e =
        failure(waiting(vllm.described(), Duration.ofMillis(500), Duration.ofSeconds(9)));

    assertThat(e.reason()).isEqualTo(Reason.STALLED);
  }

  @Test
  void aServerThatIsNotThereIsToldAtOnce() throws Exception {
    RemoteServer gone = vllm.described();
    vllm.close();

    RemoteException e = failure(gone);

    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(e.problem().what()).contains("refuses the connection");
    assertThat(pauses).isEmpty();
  }

  @Test
  void aNameThatNobodyKnowsIsToldAsSuch() throws Exception {
    RemoteException e =
        failure(
            RemoteServer.entered(
                "https://vllm.invalid/v1", "m", Optional.empty(), Optional.empty()));

    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
  }

  @Test
  void aCertificateThatNobodyVouchesForIsRefusedUnlessItsFileIsChosen() throws Exception {
    HeldCertificate root = new HeldCertificate.Builder().certificateAuthority(0).build();
    HeldCertificate held =
        new HeldCertificate.Builder().addSubjectAlternativeName("localhost").signedBy(root).build();
    try (VllmServer secure = new VllmServer()) {
      secure
          .http()
          .useHttps(
              new HandshakeCertificates.Builder().heldCertificate(held).build().sslSocketFactory());
      secure.start();
      RemoteServer described =
          RemoteServer.entered(
              "https://localhost:" + secure.http().getPort() + "/v1",
              VllmServer.MODEL,
              Optional.empty(),
              Optional.empty());

      RemoteException e = failure(described);
      assertThat(e.reason()).isEqualTo(Reason.UNTRUSTED_CERTIFICATE);
      assertThat(secure.questions).isEmpty();

      settings =
          settings.withCaFile(Files.writeString(folder.resolve("ca.pem"), root.certificatePem()));
      try (ChatServer server = server(described)) {
        assertThat(ask(server).result().text()).isEqualTo(secure.answer);
      }
    }
  }

  @Test
  void theChosenProxyIsTakenAndToldWhereItIsSilent() throws Exception {
    try (MockWebServer proxy = new MockWebServer()) {
      proxy.start();
      int port = proxy.getPort();
      proxy.close();
      settings = settings.withProxy(URI.create("http://127.0.0.1:" + port));

      RemoteException e = failure(vllm.described());

      assertThat(e.reason()).isEqualTo(Reason.PROXY);
      assertThat(vllm.http().getRequestCount()).isZero();
    }
  }

  @Test
  void stoppingEndsTheCallWhileTheServerStillAnswers() throws Exception {
    CountDownLatch token = new CountDownLatch(1);
    vllm.fail(request ->
        new MockResponse.Builder()
            .addHeader("Content-Type", "text/event-stream")
            .body(VllmServer.event("half", null, null).repeat(2))
            .onResponseBody(SocketEffect.Stall.INSTANCE)
            .build());
    TokenListener listener = (id, text) -> token.countDown();
    try (ChatServer server = server(vllm.described());
        ExecutorService other = Executors.newSingleThreadExecutor()) {
      Future<CancelledException> stopped =
          other.submit(() ->
              catchThrowableOfType(
                  CancelledException.class,
                  () ->
                      server.ask(
                          "",
                          "Read.",
                          List.of(page()),
                          GenerationOptions.greedy(8),
                          listener,
                          cancellation)));
      assertThat(token.await(10, TimeUnit.SECONDS)).isTrue();
      cancellation.cancel();
      assertThat(stopped.get(10, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void aStoppedQuestionIsNotSent() throws Exception {
    cancellation.cancel();
    try (ChatServer server = server(vllm.described())) {
      assertThat(catchThrowableOfType(CancelledException.class, () -> ask(server))).isNotNull();
    }
    assertThat(vllm.http().getRequestCount()).isZero();
  }

  @Test
  void asManyQuestionsAsConfiguredAreAskedAtOnce() throws Exception {
    CyclicBarrier together = new CyclicBarrier(RemoteServer.CONNECTIONS);
    Fault meeting = vllm.whenTogether(together);
    vllm.fail(meeting, meeting, meeting, meeting, meeting, meeting, meeting, meeting);
    try (ChatServer server = server(vllm.described());
        ExecutorService pool = Executors.newCachedThreadPool()) {
      List<Future<ServerReply>> replies = new ArrayList<>();
      for (int i = 0; i < 2 * RemoteServer.CONNECTIONS; i++) {
        replies.add(
            pool.submit(() ->
                server.ask(
                    "",
                    "Read.",
                    List.of(page()),
                    GenerationOptions.greedy(8),
                    TokenListener.NONE,
                    cancellation)));
      }
      for (Future<ServerReply> reply : replies) {
        assertThat(reply.get(60, TimeUnit.SECONDS).result().text()).isEqualTo(vllm.answer);
      }
    }
    assertThat(vllm.questions).hasSize(2 * RemoteServer.CONNECTIONS);
  }

  @Test
  void waitingForTheNextAttemptEndsWithTheWishToStop() {
    cancellation.cancel();

    assertThat(
            catchThrowableOfType(
                CancelledException.class, () -> Pause.REAL.take(Duration.ofHours(1), cancellation)))
        .isNotNull();
  }
}
