package org.invoicelens.engine;

import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.engine.OptimizedModel.Criterion;
import org.invoicelens.grammar.AnswerSchema;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.pixtral.GenerationOptions;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.remote.ChatServer;
import org.invoicelens.remote.RemoteException;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.StageException;
import org.invoicelens.stage.Words;

/**
 * The fifth and the sixth stage where a server answers: it is reached and has the model, and it
 * answers a question about a page.
 */
public final class RemoteStart {

  private static final Words WORDS = Words.of(RemoteStart.class);

  /** A page of the test, in pixels: small, since only whether it is seen counts. */
  private static final int WIDTH = 352;

  private static final int HEIGHT = 496;
  private static final int TEST_TOKENS = 32;

  private final HubSettings settings;
  private final ProgressListener listener;
  private final Cancellation cancellation;

  /**
   * @param settings the proxy and the certificates that count
   */
  public RemoteStart(HubSettings settings, ProgressListener listener, Cancellation cancellation) {
    this.settings = settings;
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /**
   * The fifth stage: reaches the server and makes sure that it has the model.
   *
   * @throws InitializationException where that is not so
   */
  public RemoteEngine connect(ModelConfig config)
      throws InitializationException, CancelledException {
    RemoteServer described = config.server().orElseThrow();
    progress(Stage.INITIALIZATION, 0, "remote.connecting", described.host());
    try {
      ChatServer server = ChatServer.open(described, settings);
      boolean has = false;
      try {
        server.requireModel(cancellation);
        has = true;
      } finally {
        if (!has) {
          server.close();
        }
      }
      List<String> notes = new ArrayList<>();
      notes.add(
          server
              .proxy()
              .map(proxy -> WORDS.text("remote.note.proxy", described.address(), proxy))
              .orElseGet(() -> WORDS.text("remote.note.direct", described.address())));
      Criterion serves =
          new Criterion(
              WORDS.text("criterion.serves"),
              true,
              WORDS.text("criterion.serves.found", described.model(), described.host()));
      progress(Stage.INITIALIZATION, 1, "remote.connected", described.host());
      return new RemoteEngine(
          server, described, new RemoteModel(described, Duration.ZERO, List.of(serves), notes));
    } catch (RemoteException e) {
      throw new InitializationException(
          InitializationException.Reason.SERVER_FAILED, e.problem(), RemoteEngine.detail(e), e);
    }
  }

  /**
   * The sixth stage: asks about a drawn page. Takes the engine over: it is closed when this fails.
   *
   * @throws OptimizationException where no answer comes
   */
  public RemoteEngine test(RemoteEngine engine, ModelConfig config)
      throws OptimizationException, CancelledException {
    boolean passed = false;
    try {
      engine.tested(found(engine, config));
      passed = true;
      return engine;
    } catch (RemoteException | InferenceException | ConfigException e) {
      throw failed(e);
    } finally {
      if (!passed) {
        engine.close();
      }
    }
  }

  private RemoteModel found(RemoteEngine engine, ModelConfig config)
      throws RemoteException,
          InferenceException,
          ConfigException,
          OptimizationException,
          CancelledException {
    RemoteModel before = engine.facts();
    progress(Stage.OPTIMIZATION, 0, "remote.asking", before.device());
    Optional<AnswerSchema> form = Optional.empty();
    if (config.prompt().schema().isPresent()) {
      form = Optional.of(AnswerSchema.read(config.prompt().schema().get()));
    }
    BufferedImage page = TestPage.draw(WIDTH, HEIGHT);
    Engine.Question question =
        new Engine.Question(
            config.prompt().system(),
            config.prompt().user(),
            List.of(page),
            new GenerationOptions(TEST_TOKENS, 0, 1, 0, false, form));
    long begin = System.nanoTime();
    Engine.Reply reply = engine.answer(question, TokenListener.NONE, cancellation);
    Duration time = Duration.ofNanos(System.nanoTime() - begin);
    GenerationResult result = reply.result();
    if (result.text().isBlank()) {
      throw new OptimizationException(
          OptimizationException.Reason.TEST_FAILED,
          WORDS.problem("remote.empty", before.device()),
          result.finishReason().name(),
          null);
    }
    List<Criterion> criteria = new ArrayList<>(before.criteria());
    criteria.add(
        new Criterion(
            WORDS.text("criterion.answers"),
            true,
            WORDS.text("criterion.answers.found", time.toMillis() / 1000.0)));
    if (form.isPresent() && reply.notes().isEmpty()) {
      // A server that keeps to no form reads all the same; its note says what that means.
      criteria.add(
          new Criterion(WORDS.text("criterion.form"), true, WORDS.text("criterion.form.found")));
    }
    List<String> notes = new ArrayList<>(before.notes());
    notes.addAll(reply.notes());
    progress(Stage.OPTIMIZATION, 1, "remote.ready", before.device());
    return new RemoteModel(before.server(), time, criteria, notes);
  }

  private static OptimizationException failed(StageException e) {
    return new OptimizationException(
        OptimizationException.Reason.TEST_FAILED,
        new Problem(
            WORDS.text("remote.testFailed", e.problem().what()),
            e.problem().meaning(),
            e.problem().remedy()),
        e instanceof RemoteException remote ? RemoteEngine.detail(remote) : e.detail(),
        e);
  }

  private void progress(Stage stage, int done, String key, String host) throws CancelledException {
    cancellation.throwIfCancelled();
    listener.onProgress(Progress.of(stage, done, 1, Progress.Unit.STEPS, WORDS.text(key, host)));
  }
}
