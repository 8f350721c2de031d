package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import java.util.stream.Collectors;
import javafx.collections.ObservableList;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.stage.Problem;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.kordamp.ikonli.material2.Material2AL;

/** What was not taken of the last choice, and why; takes room only where there is something. */
final class RefusalNotice extends HBox {

  /** How many refusals are said one by one. */
  private static final int FEW = 3;

  private final ObservableList<Problem> refused;
  private final VBox words = new VBox();

  RefusalNotice(ObservableList<Problem> refused) {
    this.refused = refused;
    setId("refused");
    getStyleClass().add("refused");
    setMinHeight(USE_PREF_SIZE);
    words.getStyleClass().add("refusals");
    HBox.setHgrow(words, Priority.ALWAYS);
    Button close = new Button(null, new Icon(Material2AL.CLOSE));
    close.setId("refusals-close");
    close.getStyleClass().addAll("flat", "button-icon", "small");
    close.setAccessibleText(text("refused.close"));
    close.setTooltip(new Tooltip(text("refused.close")));
    close.setMinWidth(USE_PREF_SIZE);
    close.setOnAction(e -> refused.clear());
    getChildren().addAll(new MarkIcon(Mark.REMARK), words, close);
    refused.subscribe(this::tell);
    tell();
  }

  private void tell() {
    words.getChildren().setAll(Labels.wrapped(text("refused.title", refused.size())));
    refused.stream()
        .limit(FEW)
        .forEach(why -> words.getChildren().add(line(why.what(), why.text())));
    if (refused.size() > FEW) {
      List<Problem> more = refused.subList(FEW, refused.size());
      words
          .getChildren()
          .add(
              line(
                  text("refused.more", more.size()),
                  more.stream().map(Problem::what).collect(Collectors.joining("\n"))));
    }
    setVisible(!refused.isEmpty());
    setManaged(!refused.isEmpty());
  }

  private static Label line(String words, String whole) {
    Label line = Labels.wrapped(words, "small");
    line.setTooltip(new Tooltip(whole));
    return line;
  }
}
