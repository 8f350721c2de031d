package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.TraversalDirection;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.TableCell;
import javafx.scene.control.TablePosition;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.MouseButton;
import javafx.util.Subscription;
import org.invoicelens.invoice.LineField;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;

/**
 * A cell of the line items that is written in where it stands. What is typed counts at once; Escape
 * brings back what stood there, Tab goes on to the next cell.
 */
final class LineCell extends TableCell<FormRow, String> {

  private static final PseudoClass WRITTEN_IN = PseudoClass.getPseudoClass("written-in");

  /** Below so many letters, a number has no room beside a sign. */
  private static final double NARROW = 7;

  private final LineField column;
  private Subscription followed = Subscription.EMPTY;
  private FormField field;
  private TextField editor;
  private String before;

  LineCell(LineField column) {
    this.column = column;
    setWrapText(!column.isAmount());
    setAlignment(column.isAmount() ? Pos.CENTER_RIGHT : Pos.CENTER_LEFT);
    widthProperty().subscribe(width -> place());
    fontProperty().subscribe(font -> place());
    setOnMouseClicked(click -> {
      if (click.getButton() == MouseButton.PRIMARY && !isEmpty() && !isEditing()) {
        getTableView().edit(getIndex(), getTableColumn());
      }
    });
  }

  @Override
  protected void updateItem(String item, boolean empty) {
    super.updateItem(item, empty);
    int row = getIndex();
    FormField now =
        empty || row < 0 || row >= getTableView().getItems().size()
            ? null
            : getTableView().getItems().get(row).field(column);
    if (now != field) {
      followed.unsubscribe();
      field = now;
      followed = now == null ? Subscription.EMPTY : now.doubt().subscribe(this::doubt);
      followed =
          now == null
              ? followed
              : followed.and(
                  now.edited()
                      .subscribe(edited -> pseudoClassStateChanged(FieldView.EDITED, edited)));
    }
    if (now == null) {
      pseudoClassStateChanged(FieldView.DOUBTED, false);
      pseudoClassStateChanged(FieldView.EDITED, false);
      setGraphic(null);
      setText(null);
      setTooltip(null);
    } else if (!isEditing()) {
      display();
    }
  }

  private void doubt(String words) {
    pseudoClassStateChanged(FieldView.DOUBTED, !words.isEmpty());
    if (!isEditing()) {
      display();
    }
  }

  /** Puts the sign above the number where it would take its room. */
  private void place() {
    boolean narrow = column.isAmount() && getWidth() < NARROW * getFont().getSize();
    setContentDisplay(narrow ? ContentDisplay.TOP : ContentDisplay.LEFT);
  }

  private void display() {
    pseudoClassStateChanged(WRITTEN_IN, false);
    String words = field.value().get();
    String doubt = field.doubt().get();
    setText(words);
    setGraphic(doubt.isEmpty() ? null : new MarkIcon(Mark.REMARK));
    String whole = (words + "\n" + doubt).strip();
    setTooltip(whole.isEmpty() ? null : new Tooltip(whole));
    setAccessibleText(text("fields.spoken", field.label().get(), (words + " " + doubt).strip()));
  }

  @Override
  public void startEdit() {
    if (field == null) {
      return;
    }
    super.startEdit();
    if (!isEditing()) {
      return;
    }
    before = field.value().get();
    editor = new TextField(before);
    editor.setId("cell-editor");
    editor.setAccessibleText(field.label().get());
    editor.setAlignment(getAlignment());
    FormField written = field;
    editor.textProperty().subscribe((was, now) -> written.value().set(now));
    editor.addEventFilter(KeyEvent.KEY_PRESSED, this::key);
    editor
        .focusedProperty()
        .subscribe((was, focused) -> {
          if (!focused && isEditing()) {
            commitEdit(written.value().get());
          }
        });
    pseudoClassStateChanged(WRITTEN_IN, true);
    setText(null);
    setGraphic(editor);
    // A text field selects all of its text when its looks are made; later that would be in the way.
    applyCss();
    editor.requestFocus();
    editor.selectAll();
  }

  private void key(KeyEvent key) {
    switch (key.getCode()) {
      case ENTER -> {
        key.consume();
        commitEdit(editor.getText());
      }
      case ESCAPE -> {
        key.consume();
        field.value().set(before);
        cancelEdit();
      }
      case TAB -> {
        key.consume();
        goOn(key.isShiftDown() ? -1 : 1);
      }
      default -> {}
    }
  }

  /** Goes to the next cell, or out of the table at its ends. */
  private void goOn(int direction) {
    TableView<FormRow> table = getTableView();
    int columns = table.getVisibleLeafColumns().size();
    int next = getIndex() * columns + table.getVisibleLeafIndex(getTableColumn()) + direction;
    commitEdit(editor.getText());
    if (next >= 0 && next < table.getItems().size() * columns) {
      table
          .getSelectionModel()
          .clearAndSelect(next / columns, table.getVisibleLeafColumn(next % columns));
      table.edit(next / columns, table.getVisibleLeafColumn(next % columns));
    } else {
      table.requestFocusTraversal(
          direction > 0 ? TraversalDirection.NEXT : TraversalDirection.PREVIOUS);
    }
  }

  @Override
  public void commitEdit(String now) {
    super.commitEdit(now);
    shown();
  }

  @Override
  public void cancelEdit() {
    super.cancelEdit();
    shown();
  }

  private void shown() {
    if (field != null) {
      display();
    }
  }

  /** The cell the keyboard is in; null where it is in none. */
  static TablePosition<FormRow, ?> focused(TableView<FormRow> table) {
    @SuppressWarnings("unchecked")
    TablePosition<FormRow, ?> cell = table.getFocusModel().getFocusedCell();
    return cell == null || cell.getRow() < 0 || cell.getTableColumn() == null ? null : cell;
  }
}
