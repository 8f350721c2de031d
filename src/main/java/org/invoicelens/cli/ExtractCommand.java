package org.invoicelens.cli;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.engine.Engine;
import org.invoicelens.invoice.DocumentFiles;
import org.invoicelens.invoice.DocumentLoader;
import org.invoicelens.invoice.DocumentOutcome;
import org.invoicelens.invoice.Doubt;
import org.invoicelens.invoice.Extraction;
import org.invoicelens.invoice.InvoiceDocument;
import org.invoicelens.invoice.InvoiceExport;
import org.invoicelens.invoice.InvoiceFields;
import org.invoicelens.invoice.InvoiceReader;
import org.invoicelens.invoice.InvoiceRecord;
import org.invoicelens.invoice.SeveralAtOnce;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.setup.SetupListener;
import org.invoicelens.setup.SetupPipeline;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.StageException;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code extract}: documents in, fields out. */
@CommandLine.Command(
    name = "extract",
    header = "Read the fields of invoices.",
    description = {
      "A file that cannot be read does not keep the others from being read; the exit code is then",
      "8. Without --format or --json the fields are printed for people."
    })
final class ExtractCommand extends Command {

  @Mixin private ConfigOption config;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Images, PDFs, and folders of them.")
  private List<Path> files;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write the result to this file instead of standard output.")
  private Path output;

  @Option(
      names = "--format",
      paramLabel = "F",
      converter = Choices.Format.class,
      completionCandidates = Choices.Format.class,
      description = "The form of the result: ${COMPLETION-CANDIDATES}; json unless given.")
  private InvoiceExport.Format format;

  ExtractCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode execute(ProgressPrinter progress) throws Exception {
    if (json && format == InvoiceExport.Format.CSV && output == null) {
      throw usage("--json and --format csv exclude each other; give --output for the CSV.");
    }
    if (output != null) {
      InvoiceExport.requireWritable(output);
    }
    SetupPipeline pipeline = context.pipeline();
    ModelConfig model = pipeline.loadConfig(config.file(context));
    List<DocumentOutcome> outcomes;
    try (Reading reading = new Reading(pipeline, model, progress)) {
      outcomes = reading.readAll();
    }
    progress.clear();
    boolean delivered = deliver(outcomes);
    long failed = outcomes.stream().filter(outcome -> outcome.failure().isPresent()).count();
    if (failed > 0) {
      context
          .err()
          .printf(
              "%d of %d %s could not be read.%n",
              failed, outcomes.size(), outcomes.size() == 1 ? "document" : "documents");
    }
    return delivered && failed == 0 ? ExitCode.DONE : ExitCode.INFERENCE;
  }

  /** Hands the result over; false where it could not be written and went to standard output. */
  private boolean deliver(List<DocumentOutcome> outcomes) {
    InvoiceExport.Format form = Optional.ofNullable(format).orElse(InvoiceExport.Format.JSON);
    if (output != null) {
      try {
        InvoiceExport.write(output, outcomes, form);
      } catch (InferenceException e) {
        // The reading may have taken hours.
        context.out().print(InvoiceExport.text(outcomes, form));
        context.err().println(e.problem().text());
        return false;
      }
      if (json) {
        JsonObject document = new JsonObject();
        document.addProperty("output", output.toString());
        document.addProperty("documents", outcomes.size());
        document.addProperty(
            "failed", outcomes.stream().filter(o -> o.failure().isPresent()).count());
        printJson(document);
      } else {
        context.err().println("Written to " + output + ".");
      }
    } else if (json) {
      printJson(InvoiceExport.json(outcomes));
    } else if (format != null) {
      context.out().print(InvoiceExport.text(outcomes, form));
    } else {
      outcomes.forEach(outcome -> outcome.record().ifPresent(record -> print(outcome, record)));
    }
    return true;
  }

