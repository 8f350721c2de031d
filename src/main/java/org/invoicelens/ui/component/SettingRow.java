package org.invoicelens.ui.component;

import static org.invoicelens.ui.text.Messages.text;

import java.util.function.Consumer;
import javafx.beans.value.ObservableValue;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;

/** A setting: its name, a sentence about it, and beside them what it is chosen with. */
public final class SettingRow extends HBox {

  /**
   * @param key of its name; the sentence's key ends in {@code .about}
   * @param control what the setting is chosen with; several stand in a {@link VBox}
   */
  public SettingRow(String key, Node control) {
    Label about = Labels.wrapped(text(key + ".about"), "muted", "small");
    VBox words = new VBox(Labels.plain(text(key), "row-title"), about);
    words.getStyleClass().add("setting-words");
    HBox.setHgrow(words, Priority.ALWAYS);
    if (control instanceof VBox fields) {
      fields.getStyleClass().add("setting-fields");
    }
    getChildren().addAll(words, control);
    getStyleClass().add("row");
  }

  /**
   * A field whose text is taken when Enter is pressed or the field is left.
   *
   * @param field may be one that hides what is entered
   */
  public static TextField field(TextField field, String id, String name, Consumer<String> taker) {
    field.setId(id);
    field.setAccessibleText(name);
    field.setOnAction(e -> taker.accept(field.getText()));
    field
        .focusedProperty()
        .subscribe((before, focused) -> {
          if (!focused) {
            taker.accept(field.getText());
          }
        });
    return field;
  }

  /** A button that is never cut off. */
  public static Button button(String id, String key, Runnable action) {
    Button button = new Button(text(key));
    button.setId(id);
    button.setMinWidth(USE_PREF_SIZE);
    button.setOnAction(e -> action.run());
    return button;
  }

  /** Buttons beside each other, in as many lines as they need. */
  public static FlowPane buttons(Button... buttons) {
    FlowPane pane = new FlowPane(buttons);
    pane.getStyleClass().add("buttons");
    return pane;
  }

  /** What is wrong with what was entered, while something is. */
  public static Label fault(String id, ObservableValue<String> words) {
    Label fault = Labels.wrapped(words, "small", "fault");
    fault.setId(id);
    return Shown.whileSaid(words, fault);
  }
}
