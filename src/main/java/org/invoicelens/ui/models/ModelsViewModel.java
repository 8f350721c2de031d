package org.invoicelens.ui.models;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.TransferRate;
import org.invoicelens.setup.InstalledModel;
import org.invoicelens.setup.InstalledModel.Sizes;
import org.invoicelens.setup.ModelPlace;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.StageException;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.desktop.Question;
import org.invoicelens.ui.failure.Failure;
import org.invoicelens.ui.models.ModelItem.Notice;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.place.Navigation;
import org.invoicelens.ui.place.Place;
import org.invoicelens.ui.shell.WizardViewModel;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.task.Work;
import org.invoicelens.ui.task.WorkObserver;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.text.Amounts;
import org.invoicelens.verify.VerificationException;
import org.invoicelens.verify.VerificationStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The models on this computer and what is done with them. For the UI thread only. */
public final class ModelsViewModel {

  private static final Logger log = LoggerFactory.getLogger(ModelsViewModel.class);

  /** How many digits of a commit are shown. */
  private static final int SHORT = 7;

  /** How many wrong files, or files of others, are named. */
  private static final int MOST_NAMED = 5;

  private final Stages stages;
  private final SetupSession session;
  private final WorkRunner runner;
  private final Desktop desktop;
  private final WizardViewModel wizard;
  private final LongSupplier nanoTime;
  private final ObservableList<ModelItem> models = FXCollections.observableArrayList();
  private final ReadOnlyBooleanWrapper looking = new ReadOnlyBooleanWrapper();
  private final ReadOnlyBooleanWrapper known = new ReadOnlyBooleanWrapper();
  private final ReadOnlyObjectWrapper<Failure> failure = new ReadOnlyObjectWrapper<>();
  private boolean lookAgain;

  /**
   * Looks whenever the user comes to the models.
   *
   * @param nanoTime a clock that only goes forward, in nanoseconds
   */
  public ModelsViewModel(
      Stages stages,
      SetupSession session,
      WorkRunner runner,
      Desktop desktop,
      WizardViewModel wizard,
      Navigation navigation,
      LongSupplier nanoTime) {
    this.stages = stages;
    this.session = session;
    this.runner = runner;
    this.desktop = desktop;
    this.wizard = wizard;
    this.nanoTime = nanoTime;
    navigation
        .current()
        .subscribe(place -> {
          if (place == Place.MODELS) {
            refresh();
          }
        });
    session.model().subscribe(model -> markInUse());
    wizard.holdBack(config ->
        models.stream()
            .filter(item -> item.busy().get())
            .flatMap(item -> item.model().get().config().stream())
            .anyMatch(busy -> busy.source().equals(config.source())));
    // The window closes when all work has ended, and verifying a large model takes minutes.
    wizard
        .closing()
        .subscribe(closing -> {
          if (closing) {
            models.forEach(ModelItem::stop);
          }
        });
  }

  /** The models, those that can be used first. */
  public ObservableList<ModelItem> models() {
    return models;
  }

  /** Whether it is being looked what is here. */
  public ReadOnlyBooleanProperty looking() {
    return looking.getReadOnlyProperty();
  }

  /** Whether it is known what is here. */
  public ReadOnlyBooleanProperty known() {
    return known.getReadOnlyProperty();
  }

  /** Why the models cannot be listed; null where they can. */
  public ReadOnlyObjectProperty<Failure> failure() {
    return failure.getReadOnlyProperty();
  }

  /** The first digits of a commit, which tell versions apart. */
  static String shortCommit(String commit) {
    return commit.length() > SHORT ? commit.substring(0, SHORT) : commit;
  }

  /** Looks what is here. */
  public void refresh() {
    if (looking.get()) {
      lookAgain = true;
      return;
    }
    looking.set(true);
    runner.start(
        (listener, cancellation) -> stages.installed(),
        new WorkObserver<>() {
          @Override
          public void succeeded(List<InstalledModel> found) {
            failure.set(null);
            show(found);
            known.set(true);
            looked();
          }

          @Override
          public void failed(Throwable thrown) {
            log.error("The models cannot be listed", thrown);
            failure.set(Failure.of(thrown));
            looked();
          }
        });
  }