  private void print(DocumentOutcome outcome, InvoiceRecord record) {
    context.out().println(TextTable.plain(outcome.document()));
    TextTable table = new TextTable("  ");
    for (InvoiceFields.Field field : record.fields().fields()) {
      table.row(field.name(), field.value());
    }
    context.out().print(table);
    if (record.fields().fields().isEmpty()) {
      context
          .out()
          .println(
              "  (no fields in the answer: "
                  + TextTable.plain(outcome.extraction().orElseThrow().generation().text())
                  + ")");
    }
    for (Doubt doubt : record.doubts()) {
      context
          .out()
          .println(
              TextTable.plain(
                  "  ! " + (doubt.path().isEmpty() ? "" : doubt.path() + ": ") + doubt.reason()));
    }
  }

  /** One run over all documents, with a model that is started for the first one that opens. */
  private final class Reading implements AutoCloseable {

    private final SetupPipeline pipeline;
    private final ModelConfig config;
    private final ProgressPrinter progress;
    private final DocumentLoader loader = new DocumentLoader();
    private final List<DocumentOutcome> outcomes = new ArrayList<>();
    private Engine engine;

    Reading(SetupPipeline pipeline, ModelConfig config, ProgressPrinter progress) {
      this.pipeline = pipeline;
      this.config = config;
      this.progress = progress;
    }

    List<DocumentOutcome> readAll() throws StageException {
      List<Path> left = new ArrayList<>(expand());
      // The model is not started before there is a document to read.
      while (engine == null && !left.isEmpty()) {
        cancellation().throwIfCancelled();
        try {
          loader.load(left.getFirst());
        } catch (InferenceException e) {
          failed(left.removeFirst(), e);
          continue;
        }
        start();
      }
      SeveralAtOnce.each(
          left,
          engine == null ? 1 : engine.questionsAtOnce(),
          file -> {
            cancellation().throwIfCancelled();
            return read(loader.load(file), file);
          },
          new SeveralAtOnce.Results<Path, Extraction>() {
            @Override
            public void done(Path file, Extraction read) {
              Reading.this.done(file, read);
            }

            @Override
            public void failed(Path file, StageException failure) throws StageException {
              if (!(failure instanceof InferenceException e)) {
                throw failure;
              }
              Reading.this.failed(file, e);
            }
          });
      return outcomes;
    }

    private Extraction read(InvoiceDocument document, Path file) throws StageException {
      return new InvoiceReader(engine, config).read(document, listener(file), cancellation());
    }

    private void done(Path file, Extraction read) {
      outcomes.add(DocumentOutcome.read(read.named(file.toString())));
    }

    private List<Path> expand() {
      List<Path> expanded = new ArrayList<>();
      for (Path chosen : files) {
        try {
          expanded.addAll(DocumentFiles.expand(List.of(chosen)));
        } catch (InferenceException e) {
          failed(chosen, e);
        }
      }
      return expanded.stream().distinct().toList();
    }

    private void start() throws StageException {
      if (engine == null) {
        engine = pipeline.open(config, SetupListener.NONE, progress, cancellation());
      }
    }

    private TokenListener listener(Path file) {
      return new TokenListener() {

        private int tokens;

        @Override
        public void onToken(int id, String text) {
          progress.onProgress(
              Progress.of(
                  Stage.INFERENCE,
                  ++tokens,
                  Progress.UNKNOWN,
                  Progress.Unit.TOKENS,
                  file.getFileName().toString()));
        }

        @Override
        public void onRestart(String why) {
          tokens = 0;
          progress.line(TextTable.plain(file + ": " + why));
        }
      };
    }

    private void failed(Path file, InferenceException e) {
      String told = e.problem().text();
      String line = told.startsWith(file.toString()) ? told : file + ": " + told;
      // A file's name may hold anything, also commands for a terminal.
      progress.line(TextTable.plain(line));
      outcomes.add(DocumentOutcome.failed(file.toString(), e));
    }

    @Override
    public void close() {
      if (engine != null) {
        engine.close();
      }
    }
  }
}
