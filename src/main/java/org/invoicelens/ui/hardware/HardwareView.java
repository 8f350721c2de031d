package org.invoicelens.ui.hardware;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javafx.scene.Node;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hardware.HardwareStatus.Check;
import org.invoicelens.hardware.MemoryEstimate;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.component.Rows;
import org.invoicelens.ui.text.Amounts;

/** The checks as rows and the memory as bars. */
public final class HardwareView extends VBox {

  private final VBox results = new VBox();

  public HardwareView(HardwareViewModel model) {
    getStyleClass().add("step-content");
    results.getStyleClass().add("cards");
    ProgressBar bar = new ProgressBar(ProgressBar.INDETERMINATE_PROGRESS);
    bar.setMaxWidth(Double.MAX_VALUE);
    bar.setAccessibleText(text("hardware.sentence"));
    getChildren()
        .addAll(
            new Card(bar, Labels.wrapped(model.message(), "muted")).shownWhile(model.busy()),
            results);
    model.status().subscribe(this::show);
  }

  private void show(HardwareStatus status) {
    results.getChildren().clear();
    if (status == null) {
      return;
    }
    Card checks = new Card();
    checks.getStyleClass().add("rows");
    status.checks().forEach(check -> checks.getChildren().add(row(check)));
    Rows.markFirst(checks);
    results.getChildren().add(checks);
    Map<Boolean, List<MemoryEstimate>> byPlace =
        status.fits().stream().collect(Collectors.partitioningBy(MemoryEstimate::onGpu));
    for (boolean onGpu : List.of(true, false)) {
      if (!byPlace.get(onGpu).isEmpty()) {
        results.getChildren().add(memory(byPlace.get(onGpu), status.recommendedEstimate()));
      }
    }
  }

  private static Node row(Check check) {
    VBox words = new VBox(Labels.wrapped(check.found()));
    words.getStyleClass().add("row-words");
    if (!check.meaning().isEmpty()) {
      words.getChildren().add(Labels.wrapped(check.meaning(), "muted", "small"));
    }
    if (!check.remedy().isEmpty()) {
      words.getChildren().add(Labels.wrapped(check.remedy(), "remedy", "small"));
    }
    HBox.setHgrow(words, Priority.ALWAYS);
    HBox row =
        new HBox(
            new MarkIcon(mark(check.state())),
            Labels.plain(check.subject().title(), "row-subject"),
            words,
            Labels.plain(check.source(), "muted", "small", "row-source"));
    row.getStyleClass().add("row");
    row.setId("check-" + check.subject().name().toLowerCase(Locale.ROOT));
    return row;
  }

  private static Mark mark(Check.State state) {
    return switch (state) {
      case GOOD -> Mark.GOOD;
      case REMARK -> Mark.REMARK;
      case FAILED -> Mark.FAILED;
    };
  }

  private static Node memory(List<MemoryEstimate> fits, Optional<MemoryEstimate> recommended) {
    MemoryEstimate first = fits.getFirst();
    Card card =
        new Card(
            text(
                first.onGpu() ? "memory.title.gpu" : "memory.title.main",
                Amounts.memory(first.available())));
    card.setId(first.onGpu() ? "gpu-memory" : "main-memory");
    long scale =
        fits.stream().mapToLong(fit -> Math.max(fit.needed(), fit.available())).max().orElseThrow();
    for (MemoryEstimate fit : fits) {
      boolean isRecommended = recommended.filter(fit::equals).isPresent();
      card.getChildren().add(fitRow(fit, isRecommended, scale));
      if (isRecommended) {
        card.getChildren().add(Labels.wrapped(MemoryWords.sum(fit), "memory-sum", "small"));
      }
    }
    FlowPane legend = new FlowPane();
    legend.getStyleClass().add("legend");
    for (String part : List.of("weights", "kv-cache", "runtime", "reserve", "limit")) {
      Region swatch = new Region();
      swatch.getStyleClass().addAll("swatch", "memory-" + part);
      HBox entry = new HBox(swatch, Labels.plain(text("memory.part." + part), "muted", "small"));
      entry.getStyleClass().add("legend-entry");
      legend.getChildren().add(entry);
    }
    card.getChildren().add(legend);
    return card;
  }

  private static Node fitRow(MemoryEstimate fit, boolean recommended, long scale) {
    VBox name = new VBox(Labels.plain(fit.precision().title()));
    name.getStyleClass().add("fit-name");
    if (recommended) {
      name.getChildren().add(Labels.tag(text("memory.recommended"), "accent"));
    }
    MemoryBar bar = new MemoryBar(fit, scale);
    HBox.setHgrow(bar, Priority.ALWAYS);
    Tooltip.install(bar, new Tooltip(MemoryWords.sum(fit)));
    HBox verdict =
        new HBox(
            new MarkIcon(fit.fits() ? Mark.GOOD : Mark.FAILED),
            Labels.plain(MemoryWords.verdict(fit), "muted", "small"));
    verdict.getStyleClass().add("fit-verdict");
    HBox row = new HBox(name, bar, verdict);
    row.getStyleClass().add("fit");
    return row;
  }
}
