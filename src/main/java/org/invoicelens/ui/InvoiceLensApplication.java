package org.invoicelens.ui;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import javafx.application.Application;
import javafx.application.Platform;
import javafx.stage.Stage;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.settings.Looks.Language;
import org.invoicelens.settings.SecretsFile;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.setup.HubAccess;
import org.invoicelens.setup.SetupPipeline;
import org.invoicelens.ui.instance.OnlyWindow;
import org.invoicelens.ui.instance.Restart;
import org.invoicelens.ui.pipeline.PipelineStages;
import org.invoicelens.ui.pipeline.Stages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The window's entry. */
public final class InvoiceLensApplication extends Application {

  private static final Logger log = LoggerFactory.getLogger(InvoiceLensApplication.class);

  private ApplicationFolders folders;
  private SettingsStore settings;
  private SecretsFile secrets;
  private Stages stages;
  private final Restart restart = Restart.ofThisProgram();
  private Optional<OnlyWindow> listener = Optional.empty();

  /** Reads the surroundings; not on the UI thread. */
  @Override
  public void init() {
    folders = ApplicationFolders.current();
    settings = new SettingsStore(folders);
    speak(settings.current().looks().language());
    secrets = new SecretsFile(folders);
    HubAccess hub = new HubAccess(settings, secrets, HubSettings::fromEnvironment);
    stages =
        new PipelineStages(
            folders, settings, new SetupPipeline(folders, hub::chosen, settings::current));
  }

  @Override
  public void start(Stage stage) {
    InvoiceLensWindow window =
        new InvoiceLensWindow(
            stage, folders, settings, secrets, stages, restart, getHostServices());
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
      log.error("Unexpected failure on {}", thread.getName(), thrown);
      Platform.runLater(window::tellUnexpected);
    });
    window.show();
    window.open(getParameters().getRaw().stream().map(Path::of).toList());
    listener =
        OnlyWindow.listen(
            folders.state(), documents -> Platform.runLater(() -> window.open(documents)));
  }

  @Override
  public void stop() {
    listener.ifPresent(OnlyWindow::close);
    restart.begin();
  }

  /** Words and numbers go together: a chosen language brings its own notation of numbers. */
  private static void speak(Language language) {
    switch (language) {
      case SYSTEM -> {}
      case ENGLISH -> Locale.setDefault(inLanguage(Locale.ENGLISH));
      case GERMAN -> Locale.setDefault(inLanguage(Locale.GERMAN));
    }
  }

  /** The system's own variant of a language, such as Swiss German, where it speaks that. */
  private static Locale inLanguage(Locale wanted) {
    Locale system = Locale.getDefault();
    return system.getLanguage().equals(wanted.getLanguage()) ? system : wanted;
  }
}
