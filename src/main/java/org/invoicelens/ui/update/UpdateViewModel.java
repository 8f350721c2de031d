package org.invoicelens.ui.update;

import static org.invoicelens.ui.text.Messages.text;

import java.net.URI;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.value.ObservableValue;
import org.invoicelens.settings.Settings;
import org.invoicelens.settings.UpdateChoice;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.ProgramVersion;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.failure.Failure;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.settings.SettingsViewModel;
import org.invoicelens.ui.task.WorkObserver;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.task.WorkRunner.RunningWork;
import org.invoicelens.ui.text.Amounts;
import org.invoicelens.update.Release;
import org.invoicelens.update.UpdateCheck;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a newer version of the program exists, and how that is looked for. For the UI thread
 * only.
 */
public final class UpdateViewModel {

  private static final Logger log = LoggerFactory.getLogger(UpdateViewModel.class);

  private final Stages stages;
  private final WorkRunner runner;
  private final Desktop desktop;
  private final SettingsViewModel settings;
  private final ReadOnlyBooleanWrapper looking = new ReadOnlyBooleanWrapper();
  private final ReadOnlyObjectWrapper<Release> newer = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyStringWrapper verdict = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper advice = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper addressFault = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper keyFault = new ReadOnlyStringWrapper("");
  private RunningWork running;

  public UpdateViewModel(
      Stages stages, WorkRunner runner, Desktop desktop, SettingsViewModel settings) {
    this.stages = stages;
    this.runner = runner;
    this.desktop = desktop;
    this.settings = settings;
  }

  /** Whether the server is asked now. */
  public ReadOnlyBooleanProperty looking() {
    return looking.getReadOnlyProperty();
  }

  /** The newer version; null where none is known. */
  public ReadOnlyObjectProperty<Release> newer() {
    return newer.getReadOnlyProperty();
  }

  /** What was found, in a sentence; empty before. */
  public ReadOnlyStringProperty verdict() {
    return verdict.getReadOnlyProperty();
  }

  /** What that means and what to do; empty where there is nothing to add. */
  public ReadOnlyStringProperty advice() {
    return advice.getReadOnlyProperty();
  }

  /** Whether the program looks whenever its window opens. */
  public ObservableValue<Boolean> atStart() {
    return settings.settings().map(now -> now.updates().atStart());
  }

  /** Where it looks; empty where nowhere. */
  public ObservableValue<String> address() {
    return settings.settings().map(now -> now.updates().address().map(URI::toString).orElse(""));
  }

  /** The publisher's public key; empty where there is none. */
  public ObservableValue<String> key() {
    return settings.settings().map(now -> now.updates().key().orElse(""));
  }

  /** What is wrong with the address; empty where nothing is. */
  public ReadOnlyStringProperty addressFault() {
    return addressFault.getReadOnlyProperty();
  }

  /** What is wrong with the key; empty where nothing is. */
  public ReadOnlyStringProperty keyFault() {
    return keyFault.getReadOnlyProperty();
  }

  /** Chooses whether the program looks whenever its window opens. */
  public void lookAtStart(boolean wanted) {
    change(updates -> updates.withAtStart(wanted));
    if (wanted && now().address().isEmpty()) {
      addressFault.set(text("update.address.missing"));
    }
  }

  /** Takes the address of a release manifest; empty for none. A wrong one changes nothing. */
  public void enterAddress(String entered) {
    Optional<URI> address = UpdateCheck.address(entered);
    if (address.isEmpty() && !entered.isBlank()) {
      addressFault.set(text("update.address.wrong"));
      return;
    }
    addressFault.set(address.isEmpty() && now().atStart() ? text("update.address.missing") : "");
    if (!address.equals(now().address())) {
      change(updates -> updates.withAddress(address));
    }
  }

  /** Takes the publisher's public key; empty for none. A wrong one changes nothing. */
  public void enterKey(String entered) {
    String key = entered.replaceAll("\\s", "");
    if (!key.isEmpty() && !UpdateCheck.isKey(key)) {
      keyFault.set(text("update.key.wrong"));
      return;
    }
    keyFault.set("");
    Optional<String> changed = Optional.of(key).filter(word -> !word.isEmpty());
    if (!changed.equals(now().key())) {
      change(updates -> updates.withKey(changed));
    }
  }

  private void change(UnaryOperator<UpdateChoice> change) {
    settings.change(all -> all.withUpdates(change.apply(all.updates())));
  }

  private UpdateChoice now() {
    Settings all = settings.settings().get();
    return all.updates();
  }

  /**
   * Looks if the user wants that at every start. A failure is not worth a word then: it stands in
   * the log, and is told when the user looks.
   */
  public void begin() {
    if (now().atStart() && now().address().isPresent()) {
      look(false);
    }
  }

  /** Looks now; asks to stop where that is under way. */
  public void lookOrStop() {
    if (looking.get()) {
      running.stop();
    } else {
      look(true);
    }
  }

  private void look(boolean asked) {
    UpdateChoice choice = now();
    looking.set(true);
    verdict.set("");
    advice.set("");
    running =
        runner.start(
            (listener, cancellation) -> stages.newestRelease(choice),
            new WorkObserver<Release>() {
              @Override
              public void succeeded(Release release) {
                looking.set(false);
                found(release);
              }

              @Override
              public void failed(Throwable thrown) {
                looking.set(false);
                log.warn("Newer versions cannot be looked for", thrown);
                if (asked) {
                  Problem problem = Failure.of(thrown).problem();
                  verdict.set(problem.what());
                  advice.set((problem.meaning() + " " + problem.remedy()).strip());
                }
              }

              @Override
              public void cancelled() {
                looking.set(false);
              }
            });
  }

  private void found(Release release) {
    if (release.newer()) {
      verdict.set(
          release
              .date()
              .map(date -> text("update.newer.dated", release.version(), Amounts.date(date)))
              .orElseGet(() -> text("update.newer", release.version())));
      advice.set(text(release.packages().isEmpty() ? "update.advice.none" : "update.advice"));
    } else {
      verdict.set(text("update.newest", ProgramVersion.current().program()));
    }
    newer.set(release.newer() ? release : null);
  }

  /** Opens the page about the newer version. */
  public void openPage() {
    newer.get().page().ifPresent(desktop::browse);
  }

  /** Puts the address and the digest of a package on the clipboard. */
  public void copy(Release.Package file) {
    desktop.copy(file.address() + "\nSHA-256: " + file.sha256());
    desktop.tell(text("copied.details"));
  }
}
