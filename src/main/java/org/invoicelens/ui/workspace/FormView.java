package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.ArrayList;
import java.util.List;
import javafx.application.Platform;
import javafx.beans.binding.Bindings;
import javafx.geometry.Bounds;
import javafx.scene.Node;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TitledPane;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.invoice.InvoiceField;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.component.Rows;
import org.invoicelens.ui.component.Shown;
import org.kordamp.ikonli.material2.Material2AL;

/** The fields of a document as a form. */
final class FormView extends ScrollPane {

  private final FormViewModel form;
  private final VBox page = new VBox();
  private final LineItemsView lines;
  private final TitledPane further = new TitledPane();
  private final List<FieldGroup> groups = new ArrayList<>();

  FormView(FormViewModel form) {
    this.form = form;
    this.lines = new LineItemsView(form);
    getStyleClass().addAll("edge-to-edge", "form-scroll");
    setFitToWidth(true);
    setHbarPolicy(ScrollBarPolicy.NEVER);
    setFocusTraversable(false);
    page.setId("fields");
    page.getStyleClass().add("form");
    page.getChildren()
        .addAll(
            doubts(),
            edited(),
            group("form.seller")
                .with(InvoiceField.VENDOR)
                .withOptional(InvoiceField.VENDOR_ADDRESS, InvoiceField.VENDOR_VAT_ID)
                .openable("open-seller"),
            group("form.buyer")
                .withOptional(
                    InvoiceField.BUYER, InvoiceField.BUYER_ADDRESS, InvoiceField.BUYER_VAT_ID)
                .openable("open-buyer"),
            group("form.invoice")
                .with(
                    InvoiceField.NUMBER,
                    InvoiceField.DATE,
                    InvoiceField.DUE_DATE,
                    InvoiceField.CURRENCY),
            group("form.lines").with(lines),
            taxes(),
            totals(),
            group("form.payment")
                .withOptional(InvoiceField.IBAN, InvoiceField.BIC, InvoiceField.PAYMENT_REFERENCE)
                .openable("open-payment"),
            further());
    setContent(page);
    form.wanted().subscribe(this::goTo);
  }

  private FieldGroup group(String title) {
    FieldGroup group = new FieldGroup(form, text(title));
    groups.add(group);
    return group;
  }

  private FieldGroup taxes() {
    Hyperlink add = new Hyperlink(text("form.addTax"));
    add.setId("add-tax");
    add.setOnAction(e -> {
      add.setVisited(false);
      form.addTax();
    });
    return group("form.taxes").link(add).with(new TaxesView(form));
  }

  private FieldGroup totals() {
    FieldView total = new FieldView(form, form.field(InvoiceField.TOTAL));
    total.getStyleClass().add("field-total");
    return group("form.totals")
        .with(InvoiceField.NET)
        .with(
            new FieldView(
                form,
                Bindings.isEmpty(form.taxes()),
                form.field(InvoiceField.TAX),
                form.field(InvoiceField.TAX_RATE)),
            total);
  }

  private TitledPane further() {
    VBox fields = new VBox();
    fields.getStyleClass().add("field-group");
    Rows.bind(fields, form.further(), field -> new FieldView(form, field));
    further.setId("further");
    further.setContent(fields);
    further.setExpanded(false);
    further.setAnimated(false);
    further.getStyleClass().add("dense");
    form.further()
        .subscribe(() -> {
          further.setText(text("form.further", form.further().size()));
          further.setVisible(!form.further().isEmpty());
          further.setManaged(!form.further().isEmpty());
        });
    further.setVisible(false);
    further.setManaged(false);
    return further;
  }

  private Node doubts() {
    VBox entries = new VBox();
    entries.setId("doubts");
    entries.getStyleClass().add("doubts");
    VBox list = new VBox();
    list.getStyleClass().add("doubt-list");
    Rows.bind(list, form.doubts(), this::entry);
    Hyperlink more = new Hyperlink();
    more.setId("more-doubts");
    more.getStyleClass().add("small");
    form.doubtsHidden()
        .subscribe(count -> {
          more.setText(text("form.moreDoubts", count.intValue()));
          more.setVisible(count.intValue() > 0);
          more.setManaged(count.intValue() > 0);
        });
    more.setOnAction(e -> form.allDoubts().set(true));
    entries.getChildren().addAll(list, more);
    form.doubts()
        .subscribe(() -> {
          entries.setVisible(!form.doubts().isEmpty());
          entries.setManaged(!form.doubts().isEmpty());
        });
    entries.setVisible(false);
    entries.setManaged(false);
    return entries;
  }

  private Node entry(FormViewModel.Entry entry) {
    Node words;
    if (entry.path().isEmpty()) {
      words = Labels.wrapped(entry.words(), "small");
    } else {
      Hyperlink link = new Hyperlink(entry.words());
      link.setWrapText(true);
      link.setMinHeight(USE_PREF_SIZE);
      link.getStyleClass().add("small");
      link.setOnAction(e -> {
        link.setVisited(false);
        form.goTo(entry.path());
      });
      words = link;
    }
    HBox.setHgrow(words, Priority.ALWAYS);
    HBox row = new HBox(new MarkIcon(Mark.REMARK), words);
    row.getStyleClass().add("field-remark");
    return row;
  }

  private Node edited() {
    Label words = Labels.bound(form.editedWords(), "small", "muted");
    words.setId("edited");
    Hyperlink reset = new Hyperlink(text("form.resetAll"));
    reset.setId("reset-all");
    reset.getStyleClass().add("small");
    reset.setOnAction(e -> form.resetAll());
    HBox icon = new HBox(new Icon(Material2AL.EDIT), words);
    icon.getStyleClass().add("field-remark");
    FlowPane row = new FlowPane(icon, reset);
    row.getStyleClass().add("edited-row");
    Shown.when(form.editedWords().isNotEmpty(), row);
    return row;
  }

  private void goTo(String path) {
    if (path.isEmpty()) {
      return;
    }
    if (form.further().stream().anyMatch(field -> field.path().equals(path))) {
      further.setExpanded(true);
    }
    groups.forEach(group -> group.reveal(path));
    // What is wanted may be new and not laid out yet.
    Platform.runLater(() -> {
      if (lines.goTo(path)) {
        reveal(lines);
        return;
      }
      page.lookupAll(".text-field").stream()
          .filter(input -> FieldView.id(path).equals(input.getId()))
          .findFirst()
          .ifPresent(input -> {
            input.requestFocus();
            reveal(input);
          });
    });
  }

  /** Scrolls until a node can be seen. */
  private void reveal(Node node) {
    Bounds at = page.sceneToLocal(node.localToScene(node.getLayoutBounds()));
    double view = getViewportBounds().getHeight();
    double room = page.getHeight() - view;
    double top = getVvalue() * room;
    if (room > 0 && (at.getMinY() < top || at.getMaxY() > top + view)) {
      setVvalue(Math.clamp((at.getMinY() - view / 3) / room, 0, 1));
    }
  }
}
