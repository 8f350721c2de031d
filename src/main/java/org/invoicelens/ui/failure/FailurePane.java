package org.invoicelens.ui.failure;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.util.List;
import javafx.application.Platform;
import javafx.beans.value.ObservableValue;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextArea;
import javafx.scene.control.TitledPane;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.desktop.Desktop;

/** What happened, what it means, what to do, and the details; takes no room without a failure. */
public final class FailurePane extends VBox {

  private final Label what = Labels.wrapped("", "failure-what");
  private final Label meaning = Labels.wrapped();
  private final Label remedy = Labels.wrapped();
  private final TextArea details = new TextArea();
  private final Button again = new Button();
  private final FlowPane buttons = new FlowPane();
  private final TitledPane more = new TitledPane(text("failure.details"), details);

  /**
   * @param failure what to show; null for nothing
   * @param retryText what trying again is called here
   * @param log where the log lies
   */
  public FailurePane(
      ObservableValue<Failure> failure,
      ObservableValue<String> retryText,
      Runnable retry,
      Desktop desktop,
      Path log) {
    getStyleClass().addAll("card", "failure");
    setId("failure");
    managedProperty().bind(visibleProperty());

    Label remedyTitle = Labels.plain(text("failure.remedy"), "failure-remedy-title");
    remedyTitle.managedProperty().bind(remedy.managedProperty());
    remedyTitle.visibleProperty().bind(remedy.visibleProperty());
    again.setId("retry");
    again.textProperty().bind(retryText);
    again.getStyleClass().add("accent");
    again.setOnAction(e -> retry.run());
    Button copy = new Button(text("failure.copy"));
    copy.setId("copy-details");
    copy.setOnAction(e -> {
      desktop.copy(details.getText());
      desktop.tell(text("copied.details"));
    });
    details.setEditable(false);
    details.setPrefRowCount(8);
    details.getStyleClass().add("raw");
    more.setExpanded(false);
    more.setAnimated(false);
    more.getStyleClass().add("dense");
    buttons.getChildren().addAll(again, copy);
    buttons.getStyleClass().add("buttons");

    VBox words = new VBox(what, meaning, remedyTitle, remedy, buttons);
    words.getStyleClass().add("failure-words");
    HBox.setHgrow(words, Priority.ALWAYS);
    HBox head = new HBox(new MarkIcon(Mark.FAILED), words);
    head.getStyleClass().add("failure-head");
    getChildren().addAll(head, more, Labels.wrapped(text("failure.log", log), "small", "muted"));

    failure.subscribe(this::show);
  }

  private void show(Failure failure) {
    setVisible(failure != null);
    if (failure == null) {
      return;
    }
    say(what, failure.problem().what());
    say(meaning, failure.problem().meaning());
    say(remedy, failure.problem().remedy());
    details.setText(failure.details());
    List<Node> offered = buttons.getChildren();
    offered.subList(1, offered.size() - 1).clear();
    offered.addAll(1, failure.remedies().stream().map(FailurePane::button).toList());
    more.setExpanded(false);
    Platform.runLater(again::requestFocus);
  }

  private static Node button(Remedy remedy) {
    Button button = new Button(remedy.text());
    button.setId(remedy.id());
    button.setOnAction(e -> remedy.action().run());
    return button;
  }

  private static void say(Label label, String words) {
    label.setText(words);
    label.setVisible(!words.isEmpty());
    label.setManaged(!words.isEmpty());
  }
}
