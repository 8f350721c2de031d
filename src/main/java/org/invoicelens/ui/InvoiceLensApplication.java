package org.invoicelens.ui;

import javafx.application.Application;
import javafx.stage.Stage;

/** The window's entry. */
public final class InvoiceLensApplication extends Application {

  @Override
  public void start(Stage stage) {
    throw new UnsupportedOperationException();
  }
}
