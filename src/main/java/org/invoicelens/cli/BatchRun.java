package org.invoicelens.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.engine.Engine;
import org.invoicelens.invoice.BatchEntry.State;
import org.invoicelens.invoice.BatchReading;
import org.invoicelens.invoice.BatchSummary;
import org.invoicelens.invoice.DocumentSearch;
import org.invoicelens.invoice.InvoiceExport;
import org.invoicelens.invoice.InvoiceReader;
import org.invoicelens.invoice.ReadingSettings;
import org.invoicelens.setup.SetupListener;
import org.invoicelens.setup.SetupPipeline;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.StageException;

/** {@code extract} into a folder, as a person watches it. */
final class BatchRun implements BatchReading.Listener, AutoCloseable {

  private final CommandContext context;
  private final ProgressPrinter progress;
  private Engine engine;

  BatchRun(CommandContext context, ProgressPrinter progress) {
    this.context = context;
    this.progress = progress;
  }

  BatchSummary run(
      SetupPipeline pipeline,
      ModelConfig config,
      DocumentSearch search,
      Path folder,
      InvoiceExport.Format format,
      BatchReading.Again again)
      throws StageException {
    Cancellation cancellation = context.cancellation();
    ReadingSettings settings = ReadingSettings.of(config, format);
    BatchReading reading = new BatchReading(folder, settings, again, this, cancellation);
    return reading.read(
        search,
        () -> {
          engine = pipeline.open(config, SetupListener.NONE, progress, cancellation);
          return new BatchReading.Started(
              new InvoiceReader(engine, config)::read, engine.questionsAtOnce());
        });
  }

  @Override
  public void onDocument(Path document, int done, int total) {
    progress.onProgress(of(done, total, name(document)));
  }

  @Override
  public void onToken(Path document, int tokens) {
    progress.onProgress(
        new Progress(
            Stage.INFERENCE, name(document), tokens, Progress.UNKNOWN, Progress.Unit.TOKENS, ""));
  }

  @Override
  public void onNote(Path document, String note) {
    String path = document.toString();
    // A file's name may hold anything, also commands for a terminal.
    progress.line(TextTable.plain(note.startsWith(path) ? note : path + ": " + note));
  }

  @Override
  public void onEnd(int total) {
    if (total > 0) {
      progress.onProgress(of(total, total, ""));
    }
  }

  private static Progress of(int done, int total, String message) {
    return Progress.of(Stage.INFERENCE, done, total, Progress.Unit.DOCUMENTS, message);
  }

  private static String name(Path document) {
    Path name = document.getFileName();
    return (name == null ? document : name).toString();
  }

  /** The summary for people. */
  static String text(BatchSummary summary, Path folder) {
    List<String> counts = new ArrayList<>();
    int doubtful = summary.doubtful();
    counts.add(
        summary.count(State.READ)
            + " read"
            + (doubtful > 0 ? " (" + doubtful + " with doubts)" : ""));
    add(counts, summary.count(State.SKIPPED), "read before");
    int failed = summary.count(State.FAILED);
    if (failed > 0) {
      counts.add(
          failed
              + " failed ("
              + summary.failuresByReason().entrySet().stream()
                  .map(reason -> reason.getValue() + " " + words(reason.getKey()))
                  .collect(Collectors.joining(", "))
              + ")");
    }
    add(counts, summary.count(State.WAITING), "not reached");
    int all = summary.entries().size();
    return String.format(
        Locale.ROOT,
        "%d %s in %s: %s.%nThe results and summary.json are in %s.%s",
        all,
        all == 1 ? "document" : "documents",
        Durations.text(Duration.ofMillis(summary.time().toMillis())),
        String.join(", ", counts),
        TextTable.plain(folder.toString()),
        summary.stopped() ? " The same command goes on from here." : "");
  }

  private static void add(List<String> counts, int count, String what) {
    if (count > 0) {
      counts.add(count + " " + what);
    }
  }

  private static String words(String reason) {
    return switch (reason) {
      case "BAD_DOCUMENT" -> "cannot be opened";
      case "DOCUMENT_TOO_LARGE" -> "too large";
      case "NOT_AN_E_INVOICE" -> "no e-invoice, read as JSON";
      default -> reason.toLowerCase(Locale.ROOT).replace('_', ' ');
    };
  }

  @Override
  public void close() {
    if (engine != null) {
      engine.close();
    }
  }
}
