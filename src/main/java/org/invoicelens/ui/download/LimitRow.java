package org.invoicelens.ui.download;

import static org.invoicelens.ui.text.Messages.text;

import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import org.invoicelens.ui.component.Labels;

/** The highest rate as a slider that counts while the download runs. */
final class LimitRow extends HBox {

  LimitRow(LimitViewModel model) {
    getStyleClass().add("limit");
    Slider slider = new Slider(0, model.highest(), model.step().get());
    slider.setId("limit");
    slider.setMajorTickUnit(1);
    slider.setMinorTickCount(0);
    slider.setSnapToTicks(true);
    slider.setBlockIncrement(1);
    slider
        .valueProperty()
        .subscribe(value -> model.step().set((int) Math.round(value.doubleValue())));
    HBox.setHgrow(slider, Priority.ALWAYS);
    Label words = Labels.plain("", "limit-words");
    words.setId("limit-words");
    words.textProperty().bind(model.words());
    words.setMinWidth(USE_PREF_SIZE);
    slider
        .accessibleTextProperty()
        .bind(model.words().map(rate -> text("download.limit.spoken", rate)));
    Label name = Labels.plain(text("download.limit"), "muted");
    name.setMinWidth(USE_PREF_SIZE);
    name.setLabelFor(slider);
    getChildren().addAll(name, slider, words);
  }
}
