package org.invoicelens.ui.hardware;

import static org.invoicelens.ui.text.Messages.text;

import java.util.Locale;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.TitledPane;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hardware.HardwareStatus.Check;
import org.invoicelens.hardware.MemoryEstimate;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.component.Rows;
import org.invoicelens.ui.component.Shown;
import org.invoicelens.ui.server.ServerCard;
import org.invoicelens.ui.text.Amounts;

/** The checks as rows and the memory as bars. */
public final class HardwareView extends VBox {

  private final HardwareViewModel model;
  private final Node graphics;
  private final VBox results = new VBox();

  /**
   * @param graphics the card of the library for graphics cards
   */
  public HardwareView(HardwareViewModel model, Node graphics) {
    this.model = model;
    this.graphics = graphics;
    getStyleClass().add("step-content");
    results.getStyleClass().add("cards");
    ProgressBar bar = new ProgressBar(ProgressBar.INDETERMINATE_PROGRESS);
    bar.setMaxWidth(Double.MAX_VALUE);
    bar.setAccessibleText(text("hardware.sentence"));
    getChildren()
        .addAll(
            new Card(bar, Labels.wrapped(model.message(), "muted")).shownWhile(model.busy()),
            new ServerCard(model.server()),
            results);
    model.status().subscribe(this::show);
  }

  private void show(HardwareStatus status) {
    results.getChildren().clear();
    if (status == null) {
      return;
    }
    Card checks = new Card();
    checks.getStyleClass().add("rows");
    status.checks().forEach(check -> checks.getChildren().add(row(check)));
    Rows.markFirst(checks);
    results.getChildren().addAll(graphics, checks);
    ToggleGroup group = new ToggleGroup();
    Optional<MemoryPicture> card = MemoryPicture.ofCard(status);
    Optional<MemoryPicture> main = MemoryPicture.ofMainMemory(status);
    card.ifPresent(picture -> results.getChildren().add(shown(picture, status, group)));
    main.ifPresent(picture ->
        results
            .getChildren()
            .add(
                // Who has a card for it rarely wants the processor to do the work.
                card.isPresent()
                        && status.recommendedEstimate().filter(MemoryEstimate::onGpu).isPresent()
                    ? folded(picture, status, group)
                    : shown(picture, status, group)));
  }

  private Node shown(MemoryPicture picture, HardwareStatus status, ToggleGroup group) {
    Card card = new Card(title(picture), memory(picture, status, group));
    card.setId(picture.onGpu() ? "gpu-memory" : "main-memory");
    Label remark = Labels.wrapped(model.choiceRemark(), "small", "choice-remark");
    Shown.when(model.choiceRemark().isNotEmpty(), remark);
    card.getChildren().add(remark);
    return card;
  }

  private Node folded(MemoryPicture picture, HardwareStatus status, ToggleGroup group) {
    TitledPane pane = new TitledPane(title(picture), memory(picture, status, group));
    pane.setExpanded(false);
    pane.setAnimated(false);
    pane.getStyleClass().add("dense");
    Card card = new Card(pane);
    card.setId("main-memory");
    card.getStyleClass().add("folded");
    return card;
  }

  private Node memory(MemoryPicture picture, HardwareStatus status, ToggleGroup group) {
    return new MemoryCard(picture, status.recommendedEstimate(), model.choice(), group);
  }

  private static String title(MemoryPicture picture) {
    return text(
        picture.onGpu() ? "memory.title.gpu" : "memory.title.main",
        Amounts.memory(picture.total()),
        Amounts.memory(picture.available()),
        picture.cards());
  }

  private static Node row(Check check) {
    VBox words = new VBox(Labels.wrapped(check.found()));
    words.getStyleClass().add("row-words");
    if (!check.meaning().isEmpty()) {
      words.getChildren().add(Labels.wrapped(check.meaning(), "muted", "small"));
    }
    if (!check.remedy().isEmpty()) {
      words.getChildren().add(Labels.wrapped(check.remedy(), "remedy", "small"));
    }
    HBox.setHgrow(words, Priority.ALWAYS);
    HBox row =
        new HBox(
            new MarkIcon(mark(check.state())),
            Labels.plain(check.subject().title(), "row-subject"),
            words,
            Labels.plain(check.source(), "muted", "small", "row-source"));
    row.getStyleClass().add("row");
    row.setId("check-" + check.subject().name().toLowerCase(Locale.ROOT));
    return row;
  }

  private static Mark mark(Check.State state) {
    return switch (state) {
      case GOOD -> Mark.GOOD;
      case REMARK -> Mark.REMARK;
      case FAILED -> Mark.FAILED;
    };
  }
}
