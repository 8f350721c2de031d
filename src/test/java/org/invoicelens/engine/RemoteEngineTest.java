package org.invoicelens.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.pixtral.GenerationOptions;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.SeenPicture;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.remote.RemoteException;
import org.invoicelens.remote.VllmServer;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.InGerman;
import org.invoicelens.stage.ProgressListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last two stages and the answers where a server has the model, over real HTTP. */
class RemoteEngineTest {

  @TempDir Path folder;
  private final VllmServer vllm = new VllmServer();
  private final RemoteStart start =
      new RemoteStart(HubSettings.DEFAULT, ProgressListener.NONE, new Cancellation());

  @BeforeEach
  void start() throws Exception {
    vllm.start();
  }

  @AfterEach
  void stop() {
    vllm.close();
  }

  private ModelConfig config(RemoteServer server) throws Exception {
    ModelConfig local = Setups.config(Setups.TINY, Precision.FLOAT32);
    return local.withServer(Optional.of(server));
  }

  private static Engine.Question question(int pages, int width, int height) {
    BufferedImage page = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    return new Engine.Question(
        "", "Read.", Collections.nCopies(pages, page), GenerationOptions.greedy(8));
  }

  private static Engine.Reply ask(Engine engine, Engine.Question question) throws Exception {
    return engine.ask(question, TokenListener.NONE, new Cancellation());
  }

  @Test
  void isReadyWhenTheServerHasTheModelAndAnswersAboutAPage() throws Exception {
    try (RemoteEngine engine = start.connect(config(vllm.described()))) {
      assertThat(engine.facts().criteria()).hasSize(1);
      assertThat(vllm.questions).isEmpty();

      start.test(engine, config(vllm.described()));

      assertThat(engine.facts().criteria())
          .hasSizeGreaterThan(1)
          .allMatch(OptimizedModel.Criterion::met);
      assertThat(engine.facts().inferenceTime()).isPositive();
      assertThat(engine.facts().variant()).isEqualTo(VllmServer.MODEL);
      assertThat(engine.facts().memoryUsage()).isZero();
      assertThat(engine.questionsAtOnce()).isEqualTo(RemoteServer.CONNECTIONS);
      assertThat(engine.facts().notes().getFirst()).contains(vllm.address().toString());
      assertThat(VllmServer.pages(vllm.questions.getFirst())).hasSize(1);
    }
  }

  @Test
  void theServerGetsThePageAtTheSizePixtralSees() throws Exception {
    try (RemoteEngine engine = start.connect(config(vllm.described()))) {
      Engine.Reply reply = ask(engine, question(1, 2480, 3508));

      assertThat(reply.seen()).containsExactly(new Engine.Reply.Seen(736, 1024));
      BufferedImage sent = VllmServer.pages(vllm.questions.getFirst()).getFirst();
      assertThat(sent.getWidth()).isEqualTo(736);
      assertThat(sent.getHeight()).isEqualTo(1024);
      assertThat(sent.getRGB(0, 0) & 0xffffff)
          .as("what is transparent is white")
          .isEqualTo(0xffffff);
      SeenPicture seen = engine.seen(new BufferedImage(2480, 3508, BufferedImage.TYPE_INT_RGB));
      assertThat(seen.pixels().getWidth()).isEqualTo(736);
      assertThat(seen.tokens()).isEqualTo(47 * 64);
    }
  }

  @Test
  void howManyPagesTheServerTakesIsAskedOnlyOnce() throws Exception {
    vllm.mostPages = 2;
    try (RemoteEngine engine = start.connect(config(vllm.described()))) {
      for (int time = 0; time < 2; time++) {
        InferenceException e =
            catchThrowableOfType(InferenceException.class, () -> ask(engine, question(3, 32, 32)));
        assertThat(e.reason()).isEqualTo(InferenceException.Reason.PROMPT_TOO_LONG);
        assertThat(e.problem().what()).contains("at most 2 pages");
      }
      assertThat(vllm.questions).hasSize(1);
      assertThat(ask(engine, question(2, 32, 32)).result().text()).isEqualTo(vllm.answer);
    }
  }

  @Test
  void aServerThatFailsIsAFailureOfTheAnswerAndTheEngineStays() throws Exception {
    vllm.fail(VllmServer.refusal(401, "no"));
    try (RemoteEngine engine = start.connect(config(vllm.described()))) {
      InferenceException e =
          catchThrowableOfType(InferenceException.class, () -> ask(engine, question(1, 32, 32)));

      assertThat(e.reason()).isEqualTo(InferenceException.Reason.SERVER_FAILED);
      assertThat(e.detail()).startsWith("KEY_REFUSED");
      assertThat(e.getCause()).isInstanceOf(RemoteException.class);
      assertThat(ask(engine, question(1, 32, 32)).result().text()).isEqualTo(vllm.answer);
    }
  }

