package org.invoicelens.ui.settings;

import static org.invoicelens.ui.text.Messages.text;

import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.kordamp.ikonli.material2.Material2OutlinedAL;

/** Where the program keeps what, a row for each folder, and what the program is. */
public final class PlacesPane extends VBox {

  private final PlacesViewModel model;

  public PlacesPane(PlacesViewModel model) {
    this.model = model;
    getStyleClass().add("cards");
    Card places = new Card(text("places.title"));
    places.setId("places");
    model.places().forEach(place -> places.getChildren().add(row(place)));
    getChildren().addAll(places, about());
  }

  private Node row(ProgramPlace place) {
    Label path = Labels.name(place.path().toString(), "raw", "muted");
    VBox words =
        new VBox(
            Labels.plain(place.name(), "row-title"),
            Labels.wrapped(place.purpose(), "muted", "small"),
            path);
    words.setMinWidth(0);
    HBox.setHgrow(words, Priority.ALWAYS);
    Label size = Labels.plain("", "place-size");
    size.setMinWidth(USE_PREF_SIZE);
    size.setId("size-" + place.id());
    size.textProperty().bind(place.size());
    Button copy = new Button("", new Icon(Material2OutlinedAL.CONTENT_COPY));
    copy.setId("copy-" + place.id());
    copy.getStyleClass().add("flat");
    copy.setAccessibleText(text("places.copy", place.name()));
    copy.setTooltip(new Tooltip(text("places.copy", place.name())));
    copy.setOnAction(e -> model.copyPath(place));
    Button open = new Button(text("places.open"), new Icon(Material2OutlinedAL.FOLDER_OPEN));
    open.setId("open-" + place.id());
    open.setMinWidth(USE_PREF_SIZE);
    open.setAccessibleText(text("places.open.spoken", place.name()));
    open.disableProperty().bind(place.there().not());
    open.setOnAction(e -> model.open(place));
    HBox row = new HBox(words, size, copy, open);
    row.setId("place-" + place.id());
    row.getStyleClass().addAll("row", "place");
    return row;
  }

  private Node about() {
    Card about = new Card(text("about.title"));
    about.setId("about");
    model
        .about()
        .forEach((name, value) -> {
          HBox row = new HBox(Labels.plain(name, "about-name", "muted"), Labels.name(value));
          about.getChildren().add(row);
        });
    Button copy = new Button(text("about.copy"), new Icon(Material2OutlinedAL.CONTENT_COPY));
    copy.setId("about-copy");
    copy.setOnAction(e -> model.copyAbout());
    about.getChildren().add(copy);
    return about;
  }
}
