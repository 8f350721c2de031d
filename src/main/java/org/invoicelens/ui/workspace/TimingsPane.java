package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Locale;
import java.util.stream.Collectors;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.invoice.Extraction;
import org.invoicelens.invoice.ReadingFacts;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.GenerationResult.Timings;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.text.Amounts;

/** How long the reading of a document took, and with what it was read. */
final class TimingsPane extends ScrollPane {

  private final VBox rows = new VBox();

  TimingsPane(WorkspaceViewModel model) {
    getStyleClass().addAll("edge-to-edge", "form-scroll");
    setFitToWidth(true);
    setHbarPolicy(ScrollBarPolicy.NEVER);
    rows.setId("timings");
    rows.getStyleClass().add("timings");
    setContent(rows);
    // Two readings may be alike; the document changes all the same.
    model.selected().subscribe(this::show);
    model.selected().flatMap(DocumentItem::extraction).subscribe(e -> show(model.selected().get()));
  }

  private void show(DocumentItem item) {
    rows.getChildren().clear();
    if (item == null || item.extraction().get() == null) {
      return;
    }
    describe(item.extraction().get());
    if (item.facts().get() != null) {
      describe(item.facts().get());
    }
  }

  private void describe(Extraction extraction) {
    GenerationResult result = extraction.generation();
    Timings times = result.timings();
    row("timings.image", Amounts.seconds(times.image()));
    row(
        "timings.prefill",
        text(
            "timings.rate",
            Amounts.seconds(times.prefill()),
            times.promptTokens(),
            Amounts.number(times.prefillTokensPerSecond())));
    row(
        "timings.decode",
        text(
            "timings.rate",
            Amounts.seconds(times.decode()),
            times.decodedTokens(),
            Amounts.number(times.decodeTokensPerSecond())));
    row("timings.total", Amounts.seconds(times.image().plus(times.prefill()).plus(times.decode())));
    row("timings.end", text("timings.end." + result.finishReason().name()));
    if (result.memory() > 0) {
      row("timings.memory", Amounts.memory(result.memory()));
    }
    row("timings.pages", text("timings.pages.of", extraction.pagesRead(), extraction.pages()));
    if (!extraction.seen().isEmpty()) {
      row(
          "timings.seen",
          extraction.seen().stream()
              .map(page -> text("timings.pixels", page.width(), page.height()))
              .distinct()
              .collect(Collectors.joining(", ")));
    }
    extraction.notes().forEach(note -> row("timings.note", note));
  }

  private void describe(ReadingFacts facts) {
    row("timings.model", facts.model());
    row("timings.precision", facts.precision());
    row("timings.device", facts.device());
    row("timings.prompt", text(facts.promptChanged() ? "prompt.changed" : "prompt.configured"));
    row(
        "timings.at",
        DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM)
            .withLocale(Locale.getDefault(Locale.Category.FORMAT))
            .format(facts.at().atZone(ZoneId.systemDefault())));
  }

  private void row(String key, String words) {
    Label value = Labels.wrapped(words);
    HBox row = new HBox(Labels.wrapped(text(key), "muted", "field-name"), value);
    HBox.setHgrow(value, Priority.ALWAYS);
    row.getStyleClass().add("field");
    rows.getChildren().add(row);
  }
}
