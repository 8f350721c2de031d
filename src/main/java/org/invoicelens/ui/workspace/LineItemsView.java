package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javafx.beans.binding.Bindings;
import javafx.css.PseudoClass;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.SelectionMode;
import javafx.scene.control.TableColumn;
import javafx.scene.control.TablePosition;
import javafx.scene.control.TableView;
import javafx.scene.control.TextField;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;
import org.invoicelens.invoice.LineField;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;
import org.kordamp.ikonli.material2.Material2OutlinedAL;

/** The line items as a table that is written in, with what there is to doubt below it. */
final class LineItemsView extends VBox {

  /** All rows are seen, so that there is nothing to scroll. */
  private static final PseudoClass WHOLE = PseudoClass.getPseudoClass("whole");

  /** More rows than these are scrolled. */
  private static final int MOST_ROWS = 12;

  /** Below so many letters, a description takes two lines. */
  private static final double NARROW = 13;

  private static final double FRAME = 4;
  private static final double SCROLL_BAR = 14;

  /** From so many letters on there is room for units and rates of the tax. */
  private static final double ROOMY = 31;

  /** What of the width each column takes, beside those that are seen with it. */
  private static final Map<LineField, Double> WEIGHTS =
      Map.of(
          LineField.DESCRIPTION, 24.5,
          LineField.QUANTITY, 13.5,
          LineField.UNIT, 12.0,
          LineField.UNIT_PRICE, 20.0,
          LineField.AMOUNT, 24.0,
          LineField.TAX_RATE, 12.0);

  /** The columns that many invoices have nothing for. */
  private static final List<LineField> DETAILS = List.of(LineField.UNIT, LineField.TAX_RATE);

  private final FormViewModel form;
  private final TableView<FormRow> table;
  private final VBox doubts = new VBox();
  private final Label heading = Labels.plain(text("field.description"));
  private final Map<LineField, TableColumn<FormRow, String>> columns =
      new EnumMap<>(LineField.class);
  private final ToggleButton details = new ToggleButton(text("form.lineDetails"));
  private boolean detailsChosen;
  private double headHeight;
  private Subscription followed = Subscription.EMPTY;

  LineItemsView(FormViewModel form) {
    this.form = form;
    getStyleClass().add("line-items");
    table = new TableView<>(form.lines());
    table.setId("line-items");
    table.getStyleClass().addAll("dense");
    table.setAccessibleText(text("form.lines"));
    table.setEditable(true);
    table.getSelectionModel().setSelectionMode(SelectionMode.SINGLE);
    table.getSelectionModel().setCellSelectionEnabled(true);
    table.setPlaceholder(Labels.wrapped(text("form.noLines"), "muted", "small"));
    for (LineField field : LineField.values()) {
      addColumn(
          field,
          field == LineField.DESCRIPTION
              ? heading
              : Labels.plain(FieldLabels.brief(field.label())));
    }
    heading.fontProperty().subscribe(font -> fit());
    table.skinProperty().subscribe(skin -> measureHead());
    table.widthProperty().subscribe(width -> fit());
    form.lines().subscribe(this::linesChanged);
    table.addEventHandler(KeyEvent.KEY_PRESSED, this::key);
    table.addEventHandler(KeyEvent.KEY_TYPED, this::typed);
    doubts.getStyleClass().add("field-value");
    getChildren().addAll(table, doubts, buttons());
    linesChanged();
  }

  private void addColumn(LineField field, Label title) {
    TableColumn<FormRow, String> column = new TableColumn<>();
    title.setMinWidth(0);
    title.setTooltip(new Tooltip(FieldLabels.label(field.label())));
    column.setGraphic(title);
    column.setText("");
    column.setSortable(false);
    column.setReorderable(false);
    column.setResizable(false);
    column.setId("column-" + field.key());
    column.setUserData(field);
    column.getStyleClass().add(field.isAmount() ? "amount-column" : "text-column");
    column.setCellValueFactory(line -> line.getValue().field(field).value());
    column.setCellFactory(any -> new LineCell(field));
    columns.put(field, column);
    table.getColumns().add(column);
  }

  /** Gives the columns that are seen the width among them. */
  private void spread() {
    double all =
        columns.keySet().stream()
            .filter(field -> columns.get(field).isVisible())
            .mapToDouble(WEIGHTS::get)
            .sum();
    double width = table.getWidth() - FRAME - scrollBar();
    columns.forEach(
        (field, column) -> column.setPrefWidth(Math.floor(width * WEIGHTS.get(field) / all)));
  }

  /** Shows units and rates as the user chose, or else where there are some and room for them. */
  private void showDetails() {
    boolean roomy = table.getWidth() >= ROOMY * heading.getFont().getSize();
    for (LineField field : DETAILS) {
      boolean any =
          form.lines().stream().anyMatch(line -> !line.field(field).value().get().isEmpty());
      columns.get(field).setVisible(detailsChosen ? details.isSelected() : roomy && any);
    }
    details.setSelected(DETAILS.stream().anyMatch(field -> columns.get(field).isVisible()));
    spread();
  }

  private double scrollBar() {
    return form.lines().size() > MOST_ROWS ? SCROLL_BAR : 0;
  }

  private void measureHead() {
    if (table.lookup(".column-header-background") instanceof Region head) {
      head.heightProperty()
          .subscribe(height -> {
            headHeight = height.doubleValue();
            fit();
          });
    }
  }

