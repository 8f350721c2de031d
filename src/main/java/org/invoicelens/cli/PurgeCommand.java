package org.invoicelens.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import org.invoicelens.setup.UserData;
import org.invoicelens.stage.ByteSize;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code purge}: removes what the program keeps for the user, which uninstalling leaves alone. */
@CommandLine.Command(
    name = "purge",
    header = "Remove models, settings, history and logs of this user.",
    description = {
      "Says what there is and how large it is; removes it only with --yes. Uninstalling the",
      "program leaves all of it. Model folders elsewhere, and invoices, are never touched."
    })
final class PurgeCommand extends Command {

  @Option(names = "--yes", description = "Remove it.")
  boolean sure;

  PurgeCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode execute(ProgressPrinter progress) throws IOException {
    UserData data = new UserData(context.folders());
    if (!data.isSeparate()) {
      throw usage(
          "This is a checkout, which keeps its data in itself: remove its folders models/ (all but"
              + " models/bundled), runtimes/ and target/ by hand.");
    }
    List<UserData.Part> parts = data.parts();
    if (sure) {
      for (UserData.Part part : parts) {
        data.remove(part);
      }
    }
    report(parts);
    return ExitCode.DONE;
  }

  private void report(List<UserData.Part> parts) {
    long total = parts.stream().mapToLong(UserData.Part::size).sum();
    if (json) {
      JsonArray folders = new JsonArray();
      for (UserData.Part part : parts) {
        JsonObject folder = new JsonObject();
        folder.addProperty("path", part.path().toString());
        folder.addProperty("bytes", part.size());
        folder.addProperty("files", part.files());
        folders.add(folder);
      }
      JsonObject document = new JsonObject();
      document.add("folders", folders);
      document.addProperty("bytes", total);
      document.addProperty("removed", sure);
      printJson(document);
      return;
    }
    for (UserData.Part part : parts) {
      context.out().printf("%10s  %s%n", ByteSize.text(part.size()), part.path());
    }
    if (parts.isEmpty()) {
      context.out().println("There is nothing to remove.");
    } else if (sure) {
      context.out().println("Removed: " + ByteSize.text(total) + ".");
    } else {
      context
          .out()
          .println(
              "This would remove " + ByteSize.text(total) + ". Add --yes to remove it for good.");
    }
  }
}
