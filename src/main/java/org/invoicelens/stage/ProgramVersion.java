package org.invoicelens.stage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The versions of what runs, as the build wrote them.
 *
 * @param program that of the application
 * @param pytorch that of PyTorch
 */
public record ProgramVersion(String program, String pytorch) {

  /** The versions of the running program. */
  public static ProgramVersion current() {
    Properties properties = new Properties();
    try (InputStream in = ProgramVersion.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException brokenBuild) {
      throw new UncheckedIOException(brokenBuild);
    }
    return new ProgramVersion(properties.getProperty("version"), properties.getProperty("pytorch"));
  }
}
