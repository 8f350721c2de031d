package org.invoicelens.ui.models;

import java.util.List;
import java.util.Optional;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.invoicelens.setup.InstalledModel;
import org.invoicelens.setup.InstalledModel.State;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.failure.Failure;
import org.invoicelens.ui.task.WorkRunner.RunningWork;

/**
 * One model of the list: what is here of it, and what happens to it now. For the UI thread only.
 */
public final class ModelItem {

  /**
   * How the last thing that was done ended.
   *
   * @param mark whether it ended well
   * @param words the same for the user
   */
  public record Notice(Mark mark, String words) {}

  private final ReadOnlyObjectWrapper<InstalledModel> model = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyBooleanWrapper inUse = new ReadOnlyBooleanWrapper();
  private final ReadOnlyBooleanWrapper busy = new ReadOnlyBooleanWrapper();
  private final ReadOnlyBooleanWrapper updateOffered = new ReadOnlyBooleanWrapper();
  private final ReadOnlyDoubleWrapper fraction = new ReadOnlyDoubleWrapper(-1);
  private final ReadOnlyStringWrapper doing = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper amount = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper pace = new ReadOnlyStringWrapper("");
  private final ReadOnlyObjectWrapper<Notice> notice = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyObjectWrapper<Failure> failure = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyStringWrapper retryText = new ReadOnlyStringWrapper("");
  private Runnable retry = () -> {};
  private RunningWork running;

  ModelItem(InstalledModel model) {
    this.model.set(model);
  }

  /** What is here of it. */
  public ReadOnlyObjectProperty<InstalledModel> model() {
    return model.getReadOnlyProperty();
  }

  /** Whether it is in memory. */
  public ReadOnlyBooleanProperty inUse() {
    return inUse.getReadOnlyProperty();
  }

  /** Whether something is done with it. */
  public ReadOnlyBooleanProperty busy() {
    return busy.getReadOnlyProperty();
  }

  /** Whether the Hub has a newer version. */
  public ReadOnlyBooleanProperty updateOffered() {
    return updateOffered.getReadOnlyProperty();
  }

  /** The share done, 0 to 1; below 0 where it is not known. */
  public ReadOnlyDoubleProperty fraction() {
    return fraction.getReadOnlyProperty();
  }

  /** What is done with it now. */
  public ReadOnlyStringProperty doing() {
    return doing.getReadOnlyProperty();
  }

  /** How much of that is done; empty where it is not known. */
  public ReadOnlyStringProperty amount() {
    return amount.getReadOnlyProperty();
  }

  /** How fast that goes and how long it still takes; empty where it is not known. */
  public ReadOnlyStringProperty pace() {
    return pace.getReadOnlyProperty();
  }

  /** How the last thing ended; null where there is nothing to say. */
  public ReadOnlyObjectProperty<Notice> notice() {
    return notice.getReadOnlyProperty();
  }

  /** Why the last thing failed; null where it did not. */
  public ReadOnlyObjectProperty<Failure> failure() {
    return failure.getReadOnlyProperty();
  }

  /** What helps after the failure. */
  public ReadOnlyStringProperty retryText() {
    return retryText.getReadOnlyProperty();
  }

  /** Does what {@link #retryText()} says. */
  public void retry() {
    retry.run();
  }

  /** Stops what is done with it; nothing happens where that cannot be stopped. */
  public void stop() {
    if (running != null) {
      running.stop();
    }
  }

  /** Whether it can be used, or set up. */
  boolean isUsable() {
    return model.get().config().isPresent() && model.get().state() != State.FOLDER_MISSING;
  }

  /** Whether its files can be verified. */
  boolean isVerifiable() {
    return switch (model.get().state()) {
      case READY, UNVERIFIED, CHANGED -> !model.get().commit().isEmpty();
      case PARTLY, ON_SERVER, NOT_INSTALLED, FOLDER_MISSING, CONFIGURATION_BROKEN -> false;
    };
  }

  /** Whether there may be a newer version of it somewhere. */
  boolean isUpdatable() {
    return isVerifiable() && model.get().config().filter(c -> !c.isBundled()).isPresent();
  }

  /** Whether the version before the last update is kept. */
  boolean canGoBack() {
    return model.get().history().previous().isPresent();
  }

  /** Whether something of it can be removed. */
  boolean isRemovable() {
    return model.get().sizes().total() > 0;
  }

  /** Whether it lies in a folder that the user may choose, and can be moved to another. */
  boolean isMovable() {
    return isPlaceable()
        && switch (model.get().state()) {
          case READY, UNVERIFIED, CHANGED, PARTLY -> true;
          case ON_SERVER, NOT_INSTALLED, FOLDER_MISSING, CONFIGURATION_BROKEN -> false;
        };
  }

  /** Whether its files may lie in a folder of which nothing is known here yet. */
  boolean isFindable() {
    return isPlaceable()
        && (model.get().state() == State.FOLDER_MISSING
            || model.get().state() == State.NOT_INSTALLED);
  }

  private boolean isPlaceable() {
    return model.get().config().filter(config -> !config.isBundled()).isPresent();
  }

  /** What tells it from all others. */
  Object key() {
    return key(model.get());
  }

  static Object key(InstalledModel model) {
    // A model with a configuration is the same wherever its folder is moved to.
    return model
        .config()
        .map(config -> List.<Object>of(model.name(), config.source()))
        .orElseGet(() -> List.of(model.name(), model.folder()));
  }

  void show(InstalledModel now) {
    model.set(now);
  }

  void showInUse(boolean value) {
    inUse.set(value);
  }

  void offerUpdate(boolean value) {
    updateOffered.set(value);
  }

  void begin(String words) {
    busy.set(true);
    doing.set(words);
    amount.set("");
    pace.set("");
    fraction.set(-1);
    notice.set(null);
    failure.set(null);
  }

  void running(RunningWork work) {
    // A work may have ended before its handle is here.
    running = busy.get() ? work : null;
  }

  void progress(double share, String howMuch, String howFast) {
    fraction.set(share);
    amount.set(howMuch);
    pace.set(howFast);
  }

  void end(Optional<Notice> how) {
    running = null;
    busy.set(false);
    notice.set(how.orElse(null));
  }

  void fail(Failure why, String remedy, Runnable again) {
    retryText.set(remedy);
    retry = again;
    failure.set(why);
  }
}
