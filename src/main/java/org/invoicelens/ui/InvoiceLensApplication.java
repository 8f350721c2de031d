package org.invoicelens.ui;

import javafx.application.Application;
import javafx.application.Platform;
import javafx.stage.Stage;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.setup.SetupPipeline;
import org.invoicelens.ui.pipeline.PipelineStages;
import org.invoicelens.ui.pipeline.Stages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The window's entry. */
public final class InvoiceLensApplication extends Application {

  private static final Logger log = LoggerFactory.getLogger(InvoiceLensApplication.class);

  private ApplicationFolders folders;
  private Stages stages;

  /** Reads the surroundings; not on the UI thread. */
  @Override
  public void init() {
    folders = ApplicationFolders.current();
    stages = new PipelineStages(folders, new SetupPipeline(folders, HubSettings.fromEnvironment()));
  }

  @Override
  public void start(Stage stage) {
    InvoiceLensWindow window = new InvoiceLensWindow(stage, folders, stages);
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
      log.error("Unexpected failure on {}", thread.getName(), thrown);
      Platform.runLater(window::tellUnexpected);
    });
    Appearance.follow(stage.getScene());
    window.show();
  }
}
