package org.invoicelens.ui.component;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.beans.value.ObservableValue;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.Region;
import org.controlsfx.control.SegmentedButton;

/** A row of buttons of which one is chosen. */
public final class Choices {

  private Choices() {}

  /**
   * Buttons in the order of their values.
   *
   * @param word what a button says
   * @param id the id of a button's node
   * @param now what is chosen
   * @param choose takes what the user chooses
   */
  public static <V> SegmentedButton of(
      List<V> values,
      Function<V, String> word,
      Function<V, String> id,
      ObservableValue<V> now,
      Consumer<V> choose) {
    SegmentedButton choices = new SegmentedButton();
    choices.setToggleGroup(new ToggleGroup());
    choices.setMinWidth(Region.USE_PREF_SIZE);
    for (V value : values) {
      ToggleButton button = new ToggleButton(word.apply(value));
      button.setId(id.apply(value));
      button.setOnAction(e -> {
        // A choice that was made is not undone by making it again.
        button.setSelected(true);
        choose.accept(value);
      });
      now.subscribe(chosen -> button.setSelected(value.equals(chosen)));
      choices.getButtons().add(button);
    }
    return choices;
  }
}
