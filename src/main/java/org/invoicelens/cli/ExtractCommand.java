package org.invoicelens.cli;

import com.google.gson.JsonObject;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.engine.Engine;
import org.invoicelens.invoice.BatchEntry;
import org.invoicelens.invoice.BatchReading;
import org.invoicelens.invoice.BatchSummary;
import org.invoicelens.invoice.DocumentLoader;
import org.invoicelens.invoice.DocumentOutcome;
import org.invoicelens.invoice.DocumentSearch;
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
      "8. Without --format or --json the fields are printed for people.",
      "",
      "With a folder as --output every document gets a file of its own there as soon as it is"
          + " read,",
      "and the same command goes on where it stopped: what was read is left out while document,",
      "model, prompt and form are the same, and what failed is tried again. summary.json tells"
          + " what",
      "became of each."
    })
final class ExtractCommand extends Command {

  @Mixin private ConfigOption config;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Images, PDFs, and folders of them.")
  private List<Path> files;

  @Option(
      names = {"-r", "--recursive"},
      description = "Look into folders within folders too.")
  private boolean recursive;

  @Option(
      names = "--output",
      paramLabel = "PATH",
      description = {
        "Write the result to this file instead of standard output, or the results into this"
            + " folder:",
        "one that exists, or a path that ends in a slash. E-invoices of several documents always go"
            + " into a folder."
      })
  private String output;

  @Option(names = "--again", description = "Read also what was read into the folder before.")
  private boolean again;

  @Option(
      names = "--format",
      paramLabel = "F",
      converter = Choices.Format.class,
      completionCandidates = Choices.Format.class,
      description = {
        "The form of the result: ${COMPLETION-CANDIDATES}; json unless given.",
        "xml is an e-invoice by EN 16931, as in Factur-X; where something is missing for one, it"
            + " says what."
      })
  private InvoiceExport.Format format;

  ExtractCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode execute(ProgressPrinter progress) throws Exception {
    if (json && format != null && format != InvoiceExport.Format.JSON && output == null) {
      throw usage(
          "--json and --format "
              + format.id()
              + " exclude each other; give --output for the file.");
    }
    Path target = output == null ? null : target(output);
    boolean named = target != null && isFolder(target);
    DocumentSearch search =
        DocumentSearch.of(files, recursive, named ? Optional.of(target) : Optional.empty());
    boolean several = search.documents().size() + search.failures().size() != 1;
    if (several && !form().isForSeveral() && target == null) {
      throw usage("--format " + form().id() + " is one file for each document; give --output.");
    }
    boolean folder = named || (target != null && several && !form().isForSeveral());
    if (again && !folder) {
      throw usage("--again goes with a folder as --output.");
    }
    if (target != null && !folder) {
      InvoiceExport.requireWritable(target);
    }
    SetupPipeline pipeline = context.pipeline();
    ModelConfig model = pipeline.loadConfig(config.file(context));
    return folder
        ? readIntoFolder(pipeline, model, search, target, progress)
        : readTogether(pipeline, model, search, target, progress);
  }

  private Path target(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw usage("'" + text + "' is not a path.");
    }
  }

  private boolean isFolder(Path target) {
    return Files.isDirectory(target) || output.endsWith("/") || output.endsWith(File.separator);
  }

  private ExitCode readIntoFolder(
      SetupPipeline pipeline,
      ModelConfig model,
      DocumentSearch search,
      Path folder,
      ProgressPrinter progress)
      throws StageException {
    BatchReading.Again mode = again ? BatchReading.Again.YES : BatchReading.Again.NO;
    try (BatchRun run = new BatchRun(context, progress)) {
      BatchSummary summary = run.run(pipeline, model, search, folder, form(), mode);
      progress.clear();
      if (json) {
        printJson(summary.json());
      }
      context.err().println(BatchRun.text(summary, folder));
      if (summary.stopped()) {
        return ExitCode.CANCELLED;
      }
      return summary.count(BatchEntry.State.FAILED) == 0 ? ExitCode.DONE : ExitCode.INFERENCE;
    }
  }

  private InvoiceExport.Format form() {
    return Optional.ofNullable(format).orElse(InvoiceExport.Format.JSON);
  }

  private ExitCode readTogether(
      SetupPipeline pipeline,
      ModelConfig model,
      DocumentSearch search,
      Path file,
      ProgressPrinter progress)
      throws StageException {
    List<DocumentOutcome> outcomes;
    try (Reading reading = new Reading(pipeline, model, progress)) {
      outcomes = reading.readAll(search);
    }
    progress.clear();
    boolean delivered = deliver(outcomes, file);
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
  private boolean deliver(List<DocumentOutcome> outcomes, Path file) throws InferenceException {
    InvoiceExport.Format form = form();
    if (file != null) {
      try {
        InvoiceExport.write(file, outcomes, form);
      } catch (InferenceException e) {
        // The reading may have taken hours.
        InvoiceExport.Format other =
            e.reason() == InferenceException.Reason.NOT_AN_E_INVOICE
                ? InvoiceExport.Format.JSON
                : form;
        context.out().print(InvoiceExport.text(outcomes, other));
        context.err().println(TextTable.plain(e.problem().text()));
        return false;
      }
      if (json) {
        JsonObject document = new JsonObject();
        document.addProperty("output", file.toString());
        document.addProperty("documents", outcomes.size());
        document.addProperty(
            "failed", outcomes.stream().filter(o -> o.failure().isPresent()).count());
        printJson(document);
      } else {
        context.err().println("Written to " + file + ".");
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

    List<DocumentOutcome> readAll(DocumentSearch search) throws StageException {
      search.failures().forEach(failure -> failed(failure.path(), failure.cause()));
      List<Path> left =
          new ArrayList<>(search.documents().stream().map(DocumentSearch.Found::file).toList());
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
