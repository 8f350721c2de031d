package org.invoicelens.ui.update;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Choices;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Rows;
import org.invoicelens.ui.component.SettingRow;
import org.invoicelens.ui.component.Shown;
import org.invoicelens.ui.text.Amounts;
import org.invoicelens.update.Release;
import org.kordamp.ikonli.material2.Material2OutlinedAL;

/** Whether there is a newer version, what it is, and how that is looked for. */
public final class UpdatePane extends VBox {

  private final UpdateViewModel model;

  public UpdatePane(UpdateViewModel model) {
    this.model = model;
    Card rows = new Card(look(), found(), atStart(), address(), key());
    rows.setId("update-rows");
    rows.getStyleClass().add("rows");
    Rows.markFirst(rows);
    getChildren().add(rows);
  }

  private Node look() {
    Button look = SettingRow.button("look-for-update", "update.look", model::lookOrStop);
    look.textProperty().bind(model.looking().map(on -> text(on ? "update.stop" : "update.look")));
    return new SettingRow("update", look);
  }

  private Node found() {
    VBox words =
        new VBox(
            Labels.wrapped(model.verdict(), "row-title"),
            Shown.whileSaid(model.advice(), Labels.wrapped(model.advice(), "muted", "small")));
    words.setId("update-found");
    VBox packages = new VBox();
    Button page = SettingRow.button("update-page", "update.page", model::openPage);
    Shown.when(model.newer().map(release -> release.page().isPresent()).orElse(false), page);
    model
        .newer()
        .subscribe(release -> {
          packages.getChildren().clear();
          if (release != null) {
            release.packages().forEach(file -> packages.getChildren().add(row(file)));
          }
        });
    HBox head = new HBox(words, page);
    HBox.setHgrow(words, Priority.ALWAYS);
    head.getStyleClass().add("row");
    VBox all = new VBox(head, packages);
    return Shown.whileSaid(model.verdict(), all);
  }

  private Node row(Release.Package file) {
    VBox words =
        new VBox(
            Labels.name(file.name()),
            Labels.name("SHA-256 " + file.sha256(), "raw", "muted", "small"));
    words.setMinWidth(0);
    HBox.setHgrow(words, Priority.ALWAYS);
    Button copy = new Button("", new Icon(Material2OutlinedAL.CONTENT_COPY));
    copy.getStyleClass().addAll("flat", "copy-package");
    copy.setAccessibleText(text("update.copy", file.name()));
    copy.setTooltip(new Tooltip(text("update.copy", file.name())));
    copy.setOnAction(e -> model.copy(file));
    Label size = Labels.plain(Amounts.bytes(file.size()), "place-size");
    size.setMinWidth(USE_PREF_SIZE);
    HBox row = new HBox(words, size, copy);
    row.getStyleClass().addAll("row", "place");
    return row;
  }

  private Node atStart() {
    return new SettingRow(
        "update.atStart",
        Choices.of(
            List.of(false, true),
            on -> text(on ? "update.atStart.yes" : "update.atStart.no"),
            on -> on ? "updates-at-start" : "updates-never",
            model.atStart(),
            model::lookAtStart));
  }

  private Node address() {
    TextField field =
        SettingRow.field(
            new TextField(), "updates-address", text("update.address"), model::enterAddress);
    field.setPromptText("https://…/release.json");
    model.address().subscribe(field::setText);
    return new SettingRow(
        "update.address",
        new VBox(field, SettingRow.fault("updates-address-fault", model.addressFault())));
  }

  private Node key() {
    TextField field =
        SettingRow.field(new TextField(), "updates-key", text("update.key"), model::enterKey);
    field.setPromptText("MCowBQYDK2VwAyEA…");
    model.key().subscribe(field::setText);
    return new SettingRow(
        "update.key", new VBox(field, SettingRow.fault("updates-key-fault", model.keyFault())));
  }
}
