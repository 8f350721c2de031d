package org.invoicelens.ui.shell;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import javafx.beans.binding.Bindings;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.css.PseudoClass;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.place.Place;
import org.invoicelens.ui.step.StepState;
import org.invoicelens.ui.step.StepViewModel;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.material2.Material2OutlinedAL;
import org.kordamp.ikonli.material2.Material2OutlinedMZ;

/** The steps in order, each with its state in a mark and in words. */
final class RailView extends VBox {

  private static final PseudoClass CURRENT = PseudoClass.getPseudoClass("current");
  private static final PseudoClass REACHED = PseudoClass.getPseudoClass("reached");
  private static final PseudoClass COMPACT = PseudoClass.getPseudoClass("compact");

  /** Whether there is room for the signs only; what they stand for is in their tooltips then. */
  private final BooleanProperty compact = new SimpleBooleanProperty();

  RailView(WizardViewModel wizard) {
    getStyleClass().add("rail");
    setId("rail");
    HBox brand =
        new HBox(
            new Icon(Material2OutlinedAL.FIND_IN_PAGE),
            Labels.plain(text("application.name"), "brand-name", "rail-words"));
    brand.getStyleClass().add("brand");
    getChildren().add(brand);
    int number = 1;
    for (StepViewModel step : wizard.steps()) {
      getChildren().add(row(step, number++, wizard));
    }
    getChildren().add(workspaceRow(number));
    Region gap = new Region();
    VBox.setVgrow(gap, Priority.ALWAYS);
    HBox promise =
        new HBox(
            new Icon(Material2OutlinedAL.LOCK),
            Labels.wrapped(wizard.promise(), "muted", "small", "rail-words"));
    promise.getStyleClass().add("promise");
    HBox.setHgrow(promise.getChildren().getLast(), Priority.ALWAYS);
    Button models = way("models", Material2OutlinedAL.LAYERS, Place.MODELS, wizard);
    Button settings = way("settings", Material2OutlinedMZ.SETTINGS, Place.SETTINGS, wizard);
    Tooltip whole = new Tooltip();
    whole.textProperty().bind(wizard.promise());
    Tooltip.install(promise, whole);
    getChildren().addAll(gap, models, settings, promise);
    compact.subscribe(now -> {
      pseudoClassStateChanged(COMPACT, now);
      for (Button way : List.of(models, settings)) {
        way.setContentDisplay(now ? ContentDisplay.GRAPHIC_ONLY : ContentDisplay.LEFT);
      }
      lookupAll(".rail-words").forEach(words -> words.setVisible(!now));
      lookupAll(".rail-words").forEach(words -> words.setManaged(!now));
    });
  }

  BooleanProperty compact() {
    return compact;
  }

  private static Node row(StepViewModel step, int number, WizardViewModel wizard) {
    StackPane dot = new StackPane();
    dot.getStyleClass().add("dot");
    Label words = Labels.bound(step.fact(), "muted", "small", "rail-fact");
    words.managedProperty().bind(step.fact().isNotEmpty());
    VBox texts = new VBox(Labels.plain(step.title(), "rail-title"), words);
    texts.setMinWidth(0);
    texts.getStyleClass().add("rail-words");
    HBox row = new HBox(dot, texts);
    row.setId("rail-" + step.id());
    row.getStyleClass().add("rail-step");
    step.state()
        .subscribe(state -> {
          dot.getChildren().setAll(sign(state, number));
          row.pseudoClassStateChanged(REACHED, state != StepState.WAITING);
        });
    wizard.current().subscribe(now -> row.pseudoClassStateChanged(CURRENT, now == step));
    Tooltip tip = new Tooltip();
    tip.textProperty()
        .bind(
            Bindings.createStringBinding(
                () ->
                    step.fact().get().isEmpty()
                        ? step.title()
                        : step.title() + " · " + step.fact().get(),
                step.fact()));
    Tooltip.install(row, tip);
    row.accessibleTextProperty()
        .bind(
            Bindings.createStringBinding(
                () ->
                    text(
                        "rail.spoken",
                        number,
                        step.title(),
                        text("state." + step.state().get().name()),
                        step.fact().get()),
                step.state(),
                step.fact()));
    return row;
  }

  /** A button that leads to another place of the window. */
  private static Button way(String id, Ikon icon, Place place, WizardViewModel wizard) {
    Button button = new Button(text(id + ".open"), new Icon(icon));
    button.setId("rail-" + id);
    button.getStyleClass().addAll("flat", "rail-button");
    button.setMaxWidth(Double.MAX_VALUE);
    button.setTooltip(new Tooltip(text(id + ".open.tip")));
    button.setOnAction(e -> wizard.navigation().open(place));
    return button;
  }

  private static Node sign(StepState state, int number) {
    return switch (state) {
      case WAITING -> Labels.plain(String.valueOf(number), "dot-number");
      case WORKING -> new MarkIcon(Mark.WORKING);
      case PAUSED -> new MarkIcon(Mark.PAUSED);
      case DONE -> new MarkIcon(Mark.GOOD);
      case FAILED -> new MarkIcon(Mark.FAILED);
    };
  }

  private static Node workspaceRow(int number) {
    StackPane dot = new StackPane(Labels.plain(String.valueOf(number), "dot-number"));
    dot.getStyleClass().add("dot");
    HBox row = new HBox(dot, Labels.plain(text("workspace.title"), "rail-title", "rail-words"));
    row.getStyleClass().add("rail-step");
    return row;
  }
}