  private void looked() {
    looking.set(false);
    if (lookAgain) {
      lookAgain = false;
      refresh();
    }
  }

  /** Keeps the items of models that are still there, since something may be under way with them. */
  private void show(List<InstalledModel> found) {
    Map<Object, ModelItem> before =
        models.stream().collect(Collectors.toMap(ModelItem::key, item -> item));
    Map<Object, ModelItem> now = new HashMap<>();
    for (InstalledModel model : found) {
      ModelItem item = before.get(ModelItem.key(model));
      if (item == null) {
        item = new ModelItem(model);
      } else {
        item.show(model);
      }
      now.put(item.key(), item);
    }
    List<ModelItem> inOrder = found.stream().map(m -> now.get(ModelItem.key(m))).toList();
    if (!models.equals(inOrder)) {
      models.setAll(inOrder);
    }
    markInUse();
  }

  private void markInUse() {
    ModelConfig config = session.config().get();
    boolean loaded = session.model().get() != null && config != null;
    for (ModelItem item : models) {
      item.showInUse(
          loaded && item.model().get().folder().filter(config.modelPath()::equals).isPresent());
    }
  }

  /** Opens the setup, for another model. */
  public void setUpAnother() {
    wizard.setUpAnother();
  }

  /** Goes on with a model where its setup had come to. */
  public void use(ModelItem item) {
    item.model().get().config().ifPresent(wizard::use);
  }

  /** Opens the folder of a model, or that of its configuration where there is no other. */
  public void openFolder(ModelItem item) {
    item.model().get().folder().ifPresent(desktop::show);
  }

  /** Proves every file of a model by its digest. */
  public void verify(ModelItem item) {
    InstalledModel model = item.model().get();
    run(
        item,
        text("models.verifying"),
        (listener, cancellation) -> stages.check(model, listener, cancellation),
        status -> verified(item, status),
        () -> verify(item));
  }

  private void verified(ModelItem item, VerificationStatus status) {
    item.end(good(text("models.verified", status.fileCount(), Amounts.bytes(status.totalSize()))));
  }

  /** Verifies a model and fetches again what is wrong. */
  public void repair(ModelItem item) {
    InstalledModel model = item.model().get();
    released(
        item,
        () ->
            run(
                item,
                text("models.repairing"),
                (listener, cancellation) -> stages.repair(model, listener, cancellation),
                status -> verified(item, status),
                () -> repair(item)));
  }

  /** Asks the Hub whether there is a newer version of a model. */
  public void lookForUpdate(ModelItem item) {
    InstalledModel model = item.model().get();
    item.offerUpdate(false);
    run(
        item,
        text("models.asking"),
        (listener, cancellation) -> stages.newestCommit(model.config().orElseThrow(), cancellation),
        newest -> answered(item, newest),
        () -> lookForUpdate(item));
  }

  private static void answered(ModelItem item, Optional<String> newest) {
    String here = item.model().get().commit();
    if (newest.isEmpty()) {
      item.end(Optional.of(new Notice(Mark.REMARK, text("models.versionUnknown"))));
    } else if (newest.get().equals(here)) {
      item.end(good(text("models.upToDate", shortCommit(here))));
    } else {
      item.end(
          Optional.of(
              new Notice(
                  Mark.REMARK,
                  text("models.newer", shortCommit(newest.get()), shortCommit(here)))));
      item.offerUpdate(true);
    }
  }

  /** Fetches the files that the newer version has changed, and verifies all. */
  public void update(ModelItem item) {
    ModelConfig config = item.model().get().config().orElseThrow();
    released(
        item,
        () ->
            run(
                item,
                text("models.updating"),
                (listener, cancellation) ->
                    stages.verify(
                        config,
                        stages.download(config, null, Optional.empty(), listener, cancellation),
                        listener,
                        cancellation),
                status -> {
                  item.offerUpdate(false);
                  verified(item, status);
                },
                () -> update(item)));
  }

  /** Goes back to the version before the last update, without the network, and verifies it. */
  public void back(ModelItem item) {
    InstalledModel model = item.model().get();
    released(
        item,
        () ->
            run(
                item,
                text("models.goingBack"),
                (listener, cancellation) -> stages.back(model, listener, cancellation),
                status -> {
                  item.offerUpdate(false);
                  verified(item, status);
                },
                () -> verify(item)));
  }

