package org.invoicelens.ui.network;

import static org.invoicelens.ui.text.Messages.text;

import javafx.beans.binding.Bindings;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.component.Rows;
import org.invoicelens.ui.component.Shown;

/** The test of the connection: a button, then a line for each step as it comes. */
final class ConnectionCard extends VBox {

  ConnectionCard(NetworkViewModel model) {
    Label about = Labels.wrapped(text("network.test.about"), "muted", "small");
    VBox words = new VBox(Labels.plain(text("network.test"), "row-title"), about);
    HBox.setHgrow(words, Priority.ALWAYS);
    Button test = new Button();
    test.setId("test-connection");
    test.setMinWidth(USE_PREF_SIZE);
    test.textProperty()
        .bind(model.testing().map(on -> text(on ? "network.test.stop" : "network.test.start")));
    test.setOnAction(e -> {
      if (model.testing().get()) {
        model.stopTest();
      } else {
        model.test();
      }
    });
    HBox head = new HBox(words, test);
    head.getStyleClass().add("row");

    VBox lines = new VBox();
    lines.setId("connection-steps");
    Rows.bind(lines, model.steps(), ConnectionCard::line);
    Shown.when(Bindings.isNotEmpty(model.steps()), lines);
    Label verdict = line(Labels.wrapped(model.verdict(), "verdict"), "connection-verdict");
    Label hosts = line(Labels.wrapped(model.hosts(), "muted", "small"), "connection-hosts");

    Card card = new Card(head, lines, verdict, hosts);
    card.getStyleClass().add("rows");
    Rows.markFirst(card);
    getChildren().add(card);
  }

  private static Label line(Label label, String id) {
    label.setId(id);
    Shown.when(label.textProperty().isNotEmpty(), label);
    return label;
  }

  private static Node line(CheckedStep step) {
    Label subject = Labels.plain(step.title(), "row-subject");
    VBox words = new VBox(Labels.wrapped(step.found()));
    if (!step.advice().isEmpty()) {
      words.getChildren().add(Labels.wrapped(step.advice(), "muted", "small"));
    }
    words.getStyleClass().add("row-words");
    HBox.setHgrow(words, Priority.ALWAYS);
    HBox row = new HBox(new MarkIcon(step.mark()), subject, words);
    row.getStyleClass().add("row");
    return row;
  }
}
