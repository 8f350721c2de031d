package org.invoicelens.ui.server;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.engine.ServerCheck;
import org.invoicelens.stage.Progress;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.failure.Failure;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.settings.SettingsViewModel;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.task.WorkObserver;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.task.WorkRunner.RunningWork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The choice of a server that reads in the place of this computer: entered, tested, and only then
 * used. It is kept in the settings, without its key. For the UI thread only.
 */
public final class ServerViewModel {

  private static final Logger log = LoggerFactory.getLogger(ServerViewModel.class);

  /** Where the key of the server is found. */
  public enum KeyPlace {
    NONE,
    FILE,
    VARIABLE
  }

  private final Stages stages;
  private final SetupSession session;
  private final WorkRunner runner;
  private final Desktop desktop;
  private final SettingsViewModel settings;
  private final StringProperty address = new SimpleStringProperty("");
  private final StringProperty model = new SimpleStringProperty("");
  private final ObjectProperty<KeyPlace> keyPlace = new SimpleObjectProperty<>(KeyPlace.NONE);
  private final StringProperty keyFile = new SimpleStringProperty("");
  private final StringProperty keyVariable = new SimpleStringProperty("");
  private final ReadOnlyBooleanWrapper offered = new ReadOnlyBooleanWrapper();
  private final ReadOnlyBooleanWrapper chosenHere = new ReadOnlyBooleanWrapper();
  private final ReadOnlyBooleanWrapper testing = new ReadOnlyBooleanWrapper();
  private final ReadOnlyStringWrapper fault = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper verdict = new ReadOnlyStringWrapper("");
  private final ReadOnlyObjectWrapper<RemoteServer> proved = new ReadOnlyObjectWrapper<>();
  private final ObservableList<CheckedStep> steps = FXCollections.observableArrayList();
  private Consumer<Optional<RemoteServer>> whenChosen = server -> {};
  private Runnable whenWanted = () -> {};
  private RunningWork running;

  public ServerViewModel(
      Stages stages,
      SetupSession session,
      WorkRunner runner,
      Desktop desktop,
      SettingsViewModel settings) {
    this.stages = stages;
    this.session = session;
    this.runner = runner;
    this.desktop = desktop;
    this.settings = settings;
    for (StringProperty field : List.of(address, model, keyFile, keyVariable)) {
      field.subscribe(text -> forget());
    }
    keyPlace.subscribe(place -> forget());
  }

  /** The server's address as the user enters it. */
  public StringProperty address() {
    return address;
  }

  /** The model's name as the server knows it. */
  public StringProperty model() {
    return model;
  }

  /** Where the key is found. */
  public ObjectProperty<KeyPlace> keyPlace() {
    return keyPlace;
  }

  /** The file that holds the key. */
  public StringProperty keyFile() {
    return keyFile;
  }

  /** The variable of the environment that holds the key. */
  public StringProperty keyVariable() {
    return keyVariable;
  }

  /** Whether a server is of use for the chosen model. */
  public ReadOnlyBooleanProperty offered() {
    return offered.getReadOnlyProperty();
  }

  /** Whether the server in use was chosen here, so that it can be taken back here. */
  public ReadOnlyBooleanProperty chosenHere() {
    return chosenHere.getReadOnlyProperty();
  }

  /** Whether the server is tested now. */
  public ReadOnlyBooleanProperty testing() {
    return testing.getReadOnlyProperty();
  }

  /** What is wrong with what was entered; empty where nothing is. */
  public ReadOnlyStringProperty fault() {
    return fault.getReadOnlyProperty();
  }

  /** How the test stands or ended, in a sentence; empty before. */
  public ReadOnlyStringProperty verdict() {
    return verdict.getReadOnlyProperty();
  }

  /** The server that passed the test as it is entered now; null where none did. */
  public ReadOnlyObjectProperty<RemoteServer> proved() {
    return proved.getReadOnlyProperty();
  }

  /** The lines of the test; empty before it. */
  ObservableList<CheckedStep> steps() {
    return steps;
  }

  /** Is told which server is to read; empty where this computer is. */
  public void whenChosen(Consumer<Optional<RemoteServer>> action) {
    whenChosen = action;
  }

  /** Is told where the user wants to see what is to be entered. */
  void whenWanted(Runnable action) {
    whenWanted = action;
  }

  /** Leads to what is to be entered. */
  public void showIt() {
    whenWanted.run();
  }

