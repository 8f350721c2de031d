package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.util.List;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.value.ObservableValue;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.TextArea;
import javafx.scene.control.TextField;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.controlsfx.control.SegmentedButton;
import org.invoicelens.invoice.Extraction;
import org.invoicelens.invoice.InvoiceExport;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.GenerationResult.Timings;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.failure.Failure;
import org.invoicelens.ui.failure.FailurePane;
import org.invoicelens.ui.text.Amounts;

/** What was read of the selected document: fields, the raw answer, and how long it took. */
final class FieldsPane extends VBox {

  private final WorkspaceViewModel model;
  private final VBox fields = new VBox();
  private final VBox timings = new VBox();
  private final TextArea answer = new TextArea();
  private final Label verdict = Labels.plain("", "tag");
  private final ObjectProperty<Failure> failure = new SimpleObjectProperty<>();
  private final ToggleButton fieldsTab = tab("tab-fields", "fields.title");
  private final ToggleButton answerTab = tab("tab-answer", "answer.title");
  private final ToggleButton timingsTab = tab("tab-timings", "timings.title");

  FieldsPane(WorkspaceViewModel model, Desktop desktop, Path log) {
    this.model = model;
    getStyleClass().addAll("pane", "fields-pane");
    setId("fields-pane");
    ObservableValue<Extraction> extraction = model.selected().flatMap(DocumentItem::extraction);
    ObservableValue<Mark> mark = model.selected().flatMap(DocumentItem::mark);
    BooleanBinding read =
        Bindings.createBooleanBinding(() -> extraction.getValue() != null, extraction);
    BooleanBinding underWay =
        Bindings.createBooleanBinding(() -> mark.getValue() == Mark.WORKING, mark);

    answer.setId("answer");
    answer.setEditable(false);
    answer.setWrapText(true);
    answer.getStyleClass().add("raw");
    answer.setAccessibleText(text("answer.title"));
    answer.setPromptText(text("answer.prompt"));
    ScrollPane fieldsScroll = scroll(fields, "fields");
    ScrollPane timingsScroll = scroll(timings, "timings");
    fieldsScroll.visibleProperty().bind(fieldsTab.selectedProperty().and(read));
    answer.visibleProperty().bind(answerTab.selectedProperty().or(underWay));
    timingsScroll.visibleProperty().bind(timingsTab.selectedProperty().and(read));
    StackPane content = new StackPane(fieldsScroll, answer, timingsScroll);
    VBox.setVgrow(content, Priority.ALWAYS);

    ProgressBar working = new ProgressBar(ProgressBar.INDETERMINATE_PROGRESS);
    working.setMaxWidth(Double.MAX_VALUE);
    working.setAccessibleText(text("document.reading"));
    working.visibleProperty().bind(underWay);
    working.managedProperty().bind(underWay);

    FailurePane failed =
        new FailurePane(
            failure,
            new SimpleStringProperty(text("workspace.again")),
            model::readAgain,
            desktop,
            log);
    getChildren().addAll(head(underWay), tabs(), working, verdict, failed, content, buttons(read));
    visibleProperty().bind(model.selected().isNotNull());
    extraction.subscribe(this::show);
    model.selected().flatMap(DocumentItem::answer).subscribe(this::hear);
    model.selected().flatMap(DocumentItem::failure).subscribe(failure::set);
  }

  private HBox head(BooleanBinding underWay) {
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    verdict.setId("verdict");
    verdict.managedProperty().bind(verdict.textProperty().isNotEmpty());
    verdict.visibleProperty().bind(verdict.textProperty().isNotEmpty());
    Button again = new Button(text("workspace.again"));
    again.setId("read-again");
    again.setOnAction(e -> model.readAgain());
    again.disableProperty().bind(model.reading());
    again.visibleProperty().bind(underWay.not());
    again.managedProperty().bind(underWay.not());
    Button stop = new Button(text("workspace.stop"));
    stop.setId("stop");
    stop.setOnAction(e -> model.stop());
    stop.visibleProperty().bind(underWay);
    stop.managedProperty().bind(underWay);
    HBox head = new HBox(Labels.plain(text("fields.title"), "pane-title"), gap, again, stop);
    head.getStyleClass().add("pane-head");
    return head;
  }

  private Node tabs() {
    SegmentedButton tabs = new SegmentedButton(fieldsTab, answerTab, timingsTab);
    fieldsTab.setSelected(true);
    tabs.getToggleGroup()
        .selectedToggleProperty()
        .subscribe((before, now) -> {
          if (now == null) {
            before.setSelected(true);
          }
        });
    return tabs;
  }

