package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import javafx.beans.property.StringProperty;
import javafx.beans.value.ObservableValue;
import javafx.scene.control.Button;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextArea;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.component.Shown;

/** What the model is asked, to be changed and put back. */
final class PromptPane extends ScrollPane {

  PromptPane(PromptViewModel prompt, WorkspaceViewModel workspace, ObservableValue<Boolean> idle) {
    getStyleClass().addAll("edge-to-edge", "form-scroll");
    setFitToWidth(true);
    setHbarPolicy(ScrollBarPolicy.NEVER);
    setFocusTraversable(false);

    Label state = Labels.tag("", "accent");
    state.setId("prompt-state");
    prompt
        .changed()
        .subscribe(changed -> {
          state.setText(text(changed ? "prompt.changed" : "prompt.configured"));
          state.getStyleClass().removeAll("accent", "attention");
          state.getStyleClass().add(changed ? "attention" : "accent");
        });

    Label refusal = Labels.wrapped(prompt.refusal(), "small", "doubt-words");
    refusal.setId("prompt-refusal");
    HBox.setHgrow(refusal, Priority.ALWAYS);
    HBox refused = new HBox(new MarkIcon(Mark.REMARK), refusal);
    refused.getStyleClass().add("field-remark");
    Shown.when(prompt.usable().not(), refused);

    CheckBox form = new CheckBox(text("prompt.form"));
    form.setId("prompt-form");
    form.setWrapText(true);
    form.selectedProperty().bindBidirectional(prompt.held());
    Label freely = Labels.wrapped(text("prompt.freely"), "small", "muted");
    Shown.when(prompt.hasForm(), form);
    Shown.when(prompt.hasForm().and(prompt.held().not()), freely);

    Label pending = Labels.wrapped(text("prompt.pending"), "small", "muted");
    Shown.when(prompt.pending().and(prompt.usable()), pending);

    Button use = new Button(text("prompt.use"));
    use.setId("prompt-use");
    use.setOnAction(e -> prompt.use());
    use.disableProperty().bind(prompt.pending().and(prompt.usable()).not());
    Button again = new Button(text("prompt.again"));
    again.setId("prompt-again");
    again.getStyleClass().add("accent");
    again.setOnAction(e -> {
      prompt.use();
      workspace.readAgain();
    });
    again.setDisable(true);
    prompt.usable().subscribe(usable -> again.setDisable(!usable || !idle.getValue()));
    idle.subscribe(now -> again.setDisable(!now || !prompt.usable().get()));
    Button reset = new Button(text("prompt.reset"));
    reset.setId("prompt-reset");
    reset.setOnAction(e -> prompt.reset());
    reset.disableProperty().bind(prompt.changed().or(prompt.pending()).not());
    FlowPane buttons = new FlowPane(again, use, reset);
    buttons.getStyleClass().add("buttons");

    VBox page =
        new VBox(
            Labels.wrapped(text("prompt.about"), "muted", "small"),
            state,
            Labels.plain(text("prompt.user"), "group-title"),
            area("prompt-user", "prompt.user", prompt.user(), 7),
            refused,
            form,
            freely,
            pending,
            buttons,
            Labels.plain(text("prompt.system"), "group-title"),
            area("prompt-system", "prompt.system", prompt.system(), 4));
    page.setId("prompt");
    page.getStyleClass().add("form");
    setContent(page);
  }

  private static TextArea area(String id, String key, StringProperty words, int rows) {
    TextArea area = new TextArea();
    area.setId(id);
    area.textProperty().bindBidirectional(words);
    area.setWrapText(true);
    area.setPrefRowCount(rows);
    area.setMinHeight(USE_PREF_SIZE);
    area.getStyleClass().add("raw");
    area.setAccessibleText(text(key));
    return area;
  }
}
