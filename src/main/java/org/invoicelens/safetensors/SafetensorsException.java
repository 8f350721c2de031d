package org.invoicelens.safetensors;

import java.io.IOException;
import java.nio.file.Path;

/** A safetensors file that cannot be read, or is not what the format demands. */
public final class SafetensorsException extends IOException {

  private static final long serialVersionUID = 1L;

  private final transient Path file;
  private final String fault;

  /**
   * @param file the file in question
   * @param fault what is wrong with it and where, as a clause without the file's name
   * @param cause what was caught, or null
   */
  public SafetensorsException(Path file, String fault, Throwable cause) {
    super(file.getFileName() + ": " + fault, cause);
    this.file = file;
    this.fault = fault;
  }

  /** The file in question. */
  public Path file() {
    return file;
  }

  /** What is wrong with it and where, without the file's name. */
  public String fault() {
    return fault;
  }
}
