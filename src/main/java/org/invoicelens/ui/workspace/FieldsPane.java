package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
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
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.SplitMenuButton;
import javafx.scene.control.ToggleButton;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import org.controlsfx.control.SegmentedButton;
import org.invoicelens.invoice.Extraction;
import org.invoicelens.invoice.InvoiceExport;
import org.invoicelens.ui.component.Clock;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.Shown;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.failure.Failure;
import org.invoicelens.ui.failure.FailurePane;

/** What was read of the selected document: the form, the raw answer, the prompt, the timings. */
final class FieldsPane extends VBox {

  private final WorkspaceViewModel model;
  private final ToggleButton fieldsTab = tab("tab-fields", "fields.title");
  private final ToggleButton answerTab = tab("tab-answer", "answer.title");
  private final ToggleButton promptTab = tab("tab-prompt", "prompt.title");
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

    FormView form = new FormView(model.form());
    AnswerPane answer = new AnswerPane(model);
    PromptPane prompt = new PromptPane(model.prompt(), model, underWay.not());
    TimingsPane timings = new TimingsPane(model);
    form.visibleProperty().bind(fieldsTab.selectedProperty().and(read));
    // While the model writes there are neither fields nor timings to show.
    answer
        .visibleProperty()
        .bind(answerTab.selectedProperty().or(underWay.and(promptTab.selectedProperty().not())));
    prompt.visibleProperty().bind(promptTab.selectedProperty());
    timings.visibleProperty().bind(timingsTab.selectedProperty().and(read));
    StackPane content = new StackPane(form, answer, prompt, timings);
    content.setMinHeight(0);
    VBox.setVgrow(content, Priority.ALWAYS);

    ObjectProperty<Failure> failure = new SimpleObjectProperty<>();
    model.selected().flatMap(DocumentItem::failure).subscribe(failure::set);
    FailurePane failed =
        new FailurePane(
            failure,
            new SimpleStringProperty(text("workspace.again")),
            model::readAgain,
            desktop,
            log);
    ScrollPane failureRoom = new ScrollPane(failed);
    failureRoom.setFitToWidth(true);
    failureRoom.getStyleClass().addAll("edge-to-edge", "step-scroll");
    // In the place of the fields, which a document that cannot be read does not have.
    failureRoom.visibleProperty().bind(failure.isNotNull().and(fieldsTab.selectedProperty()));
    content.getChildren().add(failureRoom);
    getChildren()
        .addAll(head(extraction, underWay), tabs(), working(underWay), content, buttons(read));
    visibleProperty().bind(model.selected().isNotNull());
  }

  private HBox head(ObservableValue<Extraction> extraction, BooleanBinding underWay) {
    Region gap = new Region();
    HBox.setHgrow(gap, Priority.ALWAYS);
    MenuItem all = item("read-all-again", "workspace.againAll", model::readAllAgain);
    SplitMenuButton again = new SplitMenuButton(all);
    again.setId("read-again");
    again.setOnAction(e -> model.readAgain());
    again
        .textProperty()
        .bind(
            Bindings.createStringBinding(
                () -> text(extraction.getValue() == null ? "workspace.read" : "workspace.again"),
                extraction));
    again.disableProperty().bind(model.reading());
    again.setMinWidth(USE_PREF_SIZE);
    Shown.when(underWay.not(), again);
    Button stop = new Button(text("workspace.stop"));
    stop.setId("stop");
    stop.setMinWidth(USE_PREF_SIZE);
    stop.setOnAction(e -> model.stop());
    Shown.when(underWay, stop);
    FlowPane tags = new FlowPane(verdict(), printed());
    tags.getStyleClass().add("tags");
    HBox.setHgrow(tags, Priority.ALWAYS);
    tags.setMinWidth(0);
    HBox head = new HBox(tags, again, stop);
    head.getStyleClass().add("pane-head");
    return head;
  }

  private Label verdict() {
    Label verdict = tag("verdict", model.form().verdict());
    model.form().verdictMark().subscribe(mark -> tint(verdict, mark == Mark.GOOD));
    return verdict;
  }

  private Label printed() {
    Label printed = tag("as-printed", model.form().printed());
    model.form().asPrinted().subscribe(right -> tint(printed, right));
    return printed;
  }

  private static Label tag(String id, ObservableValue<String> words) {
    Label tag = Labels.tag("", "good");
    tag.setId(id);
    tag.textProperty().bind(words);
    Shown.when(tag.textProperty().isNotEmpty(), tag);
    return tag;
  }

  private static void tint(Label tag, boolean good) {
    tag.getStyleClass().removeAll("good", "attention");
    tag.getStyleClass().add(good ? "good" : "attention");
  }

  private Node working(BooleanBinding underWay) {
    ProgressBar bar = new ProgressBar(ProgressBar.INDETERMINATE_PROGRESS);
    bar.setMaxWidth(Double.MAX_VALUE);
    bar.setAccessibleText(text("document.reading"));
    Label words = Labels.wrapped("", "small", "muted");
    words.setId("reading-words");
    Runnable tell =
        () ->
            words.setText(
                Optional.ofNullable(model.selected().get())
                    .map(item -> item.progress().get())
                    .map(progress -> progress.words(Instant.now()))
                    .orElse(""));
    // The time goes on while no token comes.
    Clock.runs(Duration.seconds(1), underWay, tell);
    model.selected().flatMap(DocumentItem::progress).subscribe(progress -> tell.run());
    VBox working = new VBox(bar, words);
    working.getStyleClass().add("working");
    Shown.when(underWay, working);
    return working;
  }

  private Node tabs() {
    SegmentedButton tabs = new SegmentedButton(fieldsTab, answerTab, promptTab, timingsTab);
    fieldsTab.setSelected(true);
    model
        .prompt()
        .changed()
        .subscribe(
            changed -> promptTab.setText(text(changed ? "prompt.title.changed" : "prompt.title")));
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

  private FlowPane buttons(BooleanBinding read) {
    Handover handover = model.handover();
    MenuButton copy = new MenuButton(text("workspace.copy"));
    copy.setId("copy");
    copy.getItems()
        .addAll(
            item("copy-json", "workspace.copy.json", handover::copyJson),
            item("copy-table", "workspace.copy.table", handover::copyTable));
    MenuButton export = new MenuButton(text("workspace.export"));
    export.setId("export");
    export.getStyleClass().add("accent");
    List<InvoiceExport.Format> formats = List.of(InvoiceExport.Format.values());
    addFormats(export, formats, "export-", "workspace.export.one.", handover::save);
    export.getItems().add(new SeparatorMenuItem());
    addFormats(
        export,
        formats.stream().filter(InvoiceExport.Format::isForSeveral).toList(),
        "export-all-",
        "workspace.export.all.",
        handover::saveAll);
    FlowPane buttons = new FlowPane(export, copy);
    buttons.getStyleClass().add("buttons");
    buttons.disableProperty().bind(read.not());
    Shown.when(promptTab.selectedProperty().not(), buttons);
    return buttons;
  }

  private static void addFormats(
      MenuButton menu,
      List<InvoiceExport.Format> formats,
      String id,
      String key,
      Consumer<InvoiceExport.Format> save) {
    for (InvoiceExport.Format format : formats) {
      menu.getItems().add(item(id + format.id(), key + format.id(), () -> save.accept(format)));
    }
  }

  private static MenuItem item(String id, String key, Runnable action) {
    MenuItem item = new MenuItem(text(key));
    item.setId(id);
    item.setOnAction(e -> action.run());
    return item;
  }
}
