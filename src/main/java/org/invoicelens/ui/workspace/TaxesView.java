package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import javafx.geometry.HPos;
import javafx.geometry.VPos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.ColumnConstraints;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.VBox;
import org.invoicelens.invoice.InvoiceList;
import org.invoicelens.invoice.ListField;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.kordamp.ikonli.material2.Material2OutlinedAL;

/** The taxes for each rate: a row of rate, net amount and tax for each. */
final class TaxesView extends GridPane {

  private static final List<ListField> COLUMNS = InvoiceList.TAXES.fields();

  /** Of the width, for each column and the button behind them. */
  private static final double[] SHARES = {20, 36, 35, 9};

  private final FormViewModel form;

  TaxesView(FormViewModel form) {
    this.form = form;
    setId("taxes");
    getStyleClass().add("taxes");
    for (double share : SHARES) {
      ColumnConstraints column = new ColumnConstraints();
      column.setPercentWidth(share);
      column.setHalignment(HPos.RIGHT);
      getColumnConstraints().add(column);
    }
    form.taxes().subscribe(this::build);
    build();
  }

  private void build() {
    getChildren().clear();
    boolean any = !form.taxes().isEmpty();
    setVisible(any);
    setManaged(any);
    if (!any) {
      return;
    }
    for (int i = 0; i < COLUMNS.size(); i++) {
      Label name = Labels.plain(FieldLabels.brief(COLUMNS.get(i).label()), "small", "muted");
      name.setMinWidth(0);
      add(name, i, 0);
    }
    int at = 1;
    for (FormRow row : form.taxes()) {
      addRow(at, row);
      at += 2;
    }
  }

  private void addRow(int at, FormRow row) {
    VBox remarks = new VBox();
    remarks.getStyleClass().add("field-value");
    for (int i = 0; i < COLUMNS.size(); i++) {
      FormField field = row.field(COLUMNS.get(i));
      TextField input = FieldView.input(field);
      input.setPrefColumnCount(3);
      add(input, i, at);
      for (Node remark : FieldView.remarks(form, field)) {
        remarks.getChildren().add(remark);
      }
    }
    Button remove = new Button("", new Icon(Material2OutlinedAL.DELETE));
    remove.setId("remove-" + row.list().path(row.number()));
    remove.getStyleClass().addAll("flat", "reset");
    remove.setTooltip(new Tooltip(text("form.removeTax")));
    remove.setAccessibleText(text("form.removeTax"));
    remove.setOnAction(e -> form.remove(row));
    GridPane.setValignment(remove, VPos.CENTER);
    add(remove, COLUMNS.size(), at);
    add(remarks, 0, at + 1, COLUMNS.size() + 1, 1);
  }
}
