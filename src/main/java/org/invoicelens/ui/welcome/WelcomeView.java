package org.invoicelens.ui.welcome;

import static org.invoicelens.ui.text.Messages.text;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import javafx.beans.binding.Bindings;
import javafx.css.PseudoClass;
import javafx.scene.Node;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.RadioButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.component.Rows;
import org.invoicelens.ui.component.Shown;
import org.invoicelens.ui.pipeline.ModelChoice;
import org.invoicelens.ui.text.Amounts;
import org.invoicelens.ui.text.Messages;
import org.kordamp.ikonli.material2.Material2OutlinedAL;

/** One card for each model to choose from. */
public final class WelcomeView extends VBox {

  private static final PseudoClass SELECTED = PseudoClass.getPseudoClass("selected");

  private final WelcomeViewModel model;
  private final ToggleGroup group = new ToggleGroup();

  public WelcomeView(WelcomeViewModel model) {
    this.model = model;
    getStyleClass().add("step-content");
    VBox cards = new VBox();
    cards.getStyleClass().add("cards");
    Rows.bind(cards, model.choices(), this::card);
    ProgressBar searching = new ProgressBar();
    Shown.when(model.busy(), searching);
    HBox privacy =
        new HBox(new Icon(Material2OutlinedAL.LOCK), Labels.wrapped(text("welcome.privacy")));
    HBox.setHgrow(privacy.getChildren().getLast(), Priority.ALWAYS);
    privacy.getStyleClass().add("privacy");
    privacy.visibleProperty().bind(Bindings.isNotEmpty(model.choices()));
    getChildren().addAll(searching, cards, privacy);
  }

  private Node card(ModelChoice choice) {
    return choice
        .config()
        .map(config -> usable(choice, config))
        .orElseGet(() -> broken(choice, choice.fault().orElseThrow()));
  }

  private Node usable(ModelChoice choice, ModelConfig config) {
    RadioButton button = new RadioButton(config.name());
    button.setId("model-" + config.name());
    button.setToggleGroup(group);
    button.getStyleClass().add("choice-name");
    HBox head = new HBox(button);
    head.getStyleClass().add("choice-head");
    String tag = "welcome.tag." + config.name();
    if (config.isBundled()) {
      head.getChildren().add(Labels.tag(text("welcome.tag.bundled"), "good"));
    } else if (Messages.has(tag)) {
      head.getChildren().add(Labels.tag(text(tag), "accent"));
    }
    FlowPane facts = new FlowPane();
    facts.getStyleClass().add("choice-facts");
    facts(config).forEach(fact -> facts.getChildren().add(Labels.plain(fact, "muted", "small")));
    Card card = new Card(head, Labels.wrapped(description(config)), facts);
    card.getStyleClass().add("choice");
    card.setOnMouseClicked(e -> {
      model.chosen().set(choice);
      button.requestFocus();
    });
    // Arrow keys select without an action.
    button
        .selectedProperty()
        .subscribe(selected -> {
          if (selected) {
            model.chosen().set(choice);
          }
        });
    model
        .chosen()
        .subscribe(chosen -> {
          card.pseudoClassStateChanged(SELECTED, choice.equals(chosen));
          if (choice.equals(chosen)) {
            button.setSelected(true);
          }
        });
    return card;
  }

  /** What is known of a model that InvoiceLens ships a configuration for; of others, nothing. */
  private static String description(ModelConfig config) {
    String key = "welcome.about." + config.name();
    return Messages.has(key) ? text(key) : text("welcome.about", config.name());
  }

  private static List<String> facts(ModelConfig config) {
    List<String> facts = new ArrayList<>();
    if (config.isRemote()) {
      facts.add(text("welcome.server", config.server().orElseThrow().host()));
      return facts;
    }
    config
        .footprint()
        .ifPresent(footprint ->
            facts.add(
                text(
                    config.isBundled() ? "welcome.size.bundled" : "welcome.size",
                    Amounts.bytes(footprint.downloadBytes()))));
    if (!config.isBundled()) {
      facts.add(text("welcome.source", config.repoId(), URI.create(config.endpoint()).getHost()));
    }
    if (config.hardware().minGpuMemory() > 0) {
      facts.add(text("welcome.gpu", Amounts.memory(config.hardware().minGpuMemory())));
    }
    facts.add(text("welcome.precision", config.quantization().preferred().title()));
    return facts;
  }

  private static Node broken(ModelChoice choice, ConfigException fault) {
    HBox head =
        new HBox(
            new MarkIcon(Mark.FAILED),
            Labels.name(choice.file().getFileName().toString(), "choice-name"));
    head.getStyleClass().add("choice-head");
    Card card = new Card(head, Labels.wrapped(fault.problem().text()));
    for (ConfigException.Fault one : fault.faults()) {
      String words =
          one.line() > 0
              ? text(
                  "welcome.fault.placed",
                  one.line(),
                  one.column(),
                  one.path(),
                  one.message(),
                  one.suggestion())
              : text("welcome.fault", one.path(), one.message(), one.suggestion());
      card.getChildren().add(Labels.wrapped(words.replaceAll(" +", " ").strip(), "small", "raw"));
    }
    card.getStyleClass().add("choice-broken");
    return card;
  }
}
