package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import javafx.scene.control.Button;
import javafx.scene.control.TextArea;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Icon;
import org.kordamp.ikonli.material2.Material2AL;

/** What the model wrote, letter by letter, also while it is still writing. */
final class AnswerPane extends VBox {

  private final TextArea answer = new TextArea();

  AnswerPane(WorkspaceViewModel model) {
    getStyleClass().add("answer-pane");
    answer.setId("answer");
    answer.setEditable(false);
    answer.setWrapText(true);
    answer.getStyleClass().add("raw");
    answer.setAccessibleText(text("answer.title"));
    answer.setPromptText(text("answer.prompt"));
    VBox.setVgrow(answer, Priority.ALWAYS);
    Button copy = new Button(text("answer.copy"), new Icon(Material2AL.CONTENT_COPY));
    copy.setId("copy-answer");
    copy.getStyleClass().addAll("flat", "small");
    copy.setOnAction(e -> model.handover().copyAnswer());
    copy.disableProperty().bind(answer.textProperty().isEmpty());
    getChildren().addAll(answer, copy);
    model.selected().flatMap(DocumentItem::answer).subscribe(this::hear);
  }

  /** Adds what is new, so that the place the user has scrolled to stays. */
  private void hear(String soFar) {
    String words = soFar == null ? "" : soFar;
    if (!answer.getText().isEmpty() && words.startsWith(answer.getText())) {
      answer.appendText(words.substring(answer.getText().length()));
    } else {
      answer.setText(words);
    }
  }
}
