package org.invoicelens.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.engine.Engine;
import org.invoicelens.invoice.DocumentLoader;
import org.invoicelens.invoice.Extraction;
import org.invoicelens.invoice.InvoiceExport;
import org.invoicelens.invoice.InvoiceReader;
import org.invoicelens.invoice.SampleInvoices;
import org.invoicelens.invoice.SampleInvoices.Comparison;
import org.invoicelens.invoice.SampleInvoices.Sample;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.setup.SetupPipeline;
import picocli.CommandLine;

/**
 * {@code demo}: the whole path on the model that ships, with what is printed beside what is read.
 */
@CommandLine.Command(
    name = "demo",
    header = "Set up the small model that ships and read the sample invoices with it.",
    description = {
      "Needs no network and no graphics card. The small model reads slips like the samples, not",
      "real invoices, and errs on some; the command succeeds all the same."
    })
final class DemoCommand extends Command {

  private static final String HONEST =
      "This very small model shows that every step works. It was trained on made-up slips like"
          + " these, errs on some of them, and cannot read real invoices: Pixtral 12B can, see"
          + " \"invoicelens setup --help\".";

  DemoCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode execute(ProgressPrinter progress) throws Exception {
    SetupPipeline pipeline = context.pipeline();
    ModelConfig config = pipeline.loadConfig(context.folders().modelConfig("pixtral-mini.yaml"));
    StageReport report = new StageReport(context, progress, json);
    report.configured(config);
    try (Engine engine = pipeline.run(config, report, progress, cancellation())) {
      Readings readings = new Readings(new JsonArray());
      InvoiceReader reader = new InvoiceReader(engine, config);
      DocumentLoader loader = new DocumentLoader();
      for (Sample sample : new SampleInvoices(context.folders()).list()) {
        Extraction extraction =
            reader.read(loader.load(sample.picture()), TokenListener.NONE, cancellation());
        progress.clear();
        readings.add(sample, extraction);
      }
      readings.end(report.json());
    }
    return ExitCode.DONE;
  }

  /** What was read so far. */
  private final class Readings {

    private final JsonArray samples;
    private int count;
    private int whollyRight;
    private int fields;
    private int fieldsRight;

    Readings(JsonArray samples) {
      this.samples = samples;
    }

    void add(Sample sample, Extraction extraction) {
      List<Comparison> comparisons = sample.compare(extraction.fields());
      int right = (int) comparisons.stream().filter(Comparison::right).count();
      count++;
      fields += comparisons.size();
      fieldsRight += right;
      whollyRight += right == comparisons.size() ? 1 : 0;
      if (json) {
        samples.add(json(sample.picture(), comparisons, extraction));
      } else {
        print(sample.picture(), comparisons, extraction);
      }
    }

    private void print(Path picture, List<Comparison> comparisons, Extraction extraction) {
      TextTable table = new TextTable("  ");
      table.row("field", "expected", "read", "");
      for (Comparison comparison : comparisons) {
        table.row(
            comparison.name(),
            comparison.expected(),
            comparison.read(),
            comparison.right() ? "✓" : "✗");
      }
      context.out().printf("%n%s%n%s", picture.getFileName(), table);
      if (!extraction.fields().complete()) {
        context.out().println("  (the answer was not complete)");
      }
      context.out().flush();
    }

    private static JsonObject json(
        Path picture, List<Comparison> comparisons, Extraction extraction) {
      JsonObject sample = new JsonObject();
      sample.addProperty("picture", picture.toString());
      sample.addProperty("answer", extraction.generation().text());
      sample.addProperty("complete", extraction.fields().complete());
      JsonArray compared = new JsonArray();
      for (Comparison comparison : comparisons) {
        JsonObject field = new JsonObject();
        field.addProperty("field", comparison.name());
        field.addProperty("expected", comparison.expected());
        field.addProperty("read", comparison.read());
        field.addProperty("right", comparison.right());
        compared.add(field);
      }
      sample.add("fields", compared);
      sample.add("timings", InvoiceExport.timings(extraction.generation().timings()));
      return sample;
    }

    void end(JsonObject stages) {
      if (json) {
        stages.add("samples", samples);
        JsonObject summary = new JsonObject();
        summary.addProperty("samples", count);
        summary.addProperty("wholly_right", whollyRight);
        summary.addProperty("fields", fields);
        summary.addProperty("fields_right", fieldsRight);
        stages.add("summary", summary);
        stages.addProperty("note", HONEST);
        printJson(stages);
      } else {
        context
            .out()
            .printf(
                "%n%d of %d fields right, %d of %d slips without a fault.%n%s%n",
                fieldsRight, fields, whollyRight, count, HONEST);
      }
    }
  }
}
