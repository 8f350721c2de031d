package org.invoicelens.ui.server;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import java.util.Locale;
import javafx.beans.binding.Bindings;
import javafx.beans.property.StringProperty;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.Parent;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextField;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Choices;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.component.Rows;
import org.invoicelens.ui.component.SettingRow;
import org.invoicelens.ui.component.Shown;
import org.invoicelens.ui.server.ServerViewModel.KeyPlace;

/** The offer to let a server read: what to enter, its test, and the button that uses it. */
public final class ServerCard extends VBox {

  private final ServerViewModel model;

  public ServerCard(ServerViewModel model) {
    this.model = model;
    setId("server");
    getStyleClass().add("network");
    VBox words =
        new VBox(
            Labels.plain(text("server.title"), "row-title"),
            Labels.wrapped(text("server.about"), "muted", "small"));
    HBox head = new HBox(words);
    HBox.setHgrow(words, Priority.ALWAYS);
    head.getStyleClass().add("row");
    Card card =
        new Card(
            head,
            new SettingRow(
                "server.address",
                new VBox(
                    field("server-address", "server.address", model.address(), "https://"),
                    SettingRow.fault("server-fault", model.fault()))),
            new SettingRow(
                "server.model",
                field("server-model", "server.model", model.model(), "mistralai/Pixtral-12B-2409")),
            new SettingRow("server.key", key()),
            result());
    card.getStyleClass().add("rows");
    Rows.markFirst(card);
    getChildren().add(card);
    Shown.when(model.offered(), this);
    model.whenWanted(this::comeIntoSight);
  }

  /** Scrolls the page so far that this card begins at its top, and goes to the first field. */
  private void comeIntoSight() {
    Parent above = getParent();
    while (above != null && !(above instanceof ScrollPane)) {
      above = above.getParent();
    }
    if (above instanceof ScrollPane page) {
      Bounds content = page.getContent().getBoundsInLocal();
      double top = page.getContent().sceneToLocal(localToScene(getBoundsInLocal())).getMinY();
      double hidden = content.getHeight() - page.getViewportBounds().getHeight();
      page.setVvalue(hidden > 0 ? Math.min(1, top / hidden) : 0);
    }
    lookup("#server-address").requestFocus();
  }

  private VBox field(String id, String key, StringProperty value, String example) {
    TextField field = new TextField();
    field.setId(id);
    field.setAccessibleText(text(key));
    field.setPromptText(example);
    field.textProperty().bindBidirectional(value);
    field.setOnAction(e -> model.test());
    field.disableProperty().bind(model.testing());
    return new VBox(field);
  }

  private VBox key() {
    Node places =
        Choices.of(
            List.of(KeyPlace.values()),
            place -> text("server.key." + lower(place)),
            place -> "server-key-" + lower(place),
            model.keyPlace(),
            model.keyPlace()::set);
    VBox file = field("server-key-file-path", "server.key.file", model.keyFile(), "");
    file.getChildren()
        .add(
            SettingRow.buttons(
                SettingRow.button(
                    "server-choose-key", "server.keyFile.button", model::chooseKeyFile)));
    file.getStyleClass().add("setting-fields");
    VBox variable =
        field("server-key-name", "server.key.variable", model.keyVariable(), "VLLM_API_KEY");
    return new VBox(places, shownFor(KeyPlace.FILE, file), shownFor(KeyPlace.VARIABLE, variable));
  }

  private Node shownFor(KeyPlace place, Node node) {
    return Shown.when(model.keyPlace().map(now -> now == place), node);
  }

  private static String lower(KeyPlace place) {
    return place.name().toLowerCase(Locale.ROOT);
  }

  private VBox result() {
    Button test = new Button();
    test.setId("server-test");
    test.setMinWidth(USE_PREF_SIZE);
    test.textProperty()
        .bind(model.testing().map(on -> text(on ? "server.test.stop" : "server.test.start")));
    test.setOnAction(e -> {
      if (model.testing().get()) {
        model.stopTest();
      } else {
        model.test();
      }
    });
    Button use = SettingRow.button("server-use", "server.use", model::use);
    use.getStyleClass().add("accent");
    use.disableProperty().bind(model.proved().isNull());
    Button back = SettingRow.button("server-unuse", "server.thisComputer", model::useThisComputer);
    Shown.when(Bindings.and(model.chosenHere(), model.testing().not()), back);
    Label verdict = Labels.wrapped(model.verdict(), "verdict");
    verdict.setId("server-verdict");
    Shown.whileSaid(model.verdict(), verdict);
    VBox lines = new VBox();
    lines.setId("server-steps");
    Rows.bind(lines, model.steps(), ServerCard::line);
    Shown.when(Bindings.isNotEmpty(model.steps()), lines);
    VBox result = new VBox(SettingRow.buttons(test, use, back), verdict, lines);
    result.getStyleClass().add("row");
    return result;
  }

  private static Node line(CheckedStep step) {
    VBox words = new VBox(Labels.wrapped(step.found()));
    if (!step.advice().isEmpty()) {
      words.getChildren().add(Labels.wrapped(step.advice(), "muted", "small"));
    }
    words.getStyleClass().add("row-words");
    HBox.setHgrow(words, Priority.ALWAYS);
    HBox row =
        new HBox(new MarkIcon(step.mark()), Labels.plain(step.title(), "row-subject"), words);
    row.getStyleClass().add("row");
    return row;
  }
}