  private static ToggleButton tab(String id, String key) {
    ToggleButton tab = new ToggleButton(text(key));
    tab.setId(id);
    return tab;
  }

  private static ScrollPane scroll(VBox content, String id) {
    content.setId(id);
    content.getStyleClass().add(id);
    ScrollPane scroll = new ScrollPane(content);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().add("edge-to-edge");
    return scroll;
  }

  private FlowPane buttons(BooleanBinding read) {
    MenuButton export = new MenuButton(text("workspace.export"));
    export.setId("export");
    for (InvoiceExport.Format format : InvoiceExport.Format.values()) {
      MenuItem item = new MenuItem(text("workspace.export." + format.id()));
      item.setId("export-" + format.id());
      item.setOnAction(e -> model.export(format));
      export.getItems().add(item);
    }
    Button copy = new Button(text("workspace.copy"));
    copy.setId("copy-json");
    copy.setOnAction(e -> model.copyJson());
    FlowPane buttons = new FlowPane(copy, export);
    buttons.getStyleClass().add("buttons");
    buttons.disableProperty().bind(read.not());
    return buttons;
  }

  private void hear(String soFar) {
    String words = soFar == null ? "" : soFar;
    if (!answer.getText().isEmpty() && words.startsWith(answer.getText())) {
      answer.appendText(words.substring(answer.getText().length()));
    } else {
      answer.setText(words);
    }
  }

  private void show(Extraction extraction) {
    fields.getChildren().clear();
    timings.getChildren().clear();
    verdict.setText("");
    if (extraction == null) {
      return;
    }
    DocumentItem item = model.selected().get();
    verdict.setText(item.verdict());
    verdict.getStyleClass().removeAll("good", "attention");
    verdict.getStyleClass().add(item.isUndoubted() ? "good" : "attention");
    List<FieldRow> rows = item.fields();
    rows.forEach(row -> fields.getChildren().add(node(row)));
    if (rows.isEmpty()) {
      fields.getChildren().add(Labels.wrapped(text("fields.none"), "muted"));
    }
    if (extraction.pagesRead() < extraction.pages()) {
      fields
          .getChildren()
          .add(
              Labels.wrapped(
                  text("fields.pages", extraction.pagesRead(), extraction.pages()),
                  "remedy",
                  "small"));
    }
    describe(extraction.generation());
  }

  private static Node node(FieldRow row) {
    Label name = Labels.wrapped(row.label(), "muted", "field-name");
    TextField value = new TextField(row.value());
    value.setEditable(false);
    value.setPromptText(text("fields.empty"));
    value.setAccessibleText(text("fields.spoken", row.label(), row.value()));
    value.setId("field-" + row.name());
    VBox cell = new VBox(value);
    HBox.setHgrow(cell, Priority.ALWAYS);
    cell.getStyleClass().add("field-value");
    HBox node = new HBox(name, cell);
    node.getStyleClass().add("field");
    row.printed()
        .ifPresent(printed -> {
          node.getChildren().add(new MarkIcon(row.right() ? Mark.GOOD : Mark.FAILED));
          if (!row.right()) {
            value.getStyleClass().add("wrong");
            cell.getChildren()
                .add(Labels.wrapped(text("fields.printed", printed), "wrong-words", "small"));
          }
        });
    return node;
  }

  private void describe(GenerationResult result) {
    Timings times = result.timings();
    timing("timings.image", Amounts.seconds(times.image()));
    timing(
        "timings.prefill",
        text(
            "timings.rate",
            Amounts.seconds(times.prefill()),
            times.promptTokens(),
            Amounts.number(times.prefillTokensPerSecond())));
    timing(
        "timings.decode",
        text(
            "timings.rate",
            Amounts.seconds(times.decode()),
            times.decodedTokens(),
            Amounts.number(times.decodeTokensPerSecond())));
    timing(
        "timings.total", Amounts.seconds(times.image().plus(times.prefill()).plus(times.decode())));
    timing("timings.memory", Amounts.memory(result.memory()));
    timing("timings.end", text("timings.end." + result.finishReason().name()));
  }

  private void timing(String key, String words) {
    HBox row = new HBox(Labels.wrapped(text(key), "muted", "field-name"), Labels.wrapped(words));
    HBox.setHgrow(row.getChildren().getLast(), Priority.ALWAYS);
    row.getStyleClass().add("field");
    timings.getChildren().add(row);
  }
}
