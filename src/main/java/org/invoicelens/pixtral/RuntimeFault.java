package org.invoicelens.pixtral;

import java.util.Locale;
import org.invoicelens.stage.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures of the tensor engine in the words of the user. */
final class RuntimeFault {

  private static final Logger log = LoggerFactory.getLogger(RuntimeFault.class);

  private RuntimeFault() {}

  static CheckpointException loading(Throwable e) {
    if (isOutOfMemory(e)) {
      return new CheckpointException(
          CheckpointException.Reason.OUT_OF_MEMORY,
          new Problem(
              "Memory ran out while the model was being loaded.",
              "",
              "Close other programs, or choose a precision with fewer bits."),
          e.toString(),
          e);
    }
    log.error("Loading the model failed.", e);
    return new CheckpointException(
        CheckpointException.Reason.RUNTIME_FAILED,
        new Problem(
            "The model could not be loaded.",
            "The program library that runs it reported a fault.",
            "Try again. If it fails again, the log has the details."),
        e.toString(),
        e);
  }

  static InferenceException answering(Throwable e) {
    if (isOutOfMemory(e)) {
      return new InferenceException(
          InferenceException.Reason.OUT_OF_MEMORY,
          new Problem(
              "Memory ran out while the answer was being made.",
              "The model stays loaded.",
              "Close other programs, use fewer or smaller pictures, or a shorter answer."),
          e.toString(),
          e);
    }
    log.error("The model's program failed.", e);
    return new InferenceException(
        InferenceException.Reason.RUNTIME_FAILED,
        new Problem(
            "The answer could not be made.",
            "The program library that runs the model reported a fault; the model stays loaded.",
            "Try again. If it fails again, the log has the details."),
        e.toString(),
        e);
  }

  static InferenceException notFinite(int tokens) {
    return new InferenceException(
        InferenceException.Reason.NOT_FINITE,
        new Problem(
            "The model's numbers went out of range while it made the answer.",
            "Its weights or the precision it runs in are not sound.",
            "Verify the model's files, or choose another precision."),
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
