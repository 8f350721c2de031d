package org.invoicelens.ui.models;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javafx.beans.binding.Bindings;
import javafx.beans.property.SimpleStringProperty;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ProgressBar;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Rows;
import org.invoicelens.ui.component.Shown;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.failure.FailurePane;
import org.kordamp.ikonli.material2.Material2OutlinedAL;

/** A card for each model, and the way to another one. */
public final class ModelsView extends VBox {

  /**
   * @param log where the log lies
   */
  public ModelsView(ModelsViewModel models, Desktop desktop, Path log) {
    getStyleClass().add("cards");
    Button another = new Button(text("models.another"), new Icon(Material2OutlinedAL.ADD));
    another.setId("models-another");
    another.setOnAction(e -> models.setUpAnother());
    HBox top = new HBox(another);
    top.getStyleClass().add("buttons");
    ProgressBar looking = new ProgressBar();
    looking.setMaxWidth(Double.MAX_VALUE);
    looking.setAccessibleText(text("models.looking"));
    Shown.when(models.looking().and(models.known().not()), looking);
    Card nothing =
        new Card(text("models.none"), Labels.wrapped(text("models.none.about"), "muted"))
            .shownWhile(models.known().and(Bindings.isEmpty(models.models())));
    nothing.setId("models-none");
    VBox cards = new VBox();
    cards.getStyleClass().add("cards");
    // A model whose state changes takes another place in the list with the same card.
    Map<ModelItem, Node> known = new HashMap<>();
    Rows.bind(
        cards,
        models.models(),
        item -> known.computeIfAbsent(item, added -> new ModelCard(models, added, desktop, log)));
    getChildren()
        .addAll(
            top,
            new FailurePane(
                models.failure(),
                new SimpleStringProperty(text("models.again")),
                models::refresh,
                desktop,
                log),
            looking,
            nothing,
            cards);
  }
}
