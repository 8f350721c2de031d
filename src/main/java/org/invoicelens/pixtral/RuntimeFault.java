package org.invoicelens.pixtral;

import java.util.Locale;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures of the tensor engine in the words of the user. */
final class RuntimeFault {

  private static final Logger log = LoggerFactory.getLogger(RuntimeFault.class);

  private static final Words WORDS = Words.of(RuntimeFault.class);

  private RuntimeFault() {}

  static CheckpointException loading(Throwable e) {
    if (isOutOfMemory(e)) {
      return new CheckpointException(
          CheckpointException.Reason.OUT_OF_MEMORY,
          WORDS.problem("loading.noMemory"),
          e.toString(),
          e);
    }
    log.error("Loading the model failed.", e);
    return new CheckpointException(
        CheckpointException.Reason.RUNTIME_FAILED,
        WORDS.problem("loading.failed"),
        e.toString(),
        e);
  }

  static InferenceException answering(Throwable e) {
    if (isOutOfMemory(e)) {
      return new InferenceException(
          InferenceException.Reason.OUT_OF_MEMORY,
          WORDS.problem("answering.noMemory"),
          e.toString(),
          e);
    }
    log.error("The model's program failed.", e);
    return new InferenceException(
        InferenceException.Reason.RUNTIME_FAILED,
        WORDS.problem("answering.failed"),
        e.toString(),
        e);
  }

  static InferenceException notFinite(int tokens) {
    return new InferenceException(
        InferenceException.Reason.NOT_FINITE,
        WORDS.problem("answering.notFinite"),
        "after " + tokens + " tokens",
        null);
  }

  /** PyTorch tells of memory that ran out only in its messages. */
  private static boolean isOutOfMemory(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (cause instanceof OutOfMemoryError
          || message.contains("out of memory")
          || message.contains("defaultcpuallocator")
          || message.contains("bad_alloc")) {
        return true;
      }
    }
    return false;
  }
}