  /** Removes what a model can do without, if the user agrees. */
  public void freeSpace(ModelItem item) {
    InstalledModel model = item.model().get();
    Sizes sizes = model.sizes();
    if (desktop.ask(
            new Question(
                text("models.free.question", Amounts.bytes(sizes.spare())),
                text(
                    "models.free.text",
                    model.name(),
                    Amounts.bytes(sizes.partial() + sizes.reserved()),
                    Amounts.bytes(sizes.replaced()),
                    Amounts.bytes(sizes.cached())),
                List.of(text("models.free.yes"), text("models.keep"))))
        != 0) {
      return;
    }
    run(
        item,
        text("models.freeing"),
        (listener, cancellation) -> stages.freeSpace(model),
        freed -> item.end(good(text("models.freed", Amounts.bytes(freed)))),
        () -> freeSpace(item));
  }

  /** Removes a model, if the user agrees. One that is in memory is closed first. */
  public void remove(ModelItem item) {
    InstalledModel model = item.model().get();
    if (desktop.ask(
            new Question(
                text("models.remove.question", model.name()),
                text(
                    item.inUse().get() ? "models.remove.text.inUse" : "models.remove.text",
                    Amounts.bytes(model.sizes().total()),
                    model.folder().map(Object::toString).orElse("")),
                List.of(text("models.remove.yes"), text("models.keep"))))
        != 0) {
      return;
    }
    released(
        item,
        () ->
            run(
                item,
                text("models.removing"),
                (listener, cancellation) -> stages.remove(model),
                outcome -> {
                  item.offerUpdate(false);
                  String freed = Amounts.bytes(outcome.freed());
                  item.end(
                      outcome.foreign().isEmpty()
                          ? good(text("models.removed", freed))
                          : remark(
                              text(
                                  "models.removed.foreign",
                                  freed,
                                  outcome.foreign().size(),
                                  named(outcome.foreign()))));
                },
                () -> remove(item)));
  }

  /** Lets the user choose another folder for a model, and moves it there if the user agrees. */
  public void move(ModelItem item) {
    lookElsewhere(
        item,
        "models.move.choose",
        stages::placeToMoveTo,
        there -> {
          item.end(Optional.empty());
          askToMove(item, there);
        },
        () -> move(item));
  }

  /** What is found out about a folder that the user chose for a model. */
  @FunctionalInterface
  private interface Look<V> {
    V at(ModelConfig config, Path chosen) throws StageException;
  }

  private <V> void lookElsewhere(
      ModelItem item, String title, Look<V> look, Consumer<V> whenDone, Runnable again) {
    ModelConfig config = item.model().get().config().orElseThrow();
    desktop
        .chooseFolder(text(title, config.name()), config.modelPath().getParent())
        .ifPresent(chosen ->
            run(
                item,
                new Said(
                    text("models.looking.there"),
                    text("models.stopped"),
                    text("models.folder.another")),
                (listener, cancellation) -> look.at(config, chosen),
                whenDone,
                again));
  }

  private void askToMove(ModelItem item, ModelPlace there) {
    if (desktop.ask(
            new Question(
                text("models.move.question", item.model().get().name()),
                text(
                    item.inUse().get() ? "models.move.text.inUse" : "models.move.text",
                    Amounts.bytes(there.needed()),
                    item.model().get().folder().orElseThrow(),
                    there.folder()),
                List.of(text("models.move.yes"), text("models.move.no"))))
        == 0) {
      moveTo(item, there.folder());
    }
  }

  private void moveTo(ModelItem item, Path folder) {
    ModelConfig config = item.model().get().config().orElseThrow();
    released(
        item,
        () ->
            run(
                item,
                new Said(
                    text("models.moving", folder),
                    text("models.move.stopped", config.modelPath()),
                    text("models.again")),
                (listener, cancellation) -> stages.move(config, folder, listener, cancellation),
                clean -> {
                  wizard.moved(config.source(), folder);
                  item.end(
                      clean
                          ? good(text("models.moved", folder))
                          : remark(text("models.moved.rest", folder, config.modelPath())));
                },
                () -> moveTo(item, folder)));
  }

