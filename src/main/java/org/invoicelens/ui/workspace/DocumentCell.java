package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.List;
import java.util.Locale;
import javafx.beans.value.ObservableValue;
import javafx.scene.control.Label;
import javafx.scene.control.ListCell;
import javafx.scene.control.OverrunStyle;
import javafx.scene.control.Tooltip;
import javafx.scene.image.Image;
import javafx.scene.image.ImageView;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.kordamp.ikonli.material2.Material2MZ;
import org.kordamp.ikonli.material2.Material2OutlinedAL;

/**
 * A row of the list of documents: its first page very small, its name, how it stands, and above the
 * first of a day that day.
 */
final class DocumentCell extends ListCell<DocumentItem> {

  /** A thumbnail's height in letters. */
  private static final double THUMBNAIL = 2.4;

  private final DocumentHistory history;
  private final Label day = Labels.plain("", "muted", "small", "day");
  private final ImageView picture = new ImageView();
  private final StackPane sheet = new StackPane();
  private final Label name = new Label();
  private final Label words = Labels.plain("", "muted", "small");
  private final HBox state = new HBox(new MarkIcon(Mark.WAITING), words);
  private final Tooltip whole = new Tooltip();
  private final VBox row;
  private Subscription followed = Subscription.EMPTY;

  /**
   * @param changes something whose every change means that other documents are neighbours now
   */
  DocumentCell(DocumentHistory history, ObservableValue<?> changes) {
    this.history = history;
    name.setTextOverrun(OverrunStyle.CENTER_ELLIPSIS);
    picture.setPreserveRatio(true);
    picture.setSmooth(true);
    picture.fitHeightProperty().bind(fontProperty().map(font -> font.getSize() * THUMBNAIL));
    picture.fitWidthProperty().bind(picture.fitHeightProperty());
    sheet.getStyleClass().add("thumbnail");
    state.getStyleClass().add("document-state");
    state.setMinWidth(0);
    words.setMinWidth(0);
    VBox texts = new VBox(name, state);
    texts.getStyleClass().add("document-words");
    texts.setMinWidth(0);
    HBox.setHgrow(texts, Priority.ALWAYS);
    HBox box = new HBox(sheet, texts);
    box.getStyleClass().add("document");
    day.managedProperty().bind(day.visibleProperty());
    row = new VBox(day, box);
    // A cell is as wide as its list and not as its longest name, so that names are cut.
    setPrefWidth(0);
    changes.subscribe(this::showDay);
  }

  @Override
  protected void updateItem(DocumentItem item, boolean empty) {
    super.updateItem(item, empty);
    followed.unsubscribe();
    followed = Subscription.EMPTY;
    words.textProperty().unbind();
    if (empty || item == null) {
      setGraphic(null);
      setTooltip(null);
      setAccessibleText("");
      return;
    }
    name.setText(item.name());
    words.textProperty().bind(item.words());
    followed =
        Subscription.combine(
            item.mark().subscribe(mark -> state.getChildren().set(0, new MarkIcon(mark))),
            item.words().subscribe(now -> speak(item)),
            item.thumbnail().subscribe(image -> showSheet(item, image)));
    setTooltip(whole);
    setGraphic(row);
    showDay();
    if (getIndex() == getListView().getItems().size() - 1) {
      history.more();
    }
  }

  private void showSheet(DocumentItem item, Image image) {
    picture.setImage(image);
    if (image != null) {
      sheet.getChildren().setAll(picture);
    } else {
      boolean pdf = item.name().toLowerCase(Locale.ROOT).endsWith(".pdf");
      sheet
          .getChildren()
          .setAll(new Icon(pdf ? Material2MZ.PICTURE_AS_PDF : Material2OutlinedAL.IMAGE));
    }
  }

  private void speak(DocumentItem item) {
    whole.setText(item.place() + "\n" + item.words().get());
    setAccessibleText(text("document.spoken", item.name(), item.words().get()));
  }

  private void showDay() {
    DocumentItem item = getItem();
    if (item == null || getListView() == null) {
      return;
    }
    List<DocumentItem> all = getListView().getItems();
    int index = getIndex();
    if (index < 0 || index >= all.size()) {
      return;
    }
    boolean first = index == 0 || !all.get(index - 1).day().equals(item.day());
    day.setVisible(first && all.getLast().isEarlier());
    day.setText(words(item.day()));
  }

  private static String words(LocalDate date) {
    LocalDate today = LocalDate.now();
    if (date.equals(today)) {
      return text("day.today");
    }
    if (date.equals(today.minusDays(1))) {
      return text("day.yesterday");
    }
    return DateTimeFormatter.ofLocalizedDate(FormatStyle.FULL)
        .withLocale(Locale.getDefault(Locale.Category.FORMAT))
        .format(date);
  }
}
