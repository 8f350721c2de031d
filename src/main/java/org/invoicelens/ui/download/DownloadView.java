package org.invoicelens.ui.download;

import static org.invoicelens.ui.text.Messages.text;

import javafx.beans.binding.Bindings;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Rows;
import org.invoicelens.ui.component.ShareBar;
import org.invoicelens.ui.component.Shown;
import org.invoicelens.ui.text.Amounts;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2OutlinedAL;

/** The whole download as a large number and a bar, then its files. */
public final class DownloadView extends VBox {

  public DownloadView(DownloadViewModel model) {
    getStyleClass().add("step-content");
    Label percent = Labels.bound(model.percent(), "big");
    percent.setId("percent");
    percent.setMinWidth(Region.USE_PREF_SIZE);
    Label pace = Labels.bound(model.pace(), "muted");
    pace.setId("pace");
    HBox figures = new HBox(percent, new VBox(Labels.bound(model.bytes()), pace));
    figures.getStyleClass().add("figures");
    Label servers = Labels.wrapped(model.servers(), "muted");
    servers.setId("servers");
    Shown.when(model.servers().isNotEmpty(), servers);
    Label message = Labels.wrapped(model.message(), "waiting-for");
    message.setId("message");
    message.setGraphic(new Icon(Material2OutlinedAL.INFO));
    Shown.when(model.message().isNotEmpty(), message);
    RateChart chart = new RateChart(model.rates());
    Shown.when(Bindings.size(model.rates()).greaterThan(1), chart);
    ShareBar bar = new ShareBar(text("download.title"), model.fraction(), "total");
    bar.setId("download-bar");

    VBox rows = new VBox();
    rows.getStyleClass().add("files");
    rows.setId("files");
    Rows.bind(rows, model.files().shown(), DownloadView::row);
    Card files =
        new Card(rows, more(model.files())).shownWhile(Bindings.isNotEmpty(model.files().shown()));
    getChildren()
        .addAll(
            new Card(figures, bar, servers, chart, message, new LimitRow(model.limit()))
                .shownWhile(
                    Bindings.createBooleanBinding(
                        () -> model.busy().get() || model.fraction().get() >= 0,
                        model.busy(),
                        model.fraction())),
            files,
            new Card(text("download.where"), new FolderCard(model)));
  }

  /** The button that sums up the rows there is no room for, and unfolds them. */
  private static ToggleButton more(FileList files) {
    ToggleButton more = new ToggleButton(null, new Icon(Material2AL.EXPAND_MORE));
    more.setId("more-files");
    more.getStyleClass().addAll("flat", "unfold", "more-files");
    more.textProperty().bind(files.rest());
    more.selectedProperty().bindBidirectional(files.unfolded());
    Shown.when(files.rest().isNotEmpty(), more);
    return more;
  }

  private static Node row(FileProgress file) {
    ShareBar bar = new ShareBar(file.name(), file.fraction());
    HBox.setHgrow(bar, Priority.ALWAYS);
    Label words = Labels.plain("", "muted", "small", "file-words");
    words
        .textProperty()
        .bind(Bindings.createStringBinding(() -> words(file), file.done(), file.total()));
    file.fraction().subscribe(value -> mark(bar, words, file.isComplete()));
    HBox row = new HBox(Labels.name(file.name(), "file-name"), bar, words);
    row.getStyleClass().add("file");
    return row;
  }

  private static void mark(ShareBar bar, Label words, boolean complete) {
    if (complete && !bar.getStyleClass().contains("good")) {
      bar.getStyleClass().add("good");
      words.getStyleClass().add("good");
    }
  }

  private static String words(FileProgress file) {
    if (file.total().get() < 0) {
      return Amounts.bytes(file.done().get());
    }
    if (file.isComplete()) {
      return text("download.file.complete", Amounts.bytes(file.total().get()));
    }
    return file.done().get() == 0
        ? text("download.file.waiting", Amounts.bytes(file.total().get()))
        : Amounts.bytesOf(file.done().get(), file.total().get());
  }
}
