package org.invoicelens.pixtral;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.invoicelens.stage.Words;

/** What is said about a tokenizer or processor file that cannot be used. */
final class ProcessorFault {

  private static final Words WORDS = Words.of(ProcessorFault.class);

  private ProcessorFault() {}

  static CheckpointException broken(Path file, String detail, Throwable cause) {
    return new CheckpointException(
        CheckpointException.Reason.BROKEN_FILE,
        WORDS.problem("file.unknown", file.getFileName()),
        file.getFileName() + ": " + detail,
        cause);
  }

  /** Refuses a file that no checkpoint has so large. */
  static void requireSize(Path file, long most) throws CheckpointException {
    try {
      long size = Files.size(file);
      if (size > most) {
        throw broken(file, size + " bytes, at most " + most + " are read", null);
      }
    } catch (IOException e) {
      throw broken(file, "it cannot be read", e);
    }
  }
}