  /** As high as its rows, which are as high as the descriptions need. */
  private void fit() {
    showDetails();
    double em = heading.getFont().getSize();
    boolean narrow = table.getColumns().getFirst().getWidth() < NARROW * em;
    double row = Math.round(em * (narrow ? 3.3 : 2.3));
    int rows = Math.min(MOST_ROWS, form.lines().size());
    table.setFixedCellSize(row);
    table.pseudoClassStateChanged(WHOLE, form.lines().size() <= MOST_ROWS);
    double height = headHeight + Math.max(rows * row, 2.6 * em) + FRAME;
    table.setMinHeight(height);
    table.setPrefHeight(height);
    table.setMaxHeight(height);
  }

  private void linesChanged() {
    fit();
    followed.unsubscribe();
    followed = Subscription.EMPTY;
    doubts.getChildren().clear();
    for (FormRow line : form.lines()) {
      for (FormField field : line.fields()) {
        Node row = doubt(field);
        doubts.getChildren().add(row);
        Subscription shown =
            field
                .doubt()
                .subscribe(words -> {
                  row.setVisible(!words.isEmpty());
                  row.setManaged(!words.isEmpty());
                });
        followed = followed.and(shown);
      }
    }
  }

  private static Node doubt(FormField field) {
    Label words = Labels.wrapped("", "small", "doubt-words");
    words
        .textProperty()
        .bind(
            Bindings.createStringBinding(
                () -> text("form.doubt", field.label().get(), field.doubt().get()),
                field.label(),
                field.doubt()));
    words.setId("doubt-" + field.path());
    HBox.setHgrow(words, Priority.ALWAYS);
    HBox row = new HBox(new MarkIcon(Mark.REMARK), words);
    row.getStyleClass().add("field-remark");
    return row;
  }

  private FlowPane buttons() {
    Button add = button("add-line", "form.addLine", Material2AL.ADD);
    add.setOnAction(e -> form.addLine());
    Button remove = button("remove-line", "form.removeLine", Material2OutlinedAL.DELETE);
    remove.setOnAction(e -> removeSelected());
    remove.disableProperty().bind(table.getSelectionModel().selectedItemProperty().isNull());
    Button reset = button("reset-cell", "form.resetCell", Material2MZ.UNDO);
    reset.setOnAction(e -> resetFocused());
    reset.setDisable(true);
    table
        .getFocusModel()
        .focusedCellProperty()
        .flatMap(cell -> {
          FormField field = fieldAtFocus();
          return field == null ? null : field.edited();
        })
        .orElse(false)
        .subscribe(edited -> reset.setDisable(!edited));
    details.setId("line-details");
    details.getStyleClass().addAll("flat", "small");
    details.setTooltip(new Tooltip(text("form.lineDetails.tip")));
    details.setOnAction(e -> choose(details.isSelected()));
    FlowPane buttons = new FlowPane(add, remove, reset, details);
    buttons.getStyleClass().addAll("buttons", "small-buttons");
    return buttons;
  }

  private static Button button(String id, String key, Ikon icon) {
    Button button = new Button(text(key), new Icon(icon));
    button.setId(id);
    button.getStyleClass().addAll("flat", "small");
    button.setTooltip(new Tooltip(text(key + ".tip")));
    return button;
  }

  private FormField fieldAtFocus() {
    TablePosition<FormRow, ?> cell = LineCell.focused(table);
    return cell == null || cell.getRow() >= form.lines().size()
        ? null
        : form.lines().get(cell.getRow()).field((LineField) cell.getTableColumn().getUserData());
  }

  private void removeSelected() {
    FormRow line = table.getSelectionModel().getSelectedItem();
    if (line != null) {
      form.remove(line);
    }
  }

  private void resetFocused() {
    FormField field = fieldAtFocus();
    if (field != null) {
      form.reset(field);
    }
  }

  /** Sends the keyboard into a cell; false where the path is not of a line's field. */
  boolean goTo(String path) {
    for (FormRow line : form.lines()) {
      for (LineField field : LineField.values()) {
        if (line.field(field).path().equals(path)) {
          goTo(form.lines().indexOf(line), field);
          return true;
        }
      }
    }
    return false;
  }

  private void goTo(int row, LineField field) {
    if (!columns.get(field).isVisible()) {
      choose(true);
    }
    TableColumn<FormRow, String> at = columns.get(field);
    table.requestFocus();
    table.scrollTo(row);
    table.getSelectionModel().clearAndSelect(row, at);
    table.getFocusModel().focus(row, at);
    // A new row has its cells after the next layout.
    table.layout();
    table.edit(row, at);
  }

  private void choose(boolean shown) {
    detailsChosen = true;
    details.setSelected(shown);
    fit();
  }

  private void key(KeyEvent key) {
    boolean editing = table.getEditingCell() != null;
    if (!editing && key.getCode() == KeyCode.DELETE) {
      removeSelected();
      key.consume();
    } else if (!editing && key.getCode() == KeyCode.ENTER) {
      edit();
      key.consume();
    }
  }

  /** A letter typed on a cell begins to write in it. */
  private void typed(KeyEvent key) {
    boolean letter =
        Stream.of(key.isControlDown(), key.isAltDown(), key.isMetaDown()).noneMatch(down -> down)
            && !key.getCharacter().isEmpty()
            && key.getCharacter().charAt(0) > ' '
            && key.getCharacter().charAt(0) != 0x7f;
    if (letter && table.getEditingCell() == null && edit()) {
      if (getScene().getFocusOwner() instanceof TextField editor) {
        editor.setText(key.getCharacter());
        editor.end();
      }
      key.consume();
    }
  }

  private boolean edit() {
    TablePosition<FormRow, ?> cell = LineCell.focused(table);
    if (cell == null) {
      return false;
    }
    table.edit(cell.getRow(), table.getVisibleLeafColumn(cell.getColumn()));
    return table.getEditingCell() != null;
  }
}
