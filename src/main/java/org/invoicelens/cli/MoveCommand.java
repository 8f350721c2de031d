package org.invoicelens.cli;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.setup.ModelMove;
import org.invoicelens.setup.ModelPlace;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code move}: brings a model that is here to another folder, or finds one that was brought. */
@CommandLine.Command(
    name = "move",
    header = "Move a model's files to another folder or disk.",
    description = {
      "The window and all commands look for the model there from then on. The old files are"
          + " removed",
      "only when all are there; stopped before, the same command goes on. Where the model's folder",
      "is gone, DIR is looked at for its files, and nothing is moved. Not while the window is open."
    })
final class MoveCommand extends Command {

  @Mixin private ConfigOption config;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      required = true,
      description = "The new folder, or one in which a folder of the model's name is made.")
  private Path to;

  MoveCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode execute(ProgressPrinter progress) throws Exception {
    ModelConfig model = context.pipeline().loadConfig(config.file(context));
    if (model.isBundled()) {
      throw usage("The model " + model.name() + " ships with the program and cannot be moved.");
    }
    refuseBesideTheWindow(model);
    JsonObject document = new JsonObject();
    document.addProperty("model", model.name());
    document.addProperty("from", model.modelPath().toString());
    if (Files.isDirectory(model.modelPath())) {
      move(model, document, progress);
    } else {
      find(model, document);
    }
    if (json) {
      printJson(document);
    }
    return ExitCode.DONE;
  }

  /** The window may be reading with the model, and keeps settings of its own. */
  private void refuseBesideTheWindow(ModelConfig model) throws DownloadException {
    if (context.window().getAsBoolean()) {
      throw new DownloadException(
          DownloadException.Reason.IN_USE,
          new Problem(
              "InvoiceLens is open in a window.",
              "It may be using " + model.name() + ", so nothing was moved.",
              "Close the window and try again, or move the model there: under Models."),
          model.modelPath().toString(),
          null);
    }
  }

  private void move(ModelConfig model, JsonObject document, ProgressPrinter progress)
      throws StageException {
    ModelPlace place = ModelPlace.toMoveTo(model, to, context.folders());
    boolean clean =
        new ModelMove(progress, cancellation())
            .move(model, place.folder(), new SettingsStore(context.folders()));
    progress.clear();
    report(document, place.folder(), true);
    document.addProperty("bytes", place.needed());
    document.addProperty("left_behind", !clean);
    say(ByteSize.text(place.needed()) + " moved. " + lies(model, place.folder()));
    if (!clean) {
      say("Something in " + model.modelPath() + " could not be removed.");
    }
  }

  private void find(ModelConfig model, JsonObject document) throws StageException {
    Path found = ModelMove.find(model, to, context.folders(), new SettingsStore(context.folders()));
    report(document, found, false);
    say("Nothing moved: " + model.modelPath() + " is gone. " + lies(model, found));
  }

  private static void report(JsonObject document, Path folder, boolean moved) {
    document.addProperty("to", folder.toString());
    document.addProperty("moved", moved);
  }

  private static String lies(ModelConfig model, Path folder) {
    return model.name() + " lies in " + folder + " now.";
  }

  private void say(String sentence) {
    if (!json) {
      context.out().println(sentence);
    }
  }
}
