package org.invoicelens.ui.settings;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.invoicelens.settings.Looks;
import org.invoicelens.settings.Looks.Language;
import org.invoicelens.settings.NetworkChoice;
import org.invoicelens.settings.Settings;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.ui.task.WorkRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings as the window shows and changes them. A change counts at once and is written in the
 * background. For the UI thread only.
 */
public final class SettingsViewModel {

  private static final Logger log = LoggerFactory.getLogger(SettingsViewModel.class);

  private final SettingsStore store;
  private final WorkRunner runner;
  private final Language spoken;
  private final ReadOnlyObjectWrapper<Settings> settings;
  private final ReadOnlyBooleanWrapper languageChanged = new ReadOnlyBooleanWrapper();

  public SettingsViewModel(SettingsStore store, WorkRunner runner) {
    this.store = store;
    this.runner = runner;
    this.settings = new ReadOnlyObjectWrapper<>(store.current());
    this.spoken = store.current().looks().language();
  }

  /** What counts now. */
  public ReadOnlyObjectProperty<Settings> settings() {
    return settings.getReadOnlyProperty();
  }

  /** Whether another language was chosen, which the window speaks when it is opened again. */
  public ReadOnlyBooleanProperty languageChanged() {
    return languageChanged.getReadOnlyProperty();
  }

  /** Changes how the window looks and speaks. */
  public void changeLooks(UnaryOperator<Looks> change) {
    change(now -> now.withLooks(change.apply(now.looks())));
    languageChanged.set(settings.get().looks().language() != spoken);
  }

  /** Changes how the network is used. */
  public void changeNetwork(UnaryOperator<NetworkChoice> change) {
    change(now -> now.withNetwork(change.apply(now.network())));
  }

  /** Keeps where a model's files lie. */
  public void changeModelFolder(String model, Path folder) {
    change(now -> now.withModelFolder(model, Optional.of(folder)));
  }

  /** Changes anything else. */
  public void change(UnaryOperator<Settings> change) {
    store.change(change);
    settings.set(store.current());
    runner.start(
        (listener, cancellation) -> {
          store.save();
          return store;
        },
        saved -> {},
        thrown -> log.error("The settings could not be kept", thrown));
  }
}
