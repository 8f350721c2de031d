package org.invoicelens.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.net.URI;
import java.util.Optional;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.settings.UpdateChoice;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.ProgramVersion;
import org.invoicelens.update.Release;
import org.invoicelens.update.UpdateCheck;
import org.invoicelens.update.UpdateException;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code updates}: whether a newer version of the program was published. */
@CommandLine.Command(
    name = "updates",
    header = "Tell whether a newer version of InvoiceLens was published.",
    description = {
      "Looks once, at the address in the settings. Only tells: nothing is fetched or replaced, and",
      "models are never touched."
    })
final class UpdatesCommand extends Command {

  @Option(
      names = "--address",
      paramLabel = "URL",
      description = "Where release.json lies, instead of the address in the settings.")
  String address;

  @Option(
      names = "--key",
      paramLabel = "BASE64",
      description = "The public key that signs it, instead of the one in the settings.")
  String key;

  UpdatesCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode execute(ProgressPrinter progress) throws UpdateException {
    UpdateChoice choice = new SettingsStore(context.folders()).current().updates();
    if (address != null) {
      URI uri =
          UpdateCheck.address(address)
              .orElseThrow(() -> usage("--address is not an address: " + address));
      choice = choice.withAddress(Optional.of(uri)).withKey(Optional.empty());
    }
    if (key != null) {
      choice = choice.withKey(Optional.of(key));
    }
    Release newest = UpdateCheck.newest(choice, context.hubSettings());
    String running = ProgramVersion.current().program();
    if (json) {
      printJson(document(newest, running));
      return ExitCode.DONE;
    }
    if (!newest.newer()) {
      context.out().println("InvoiceLens " + running + " is the newest version.");
      return ExitCode.DONE;
    }
    String published = newest.date().map(date -> ", published on " + date).orElse("");
    context.out().println("InvoiceLens " + newest.version() + " exists" + published + ".");
    context.out().println("This is " + running + ".");
    newest.page().ifPresent(page -> context.out().println("What is new: " + page));
    for (Release.Package file : newest.packages()) {
      context.out().println();
      context.out().println(file.address() + "  (" + ByteSize.text(file.size()) + ")");
      context.out().println("SHA-256: " + file.sha256());
    }
    return ExitCode.DONE;
  }

  private static JsonObject document(Release newest, String running) {
    JsonObject document = new JsonObject();
    document.addProperty("running", running);
    document.addProperty("newest", newest.version());
    document.addProperty("newer", newest.newer());
    newest.date().ifPresent(date -> document.addProperty("date", date.toString()));
    newest.page().ifPresent(page -> document.addProperty("page", page.toString()));
    JsonArray packages = new JsonArray();
    for (Release.Package file : newest.packages()) {
      JsonObject entry = new JsonObject();
      entry.addProperty("file", file.name());
      entry.addProperty("address", file.address().toString());
      entry.addProperty("bytes", file.size());
      entry.addProperty("sha256", file.sha256());
      packages.add(entry);
    }
    document.add("packages", packages);
    return document;
  }
}
