package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.value.ObservableValue;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.stage.Window;
import javafx.util.Duration;
import org.invoicelens.ui.component.Clock;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Shown;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;
import org.kordamp.ikonli.material2.Material2OutlinedAL;
import org.kordamp.ikonli.material2.Material2OutlinedMZ;

/** The model at work in a line at the bottom, in more lines where one is too short. */
final class StatusBar extends HBox {

  private static final Duration INTERVAL = Duration.seconds(3);

  StatusBar(StatusViewModel model) {
    setId("status");
    getStyleClass().add("status");
    FlowPane facts =
        new FlowPane(
            fact("status.tip.model", Material2AL.CHECK_CIRCLE, model.modelWords()),
            fact("status.tip.device", Material2OutlinedAL.DEVELOPER_BOARD, model.deviceWords()),
            fact("status.tip.memory", Material2OutlinedMZ.MEMORY, model.memoryWords()),
            fact("status.tip.temperature", Material2OutlinedMZ.WB_SUNNY, model.temperatureWords()),
            fact("status.tip.rate", Material2MZ.SPEED, model.rateWords()));
    facts.getStyleClass().add("status-facts");
    facts.setMinWidth(0);
    // One line where there is room for it: as wide as it likes, and only then made to wrap.
    facts.prefWrapLengthProperty().bind(widthProperty());
    HBox.setHgrow(facts, Priority.ALWAYS);
    Label promise = Labels.plain("", "muted", "small");
    promise.textProperty().bind(model.promiseWords());
    HBox lock = new HBox(new Icon(Material2OutlinedAL.LOCK), promise);
    lock.getStyleClass().addAll("status-fact", "status-lock");
    lock.setMinWidth(USE_PREF_SIZE);
    lock.setAlignment(Pos.CENTER_LEFT);
    getChildren().addAll(facts, lock);

    ObservableValue<Boolean> onScreen =
        sceneProperty().flatMap(Scene::windowProperty).flatMap(Window::showingProperty);
    Clock.runs(INTERVAL, onScreen, model::refresh);
    model.modelWords().subscribe(words -> model.refresh());
  }

  /** A fact that takes room only while it is known. */
  private static Node fact(String tip, Ikon icon, ReadOnlyStringProperty words) {
    Label label = new Label();
    label.textProperty().bind(words);
    label.getStyleClass().add("small");
    label.setTooltip(new Tooltip(text(tip)));
    HBox fact = new HBox(new Icon(icon), label);
    fact.getStyleClass().add("status-fact");
    Shown.when(words.isNotEmpty(), fact);
    return fact;
  }
}
