package org.invoicelens.cli;

import java.io.PrintStream;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.settings.SecretsFile;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.setup.HubAccess;
import org.invoicelens.setup.SetupPipeline;
import org.invoicelens.stage.Cancellation;

/**
 * What a command has around it.
 *
 * @param out where results go
 * @param err where progress and failures go
 * @param terminal whether a person watches {@code err}, so that a line may be drawn over
 * @param folders the application's folders
 * @param environment how the environment says that the Hub is reached
 * @param cancellation the user's wish to stop
 * @param window whether this user's window is open; asking brings it to the front
 */
public record CommandContext(
    PrintStream out,
    PrintStream err,
    boolean terminal,
    ApplicationFolders folders,
    Supplier<HubSettings> environment,
    Cancellation cancellation,
    BooleanSupplier window) {

  /** How the Hub is reached where no option says otherwise. */
  HubSettings hubSettings() {
    return new HubAccess(new SettingsStore(folders), new SecretsFile(folders), environment)
        .afterEnvironment();
  }

  /** The stages of a command without options for the Hub. */
  SetupPipeline pipeline() {
    return pipeline(hubSettings());
  }

  /** The stages, with the model folders and the rate that the user chose in the window. */
  SetupPipeline pipeline(HubSettings hub) {
    SettingsStore settings = new SettingsStore(folders);
    return new SetupPipeline(folders, () -> hub, settings::current);
  }
}
