package org.invoicelens.cli;

import java.io.PrintStream;
import java.util.function.Supplier;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.stage.Cancellation;

/**
 * What a command has around it.
 *
 * @param out where results go
 * @param err where progress and failures go
 * @param terminal whether a person watches {@code err}, so that a line may be drawn over
 * @param folders the application's folders
 * @param settings how the environment says that the Hub is reached
 * @param cancellation the user's wish to stop
 */
public record CommandContext(
    PrintStream out,
    PrintStream err,
    boolean terminal,
    ApplicationFolders folders,
    Supplier<HubSettings> settings,
    Cancellation cancellation) {}