  @Test
  void aServerThatIsNotThereFailsTheFifthStage() throws Exception {
    vllm.close();

    InitializationException e =
        catchThrowableOfType(
            InitializationException.class, () -> start.connect(config(vllm.described())));

    assertThat(e.reason()).isEqualTo(InitializationException.Reason.SERVER_FAILED);
    assertThat(e.detail()).startsWith("UNREACHABLE");
  }

  @Test
  void aServerWithoutTheModelFailsTheFifthStage() throws Exception {
    RemoteServer other =
        RemoteServer.entered(
            vllm.address().toString(), "another", Optional.empty(), Optional.empty());

    InitializationException e =
        catchThrowableOfType(InitializationException.class, () -> start.connect(config(other)));

    assertThat(e.problem().meaning()).contains(VllmServer.MODEL);
    assertThat(e.detail()).startsWith("MODEL_NOT_SERVED");
  }

  @Test
  void aServerThatHasNothingToSayFailsTheSixthStage() throws Exception {
    vllm.answer = "";
    RemoteEngine engine = start.connect(config(vllm.described()));

    OptimizationException e =
        catchThrowableOfType(
            OptimizationException.class, () -> start.test(engine, config(vllm.described())));

    assertThat(e.reason()).isEqualTo(OptimizationException.Reason.TEST_FAILED);
    assertThat(e.problem().what()).contains("empty answer");
  }

  @Test
  void aModelThatSeesNoPicturesFailsTheSixthStage() throws Exception {
    vllm.mostPages = 0;
    RemoteEngine engine = start.connect(config(vllm.described()));

    OptimizationException e =
        catchThrowableOfType(
            OptimizationException.class, () -> start.test(engine, config(vllm.described())));

    assertThat(e.problem().what()).contains("did not succeed").contains("at most 0 pages");
  }

  @Test
  void thatAnswersKeepToTheFormIsToldOrNoted() throws Exception {
    Path form =
        Files.writeString(
            folder.resolve("form.json"),
            """
            {"type": "object", "additionalProperties": false, "required": ["number", "gross"],
             "properties": {"number": {"type": "string"}, "gross": {"type": "string"}}}
            """);
    ModelConfig config = withForm(config(vllm.described()), form);
    try (RemoteEngine engine = start.test(start.connect(config), config)) {
      assertThat(engine.facts().criteria()).hasSize(3).allMatch(OptimizedModel.Criterion::met);
    }
    vllm.knowsForm = false;
    try (RemoteEngine engine = start.test(start.connect(config), config)) {
      assertThat(engine.facts().criteria()).hasSize(2).allMatch(OptimizedModel.Criterion::met);
      assertThat(engine.facts().notes().getLast()).contains("prescribed form");
    }
  }

  private static ModelConfig withForm(ModelConfig config, Path form) {
    return new ModelConfig(
        config.source(),
        config.name(),
        config.repoId(),
        config.revision(),
        config.endpoint(),
        config.mirrors(),
        config.modelPath(),
        config.cachePath(),
        config.hardware(),
        config.footprint(),
        config.loading(),
        config.quantization(),
        config.download(),
        new ModelConfig.Prompt("", "Read.", Optional.of(form)),
        config.inference(),
        config.server());
  }

  @Test
  void theCheckOfTheServerTellsEachStep() throws Exception {
    List<ServerCheck.Finding> good = check(vllm.described());
    vllm.fail(VllmServer.refusal(403, ""));
    List<ServerCheck.Finding> silent = check(vllm.described());
    vllm.key = "wanted";
    List<ServerCheck.Finding> closed = check(vllm.described());

    assertThat(good)
        .extracting(ServerCheck.Finding::state)
        .containsExactly(ServerCheck.State.GOOD, ServerCheck.State.GOOD);
    assertThat(good.getFirst().found()).contains(VllmServer.MODEL);
    assertThat(silent)
        .extracting(ServerCheck.Finding::state)
        .containsExactly(ServerCheck.State.GOOD, ServerCheck.State.FAILED);
    assertThat(closed)
        .extracting(ServerCheck.Finding::state)
        .containsExactly(ServerCheck.State.FAILED, ServerCheck.State.SKIPPED);
    assertThat(closed.getFirst().found()).contains("wants a key");
  }

  @Test
  void speaksGermanWithTheUser() throws Exception {
    assertThat(InGerman.of(() -> check(vllm.described())).getFirst().found())
        .startsWith("Erreicht; das Modell");
  }

  private List<ServerCheck.Finding> check(RemoteServer server) throws Exception {
    return ServerCheck.run(
        config(server), HubSettings.DEFAULT, ProgressListener.NONE, new Cancellation());
  }
}
