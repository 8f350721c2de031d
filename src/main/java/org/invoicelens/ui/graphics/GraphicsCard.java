package org.invoicelens.ui.graphics;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import javafx.beans.binding.Bindings;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.value.ObservableValue;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.component.ShareBar;
import org.invoicelens.ui.component.Shown;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.failure.FailurePane;
import org.invoicelens.ui.graphics.GraphicsViewModel.Phase;
import org.invoicelens.ui.instance.Leaving;

/**
 * The library for graphics cards as a card of a page; takes no room where there is nothing to say.
 */
public final class GraphicsCard extends VBox {

  private final GraphicsViewModel model;

  /** Whether a model is set up here, so that one can go on without the library. */
  private final boolean deciding;

  /** What the ids begin with: such a card can be on two pages. */
  private final String id;

  /**
   * @param deciding whether a model is set up on this page; otherwise the page shows what is here
   * @param leaving leads to the next start, from which on the library counts
   * @param log where the log lies
   */
  public GraphicsCard(
      GraphicsViewModel model, boolean deciding, Leaving leaving, Desktop desktop, Path log) {
    this.model = model;
    this.deciding = deciding;
    this.id = deciding ? "graphics" : "models-graphics";
    getStyleClass().add("cards");
    FailurePane failure =
        new FailurePane(
            model.failure(),
            new SimpleStringProperty(text("failure.retry")),
            model::retry,
            desktop,
            log);
    failure.setId(id + "-failure");
    Card card =
        new Card(head(), Shown.whileSaid(model.sum(), Labels.wrapped(model.sum(), "muted")));
    card.setId(id);
    Label folder = Labels.bound(model.folder(), "raw", "muted");
    folder.setId(id + "-folder");
    ShareBar bar = new ShareBar(text("graphics.title"), model.fraction(), "total");
    bar.setId(id + "-bar");
    Label figures = Labels.wrapped(model.figures(), "muted");
    figures.setId(id + "-figures");
    VBox work = new VBox(bar, figures, Labels.wrapped(model.message(), "muted", "small"));
    work.getStyleClass().add("graphics-work");
    card.getChildren()
        .addAll(
            Shown.whileSaid(model.folder(), folder),
            Shown.when(in(EnumSet.of(Phase.WORKING)), work),
            buttons(leaving));
    getChildren().addAll(failure, card);
    Shown.when(
        Bindings.createBooleanBinding(
            () -> model.phase().get() != Phase.NONE || model.failure().get() != null,
            model.phase(),
            model.failure()),
        this);
    Shown.when(model.phase().isNotEqualTo(Phase.NONE), card);
  }

  private HBox head() {
    MarkIcon ready = new MarkIcon(Mark.GOOD);
    MarkIcon remark = new MarkIcon(Mark.REMARK);
    Shown.when(in(EnumSet.of(Phase.READY)), ready);
    Shown.when(in(EnumSet.complementOf(EnumSet.of(Phase.READY))), remark);
    Label words = Labels.wrapped(model.words());
    words.setId(id + "-words");
    VBox text = new VBox(Labels.wrapped(text("graphics.title"), "card-title"), words);
    text.getStyleClass().add("row-words");
    HBox.setHgrow(text, Priority.ALWAYS);
    HBox head = new HBox(ready, remark, text);
    head.getStyleClass().add("graphics-head");
    return head;
  }

  private FlowPane buttons(Leaving leaving) {
    Set<Phase> offer = EnumSet.of(Phase.OFFERED, Phase.PAUSED);
    Button download = button("download", "", model::download, in(offer));
    download.textProperty().bind(model.downloadText());
    download.getStyleClass().add("accent");
    Button without = button("decline", text("graphics.decline"), model::decline, without(offer));
    FlowPane buttons =
        new FlowPane(
            download,
            button("choose", text("graphics.have"), model::chooseFolder, in(offer)),
            without,
            button("pause", text("graphics.pause"), model::pause, in(EnumSet.of(Phase.WORKING))),
            button(
                "reconsider",
                text("graphics.reconsider"),
                model::reconsider,
                in(EnumSet.of(Phase.DECLINED))),
            button("close", leaving.words(), leaving.leave(), in(EnumSet.of(Phase.RESTART))),
            button(
                "check",
                text("graphics.check"),
                model::check,
                here(EnumSet.of(Phase.READY, Phase.RESTART))),
            button("remove", text("graphics.remove"), model::remove, removing()));
    buttons.getStyleClass().add("buttons");
    return buttons;
  }

  private Button button(
      String name, String words, Runnable action, ObservableValue<Boolean> shown) {
    Button button = new Button(words);
    button.setId(id + "-" + name);
    button.setOnAction(e -> action.run());
    return Shown.when(shown, button);
  }

  private ObservableValue<Boolean> in(Set<Phase> phases) {
    return model.phase().map(phases::contains);
  }

  /** Where a model is set up, one can go on without the library. */
  private ObservableValue<Boolean> without(Set<Phase> phases) {
    return Bindings.createBooleanBinding(
        () -> deciding && model.processorAllowed().get() && phases.contains(model.phase().get()),
        model.phase(),
        model.processorAllowed());
  }

  private ObservableValue<Boolean> here(Set<Phase> phases) {
    return model.phase().map(phase -> !deciding && phases.contains(phase));
  }

  private ObservableValue<Boolean> removing() {
    return model.removable().map(removable -> !deciding && removable);
  }
}