  /** Offers a server for the chosen model, or no longer. */
  public void offer(boolean useful) {
    ModelConfig config = session.config().get();
    chosenHere.set(
        config != null
            && config.isRemote()
            && settings.settings().get().servers().containsKey(config.name()));
    offered.set(useful);
    if (useful && config != null && address.get().isEmpty()) {
      config.server().ifPresentOrElse(this::show, () -> model.set(config.repoId()));
    }
  }

  private void show(RemoteServer server) {
    address.set(server.address().toString());
    model.set(server.model());
    keyFile.set(server.keyFile().map(Path::toString).orElse(""));
    keyVariable.set(server.keyVariable().orElse(""));
    keyPlace.set(
        server.keyFile().isPresent()
            ? KeyPlace.FILE
            : server.keyVariable().isPresent() ? KeyPlace.VARIABLE : KeyPlace.NONE);
  }

  /** Lets the user choose the file that holds the key. */
  public void chooseKeyFile() {
    desktop
        .chooseFile(text("server.keyFile.choose"), List.of("key", "txt", "token"))
        .ifPresent(file -> keyFile.set(file.toString()));
  }

  /** Tests the server as it is entered; does nothing while a test runs. */
  public void test() {
    if (testing.get()) {
      return;
    }
    forget();
    Optional<RemoteServer> entered = entered();
    if (entered.isEmpty()) {
      return;
    }
    RemoteServer server = entered.get();
    ModelConfig config = session.config().get().withServer(entered);
    testing.set(true);
    verdict.set(text("server.test.working"));
    running =
        runner.start(
            (listener, cancellation) -> stages.checkServer(config, listener, cancellation),
            new WorkObserver<List<ServerCheck.Finding>>() {
              @Override
              public void progressed(List<Progress> latest) {
                verdict.set(latest.getLast().message());
              }

              @Override
              public void succeeded(List<ServerCheck.Finding> findings) {
                end();
                tell(server, findings);
              }

              @Override
              public void failed(Throwable thrown) {
                log.error("The test of the server broke", thrown);
                end();
                verdict.set(Failure.of(thrown).problem().what());
              }

              @Override
              public void cancelled() {
                end();
                verdict.set(text("server.test.stopped"));
              }
            });
  }

  private void tell(RemoteServer server, List<ServerCheck.Finding> findings) {
    boolean good = findings.stream().allMatch(finding -> finding.state() == ServerCheck.State.GOOD);
    steps.setAll(findings.stream().map(CheckedStep::of).toList());
    verdict.set(text(good ? "server.test.good" : "server.test.failed"));
    // What was changed meanwhile was not tested.
    proved.set(good && entered().filter(server::equals).isPresent() ? server : null);
  }

  private void end() {
    running = null;
    testing.set(false);
  }

  /** Asks the test to stop. */
  public void stopTest() {
    if (running != null) {
      running.stop();
    }
  }

  /** What is entered, where it can be one; otherwise its fault is said. */
  private Optional<RemoteServer> entered() {
    try {
      return Optional.of(
          RemoteServer.entered(
              address.get().strip(),
              model.get(),
              Optional.of(keyVariable.get().strip())
                  .filter(v -> keyPlace.get() == KeyPlace.VARIABLE),
              keyPlace.get() == KeyPlace.FILE ? Optional.of(file()) : Optional.empty()));
    } catch (InvalidPathException e) {
      fault.set(text("server.keyFile.missing"));
    } catch (IllegalArgumentException e) {
      fault.set(e.getMessage());
    }
    return Optional.empty();
  }

  private Path file() {
    if (keyFile.get().isBlank()) {
      throw new IllegalArgumentException(text("server.keyFile.missing"));
    }
    return Path.of(keyFile.get().strip());
  }

  /** Lets the server that passed the test read from now on, and keeps that. */
  public void use() {
    RemoteServer server = proved.get();
    if (server != null) {
      choose(Optional.of(server));
    }
  }

  /** Lets this computer read again, and keeps that. */
  public void useThisComputer() {
    choose(Optional.empty());
  }

  private void choose(Optional<RemoteServer> server) {
    String name = session.config().get().name();
    settings.change(now -> now.withServer(name, server));
    // It is in use now; what is changed is tested again.
    proved.set(null);
    whenChosen.accept(server);
  }

  /** What was tested counts only as it was entered then. */
  private void forget() {
    proved.set(null);
    fault.set("");
    verdict.set("");
    steps.clear();
  }
}
