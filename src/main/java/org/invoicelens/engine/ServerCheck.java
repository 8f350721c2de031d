package org.invoicelens.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.StageException;
import org.invoicelens.stage.Words;

/** A real check of a server, as the last two stages do it, with what each step found. */
public final class ServerCheck {

  private static final Words WORDS = Words.of(ServerCheck.class);

  /** What a step looks at, in the order of the steps. */
  public enum Subject {
    /** Whether the server is reached, takes the key and has the model. */
    SERVER,
    /** Whether it answers a question about a page. */
    ANSWER;

    /** What it looks at, for the user. */
    public String title() {
      return WORDS.text("subject." + name());
    }
  }

  /** How a step ended. */
  public enum State {
    GOOD,
    FAILED,
    SKIPPED
  }

  /**
   * What a step found.
   *
   * @param found one sentence for the user
   * @param problem what it means and what to do, where it failed
   */
  public record Finding(Subject subject, State state, String found, Optional<Problem> problem) {}

  private ServerCheck() {}

  /**
   * Takes all steps.
   *
   * @param config with a server
   * @throws CancelledException where the user stopped it
   */
  public static List<Finding> run(
      ModelConfig config,
      HubSettings settings,
      ProgressListener listener,
      Cancellation cancellation)
      throws CancelledException {
    RemoteStart start = new RemoteStart(settings, listener, cancellation);
    List<Finding> findings = new ArrayList<>();
    try {
      RemoteEngine engine = start.connect(config);
      findings.add(good(Subject.SERVER, engine.facts()));
      try (RemoteEngine tested = start.test(engine, config)) {
        findings.add(good(Subject.ANSWER, tested.facts()));
      }
    } catch (InitializationException e) {
      findings.add(failed(Subject.SERVER, e));
      findings.add(
          new Finding(
              Subject.ANSWER, State.SKIPPED, WORDS.text("check.skipped"), Optional.empty()));
    } catch (OptimizationException e) {
      findings.add(failed(Subject.ANSWER, e));
    }
    return findings;
  }

  /** The last condition is what the step looked at, and the notes of that step follow. */
  private static Finding good(Subject subject, RemoteModel found) {
    String text =
        subject == Subject.SERVER
            ? WORDS.text("check.server", found.variant(), found.notes().getFirst())
            : WORDS.text(
                "check.answer",
                found.inferenceTime().toMillis() / 1000.0,
                String.join(" ", found.notes().subList(1, found.notes().size())));
    return new Finding(subject, State.GOOD, text.strip(), Optional.empty());
  }

  private static Finding failed(Subject subject, StageException e) {
    return new Finding(subject, State.FAILED, e.problem().what(), Optional.of(e.problem()));
  }
}
