package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import java.util.stream.Stream;
import javafx.beans.binding.Bindings;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.value.ObservableValue;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.component.Shown;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;

/** A row of the form: a name, one or two fields, and below them what is to be said about them. */
final class FieldView extends HBox {

  static final PseudoClass DOUBTED = PseudoClass.getPseudoClass("doubted");
  static final PseudoClass EDITED = PseudoClass.getPseudoClass("edited");
  private static final PseudoClass WRONG = PseudoClass.getPseudoClass("wrong");

  /**
   * @param main the field that gives the row its name
   * @param before a shorter one in front of it, where there is one
   */
  FieldView(FormViewModel form, FormField main, FormField... before) {
    this(form, new SimpleBooleanProperty(true), main, before);
  }

  /**
   * @param all whether the shorter ones are seen also while they are empty
   */
  FieldView(FormViewModel form, ObservableValue<Boolean> all, FormField main, FormField... before) {
    getStyleClass().add("field");
    Label name = Labels.wrapped(main.brief(), "muted", "field-name");
    HBox inputs = new HBox();
    inputs.getStyleClass().add("field-inputs");
    VBox cell = new VBox(inputs);
    cell.getStyleClass().add("field-value");
    HBox.setHgrow(cell, Priority.ALWAYS);
    List<FormField> fields = Stream.concat(Stream.of(before), Stream.of(main)).toList();
    for (FormField field : fields) {
      TextField input = input(field);
      input.setPrefColumnCount(field == main ? 8 : 3);
      if (field != main) {
        Shown.when(
            Bindings.createBooleanBinding(
                () -> all.getValue() || !field.value().get().isEmpty(), all, field.value()),
            input);
      }
      HBox.setHgrow(input, field == main ? Priority.ALWAYS : Priority.NEVER);
      inputs.getChildren().addAll(input, reset(form, field));
      cell.getChildren().addAll(remarks(field));
    }
    main.printedMark()
        .subscribe(mark -> {
          inputs.getChildren().removeIf(MarkIcon.class::isInstance);
          if (mark != null) {
            inputs.getChildren().add(new MarkIcon(mark));
          }
        });
    getChildren().addAll(name, cell);
  }

  /** The id of the input for a field. */
  static String id(String path) {
    return "field-" + path;
  }

  /** The input for a field. */
  static TextField input(FormField field) {
    TextField input = new TextField();
    input.setId(id(field.path()));
    input.textProperty().bindBidirectional(field.value());
    // A rate is narrow: its sign says what is missing as well as words.
    input.setPromptText(field.path().contains("rate") ? "%" : text("fields.empty"));
    input.setMinWidth(0);
    if (field.isAmount()) {
      input.setAlignment(Pos.CENTER_RIGHT);
    }
    input
        .accessibleTextProperty()
        .bind(
            Bindings.createStringBinding(
                () -> spoken(field), field.label(), field.doubt(), field.printedWords()));
    Tooltip whole = new Tooltip();
    whole.textProperty().bind(field.value());
    input
        .tooltipProperty()
        .bind(Bindings.when(field.value().isEmpty()).then((Tooltip) null).otherwise(whole));
    field.doubt().subscribe(words -> input.pseudoClassStateChanged(DOUBTED, !words.isEmpty()));
    field.edited().subscribe(edited -> input.pseudoClassStateChanged(EDITED, edited));
    field.printedWords().subscribe(words -> input.pseudoClassStateChanged(WRONG, !words.isEmpty()));
    return input;
  }

  /** The field's name for those who do not see it, with what is to be said about it. */
  private static String spoken(FormField field) {
    String remarks = (field.doubt().get() + " " + field.printedWords().get()).strip();
    return remarks.isEmpty()
        ? field.label().get()
        : text("fields.spoken", field.label().get(), remarks);
  }

  private static Button reset(FormViewModel form, FormField field) {
    Button reset = new Button("", new Icon(Material2MZ.UNDO));
    reset.setId("reset-" + field.path());
    reset.getStyleClass().addAll("flat", "reset");
    Tooltip words = new Tooltip();
    words.textProperty().bind(Bindings.concat(field.readWords(), " ", text("form.reset")));
    reset.setTooltip(words);
    reset.accessibleTextProperty().bind(Bindings.concat(field.label(), ": ", text("form.reset")));
    reset.setOnAction(e -> form.reset(field));
    Shown.when(field.edited(), reset);
    return reset;
  }

  /** What is to be said about a field, with the button that puts it back. */
  static Node[] remarks(FormViewModel form, FormField field) {
    Node[] remarks = remarks(field);
    ((HBox) remarks[2]).getChildren().add(reset(form, field));
    return remarks;
  }

  private static Node[] remarks(FormField field) {
    Label doubt = Labels.wrapped(field.doubt(), "small", "doubt-words");
    doubt.setId("doubt-" + field.path());
    Label printed = Labels.wrapped(field.printedWords(), "small", "wrong-words");
    Label read = Labels.wrapped(field.readWords(), "small", "muted");
    read.setId("read-" + field.path());
    return new Node[] {
      remark(new MarkIcon(Mark.REMARK), doubt),
      remark(new MarkIcon(Mark.FAILED), printed),
      remark(new Icon(Material2AL.EDIT), read)
    };
  }

  private static HBox remark(Icon icon, Label words) {
    HBox remark = new HBox(icon, words);
    HBox.setHgrow(words, Priority.ALWAYS);
    remark.getStyleClass().add("field-remark");
    Shown.when(words.textProperty().isNotEmpty(), remark);
    return remark;
  }
}
