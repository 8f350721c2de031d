package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.ArrayList;
import java.util.List;
import javafx.beans.Observable;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.scene.Node;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.invoicelens.invoice.InvoiceField;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Shown;

/** Fields of the form that belong together. Those that most invoices lack hide while empty. */
final class FieldGroup extends VBox {

  private final FormViewModel form;
  private final HBox head = new HBox();
  private final BooleanProperty open = new SimpleBooleanProperty();
  private final List<BooleanBinding> empties = new ArrayList<>();
  private final List<String> paths = new ArrayList<>();

  FieldGroup(FormViewModel form, String title) {
    this.form = form;
    getStyleClass().add("field-group");
    Label name = Labels.wrapped(title, "group-title");
    HBox.setHgrow(name, Priority.ALWAYS);
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    head.getChildren().addAll(name, gap);
    head.getStyleClass().add("group-head");
    getChildren().add(head);
    form.document().subscribe(item -> open.set(false));
  }

  /** Adds something that is always there. */
  FieldGroup with(Node... rows) {
    getChildren().addAll(rows);
    return this;
  }

  /** Adds fields that are always there. */
  FieldGroup with(InvoiceField... fields) {
    for (InvoiceField field : fields) {
      getChildren().add(new FieldView(form, form.field(field)));
    }
    return this;
  }

  /** Adds fields that hide while they are empty and nothing is to be said about them. */
  FieldGroup withOptional(InvoiceField... fields) {
    for (InvoiceField each : fields) {
      FormField field = form.field(each);
      BooleanBinding empty =
          field.value().isEmpty().and(field.doubt().isEmpty()).and(field.edited().not());
      empties.add(empty);
      paths.add(field.path());
      getChildren().add(Shown.when(open.or(empty.not()), new FieldView(form, field)));
    }
    return this;
  }

  /** Adds a link to the head. */
  FieldGroup link(Hyperlink link) {
    link.getStyleClass().add("small");
    link.setMinWidth(USE_PREF_SIZE);
    head.getChildren().add(link);
    return this;
  }

  /** Adds the link that shows the empty fields and hides them again. */
  FieldGroup openable(String id) {
    Hyperlink link = new Hyperlink();
    link.setId(id);
    link.textProperty()
        .bind(
            Bindings.createStringBinding(
                () -> text(open.get() ? "form.hideEmpty" : "form.showEmpty", empty()),
                dependencies()));
    link.setOnAction(e -> {
      link.setVisited(false);
      open.set(!open.get());
    });
    Label name = (Label) head.getChildren().getFirst();
    link.accessibleTextProperty().bind(Bindings.concat(name.getText(), ": ", link.textProperty()));
    Shown.when(Bindings.createBooleanBinding(() -> empty() > 0, dependencies()), link);
    return link(link);
  }

  private Observable[] dependencies() {
    List<Observable> all = new ArrayList<>(empties);
    all.add(open);
    return all.toArray(Observable[]::new);
  }

  private long empty() {
    return empties.stream().filter(BooleanBinding::get).count();
  }

  /** Shows the field of a path, where it is one of those that hide. */
  void reveal(String path) {
    if (paths.contains(path)) {
      open.set(true);
    }
  }
}
