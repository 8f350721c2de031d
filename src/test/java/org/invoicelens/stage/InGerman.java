package org.invoicelens.stage;

import java.util.Locale;
import java.util.Locale.Category;
import java.util.concurrent.Callable;

/** What a user with a computer set to German sees. */
public final class InGerman {

  private InGerman() {}

  /** What a call returns while the language and the notation of numbers are German. */
  public static <T> T of(Callable<T> call) throws Exception {
    Locale display = Locale.getDefault(Category.DISPLAY);
    Locale format = Locale.getDefault(Category.FORMAT);
    Locale.setDefault(Category.DISPLAY, Locale.GERMANY);
    Locale.setDefault(Category.FORMAT, Locale.GERMANY);
    try {
      return call.call();
    } finally {
      Locale.setDefault(Category.DISPLAY, display);
      Locale.setDefault(Category.FORMAT, format);
    }
  }
}
