package org.invoicelens.ui.start;

import static org.invoicelens.ui.text.Messages.text;

import javafx.beans.binding.Bindings;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import org.invoicelens.engine.OptimizedModel.Criterion;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Clock;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.component.Rows;
import org.invoicelens.ui.component.ShareBar;
import org.invoicelens.ui.component.Shown;

/** The phases of the start, the conditions of success, and what was chosen. */
public final class StartView extends VBox {

  private static final Duration TICK = Duration.seconds(1);

  public StartView(StartViewModel model) {
    Clock.runs(TICK, model.busy(), model::tick);
    getStyleClass().add("step-content");
    Card phases = new Card();
    phases.getStyleClass().add("rows");
    Rows.bind(phases, model.phases(), StartView::row);

    VBox criteria = new VBox();
    criteria.getStyleClass().add("rows");
    Rows.bind(criteria, model.criteria(), StartView::row);
    Card conditions = new Card(text("start.criteria"), criteria);
    conditions.setId("criteria");

    VBox notes = new VBox();
    notes.getStyleClass().add("notes");
    Rows.bind(notes, model.notes(), note -> Labels.wrapped(text("start.note", note)));
    getChildren()
        .addAll(
            phases,
            conditions.shownWhile(Bindings.isNotEmpty(model.criteria())),
            new Card(text("start.notes"), notes).shownWhile(Bindings.isNotEmpty(model.notes())));
  }

  private static Node row(Phase phase) {
    ShareBar bar = new ShareBar(phase.title(), phase.fraction());
    Shown.when(phase.mark().map(mark -> mark == Mark.WORKING), bar);
    Label message = Labels.wrapped(phase.words(), "muted", "small");
    Shown.when(phase.words().isNotEmpty(), message);
    VBox words = new VBox(Labels.plain(phase.title(), "row-title"), message, bar);
    words.getStyleClass().add("phase-words");
    HBox.setHgrow(words, Priority.ALWAYS);
    Label time = Labels.plain("", "muted", "small", "phase-time");
    time.textProperty().bind(phase.time());
    time.setMinWidth(USE_PREF_SIZE);
    HBox row = new HBox(new MarkIcon(phase.mark()), words, time);
    row.getStyleClass().add("row");
    return row;
  }

  private static Node row(Criterion criterion) {
    HBox row =
        new HBox(
            new MarkIcon(criterion.met() ? Mark.GOOD : Mark.FAILED),
            Labels.wrapped(criterion.name(), "criterion-name"),
            Labels.wrapped(criterion.found(), "muted"));
    HBox.setHgrow(row.getChildren().getLast(), Priority.ALWAYS);
    row.getStyleClass().add("row");
    return row;
  }
}
