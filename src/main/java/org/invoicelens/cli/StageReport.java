package org.invoicelens.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.engine.EngineFacts;
import org.invoicelens.engine.ModelInstance;
import org.invoicelens.engine.OptimizedModel;
import org.invoicelens.engine.RemoteModel;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.setup.SetupListener;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Stage;
import org.invoicelens.verify.VerificationStatus;
import org.invoicelens.verify.VerificationStatus.Finding;

/** Tells in a line what each stage found, and keeps the same for JSON. */
final class StageReport implements SetupListener {

  private final CommandContext context;
  private final ProgressPrinter progress;
  private final boolean silent;
  private final JsonObject json = new JsonObject();
  private List<String> noted = List.of();

  StageReport(CommandContext context, ProgressPrinter progress, boolean silent) {
    this.context = context;
    this.progress = progress;
    this.silent = silent;
  }

  /** What was found so far, by stage. */
  JsonObject json() {
    return json;
  }

  void configured(ModelConfig config) {
    json.add("config", JsonReports.config(config));
    tell(Stage.CONFIGURATION, config.name() + ", from " + config.source());
  }

  @Override
  public void measured(HardwareStatus status) {
    json.add("hardware", JsonReports.hardware(status));
    String graphics =
        status.gpus().stream()
            .filter(HardwareStatus.Gpu::isUsable)
            .findFirst()
            .map(gpu -> gpu.name() + " with " + ByteSize.binaryText(gpu.memoryTotal()))
            .orElse("no usable graphics card");
    tell(
        Stage.HARDWARE,
        status.cores()
            + " processor cores, "
            + ByteSize.binaryText(status.memoryTotal())
            + " of memory, "
            + graphics);
  }

  @Override
  public void downloaded(DownloadResult result) {
    json.add("download", JsonReports.download(result));
    String files =
        Counts.files(result.checksums().size()) + ", " + ByteSize.text(result.totalSize());
    tell(
        Stage.DOWNLOAD,
        result.transferred() == 0
            ? files + ", all of them here already"
            : files
                + "; "
                + ByteSize.text(result.transferred())
                + " received in "
                + Durations.text(result.downloadTime()));
  }

  @Override
  public void fetchingAgain(List<Finding> wrong) {
    JsonArray again = new JsonArray();
    wrong.forEach(finding -> again.add(finding.file()));
    json.add("fetched_again", again);
    progress.clear();
    wrong.forEach(finding -> note("fetched again: " + finding.message()));
  }

  @Override
  public void verified(VerificationStatus status) {
    json.add("verification", JsonReports.verification(status));
    tell(
        Stage.VERIFICATION,
        status.checksumMatches()
            + " of "
            + Counts.files(status.fileCount())
            + " "
            + (status.fileCount() == 1 ? "is what it must be" : "are what they must be"));
  }

  @Override
  public void loaded(ModelInstance instance) {
    tell(
        Stage.INITIALIZATION,
        "loaded as " + instance.dtype().title() + " on " + device(instance.device()));
    noted = instance.notes();
    noted.forEach(this::note);
  }

  @Override
  public void connected(RemoteModel model) {
    tell(Stage.INITIALIZATION, model.device() + " has the model " + model.variant());
    noted = model.notes();
    noted.forEach(this::note);
  }

  @Override
  public void answered(RemoteModel model) {
    json.add("server", JsonReports.server(model));
    tell(
        Stage.OPTIMIZATION,
        "a question about a page was answered in " + Durations.text(model.inferenceTime()));
    notesAndCriteria(model);
  }

  @Override
  public void optimized(OptimizedModel model) {
    json.add("model", JsonReports.model(model));
    tell(
        Stage.OPTIMIZATION,
        "the test answer took "
            + Durations.text(model.inferenceTime())
            + ", the model holds "
            + ByteSize.binaryText(model.memoryUsage())
            + ", attention "
            + model.attention().id());
    notesAndCriteria(model);
  }

  private void notesAndCriteria(EngineFacts model) {
    model.notes().stream().filter(text -> !noted.contains(text)).forEach(this::note);
    for (OptimizedModel.Criterion criterion : model.criteria()) {
      note((criterion.met() ? "✓ " : "✗ ") + criterion.name() + ": " + criterion.found());
    }
  }

  private static String device(String device) {
    return device.equals("cpu") ? "the processor" : "the graphics card (" + device + ")";
  }

  private void tell(Stage stage, String found) {
    if (!silent) {
      progress.clear();
      context.out().printf("%-15s %s%n", stage.title(), found);
      context.out().flush();
    }
  }

  private void note(String text) {
    if (!silent) {
      context.out().printf("%-15s %s%n", "", text);
    }
  }
}
