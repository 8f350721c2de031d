package org.invoicelens.ui.welcome;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.ui.pipeline.ModelChoice;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.step.StepState;
import org.invoicelens.ui.step.StepViewModel;
import org.invoicelens.ui.task.WorkRunner;

/** The choice of a model. */
public final class WelcomeViewModel extends StepViewModel {

  private final Stages stages;
  private final SetupSession session;
  private final ObservableList<ModelChoice> choices = FXCollections.observableArrayList();
  private final ObjectProperty<ModelChoice> chosen = new SimpleObjectProperty<>();

  public WelcomeViewModel(Stages stages, SetupSession session, WorkRunner runner) {
    super("welcome", runner);
    this.stages = stages;
    this.session = session;
    setNext(text("welcome.next"), false);
    chosen.subscribe(
        choice -> setNext(text("welcome.next"), choice != null && choice.config().isPresent()));
  }

  /** The models to choose from; those whose file is broken come last and cannot be chosen. */
  public ObservableList<ModelChoice> choices() {
    return choices;
  }

  public ObjectProperty<ModelChoice> chosen() {
    return chosen;
  }

  @Override
  public void enter() {
    if (choices.isEmpty()) {
      retry();
    }
  }

  @Override
  public void retry() {
    run((listener, cancellation) -> stages.choices(), this::offer);
  }

  private void offer(List<ModelChoice> found) {
    setState(StepState.WAITING);
    choices.setAll(found);
    ModelConfig known = session.config().get();
    chosen.set(
        found.stream()
            .filter(choice -> choice.config().isPresent())
            .filter(choice -> known == null || choice.file().equals(known.source()))
            .findFirst()
            .orElse(null));
  }

  @Override
  public void next() {
    ModelConfig config = chosen.get().config().orElseThrow();
    ModelConfig known = session.config().get();
    // The same file again keeps what was found out about it, such as the precision that fits.
    restore(known != null && known.source().equals(config.source()) ? known : config);
    finish();
  }

  /**
   * Takes note that the files of a model lie in another folder now.
   *
   * @param source the model's configuration
   */
  public void moved(Path source, Path folder) {
    ModelChoice before = chosen.get();
    choices.replaceAll(choice -> choice.file().equals(source) ? choice.in(folder) : choice);
    if (before != null && before.file().equals(source)) {
      chosen.set(before.in(folder));
    }
  }

  /**
   * Takes note that a server reads in the place of this computer, or no longer.
   *
   * @param source the model's configuration
   */
  public void served(Path source, Optional<RemoteServer> server) {
    ModelChoice before = chosen.get();
    choices.replaceAll(choice -> choice.file().equals(source) ? choice.answeredBy(server) : choice);
    if (before != null && before.file().equals(source)) {
      chosen.set(before.answeredBy(server));
    }
  }

  /** Takes a choice that was made before the window was last closed. */
  public void restore(ModelConfig config) {
    session.config().set(config);
    setFact(config.name());
    setState(StepState.DONE);
  }
}