  /** Lets the user choose the folder in which a model's files lie already. */
  public void find(ModelItem item) {
    ModelConfig config = item.model().get().config().orElseThrow();
    lookElsewhere(
        item,
        "models.find.choose",
        stages::find,
        folder -> {
          wizard.moved(config.source(), folder);
          item.end(good(text("models.found", folder)));
        },
        () -> find(item));
  }

  /** Goes on when no part of the window holds the model's files. */
  private void released(ModelItem item, Runnable then) {
    ModelConfig config = session.config().get();
    boolean chosen =
        config != null
            && item.model().get().folder().filter(config.modelPath()::equals).isPresent();
    if (chosen && wizard.isBusy()) {
      desktop.tell(text("models.busy"));
    } else if (chosen) {
      item.begin(text("models.closing"));
      wizard.release(then);
    } else {
      then.run();
    }
  }

  private <V> void run(
      ModelItem item, String words, Work<V> work, Consumer<V> whenDone, Runnable again) {
    run(item, new Said(words, text("models.stopped"), text("models.again")), work, whenDone, again);
  }

  /**
   * What the user reads about a work.
   *
   * @param doing while it runs
   * @param stopped when the user stopped it
   * @param again on the button that does it again after a failure
   */
  private record Said(String doing, String stopped, String again) {}

  private <V> void run(
      ModelItem item, Said said, Work<V> work, Consumer<V> whenDone, Runnable again) {
    TransferRate rate = new TransferRate(nanoTime);
    item.begin(said.doing());
    item.running(
        runner.start(
            work,
            new WorkObserver<V>() {
              @Override
              public void progressed(List<Progress> latest) {
                latest.stream()
                    .filter(Progress::isWhole)
                    .forEach(progress ->
                        item.progress(progress.fraction(), amount(progress), pace(progress, rate)));
              }

              @Override
              public void succeeded(V result) {
                whenDone.accept(result);
                refresh();
              }

              @Override
              public void failed(Throwable thrown) {
                log.warn("{}: {}", item.model().get().name(), said.doing(), thrown);
                item.end(wrongFiles(thrown));
                boolean repairable =
                    thrown instanceof VerificationException
                        && item.model().get().config().isPresent();
                item.fail(
                    Failure.of(thrown),
                    repairable ? text("models.repair") : said.again(),
                    repairable ? () -> repair(item) : again);
                refresh();
              }

              @Override
              public void cancelled() {
                item.end(Optional.of(new Notice(Mark.PAUSED, said.stopped())));
                refresh();
              }
            }));
  }

  private static Optional<Notice> wrongFiles(Throwable thrown) {
    if (thrown instanceof VerificationException wrong && !wrong.status().findings().isEmpty()) {
      return Optional.of(
          new Notice(
              Mark.FAILED,
              text(
                  "models.wrong",
                  named(
                      wrong.status().findings().stream()
                          .map(VerificationStatus.Finding::file)
                          .distinct()
                          .toList()))));
    }
    return Optional.empty();
  }

  private static String named(List<?> files) {
    String names =
        files.stream().limit(MOST_NAMED).map(Object::toString).collect(Collectors.joining(", "));
    return files.size() > MOST_NAMED
        ? text("models.andMore", names, files.size() - MOST_NAMED)
        : names;
  }

  private static String amount(Progress progress) {
    return progress.unit() == Progress.Unit.BYTES && progress.total() > 0
        ? Amounts.bytesOf(progress.done(), progress.total())
        : "";
  }

  private static String pace(Progress progress, TransferRate rate) {
    if (progress.unit() != Progress.Unit.BYTES || progress.total() <= 0) {
      return "";
    }
    rate.record(progress.done());
    return rate.timeLeft(progress.total() - progress.done())
        .filter(left -> progress.done() < progress.total())
        .map(left ->
            text(
                "download.pace",
                Amounts.bytes((long) rate.bytesPerSecond()),
                text("download.left", Amounts.about(left))))
        .orElse("");
  }

  private static Optional<Notice> remark(String words) {
    return Optional.of(new Notice(Mark.REMARK, words));
  }

  private static Optional<Notice> good(String words) {
    return Optional.of(new Notice(Mark.GOOD, words));
  }
}
