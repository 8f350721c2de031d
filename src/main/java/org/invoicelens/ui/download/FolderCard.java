package org.invoicelens.ui.download;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.OverrunStyle;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.setup.ModelPlace;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.PartsBar;
import org.invoicelens.ui.component.Shown;
import org.kordamp.ikonli.material2.Material2OutlinedAL;

/** Where the files go, how much room that leaves, and how to have them elsewhere or from there. */
final class FolderCard extends VBox {

  FolderCard(DownloadViewModel model) {
    getStyleClass().add("folder-card");
    Label path = Labels.bound(model.place().map(FolderCard::path).orElse(""), "folder-path");
    path.setTextOverrun(OverrunStyle.CENTER_ELLIPSIS);
    HBox.setHgrow(path, Priority.ALWAYS);
    path.setMaxWidth(Double.MAX_VALUE);
    Button show = new Button("", new Icon(Material2OutlinedAL.FOLDER_OPEN));
    show.setId("show-folder");
    show.getStyleClass().addAll("flat", "unfold");
    show.setTooltip(new Tooltip(text("download.folder.show")));
    show.setAccessibleText(text("download.folder.show"));
    show.setOnAction(e -> model.showFolder());
    HBox place = new HBox(path, show);
    place.getStyleClass().add("folder-place");

    Label room = Labels.wrapped(model.room(), "muted", "small");
    room.setId("room");
    PartsBar bar = new PartsBar();
    Shown.when(model.place().map(FolderCard::isMeasured).orElse(false), bar);
    model.place().subscribe(where -> show(bar, where, model.room().getValue()));
    Button change = new Button(text("download.folder.change"));
    change.setId("change-folder");
    change.setOnAction(e -> model.changeFolder());
    Button importing = new Button(text("download.import"));
    importing.setId("import-folder");
    importing.setTooltip(new Tooltip(text("download.import.tip")));
    importing.setOnAction(e -> model.importFolder());
    FlowPane buttons = new FlowPane(change, importing);
    buttons.getStyleClass().add("buttons");
    Shown.when(model.canChangeFolder(), buttons);
    getChildren().addAll(place, room, bar, buttons);
  }

  private static boolean isMeasured(ModelPlace place) {
    return place.free() >= 0 && place.needed() >= 0;
  }

  /** What is here, what is still to come, and on the track what stays free. */
  private static void show(PartsBar bar, ModelPlace place, String words) {
    if (place != null && isMeasured(place)) {
      bar.show(
          List.of(
              new PartsBar.Part("room-present", place.present()),
              new PartsBar.Part(
                  place.remaining() < 0 ? "room-too-small" : "room-missing", place.missing())),
          place.present() + place.free(),
          words);
    }
  }

  private static String path(ModelPlace place) {
    return place.folder().toString();
  }
}
