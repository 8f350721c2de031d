package org.invoicelens;

import java.awt.GraphicsEnvironment;
import javafx.application.Application;
import org.invoicelens.cli.CommandLineDoor;
import org.invoicelens.ui.InvoiceLensApplication;

/** Picks the door: the window, or the command line where there are arguments or no display. */
public final class Main {

  private Main() {}

  public static void main(String[] arguments) {
    if (arguments.length > 0) {
      exit(CommandLineDoor.run(arguments));
    }
    if (GraphicsEnvironment.isHeadless()) {
      System.err.println(
          "No display was found, so no window can open. Running \"invoicelens demo\" instead;"
              + " \"invoicelens --help\" lists every command.");
      exit(CommandLineDoor.run("demo"));
    }
    Application.launch(InvoiceLensApplication.class);
  }

  private static void exit(int code) {
    System.out.flush();
    System.err.flush();
    Runtime.getRuntime().halt(code);
  }
}
