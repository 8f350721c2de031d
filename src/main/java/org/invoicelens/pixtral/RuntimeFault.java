package org.invoicelens.pixtral;

import java.util.Locale;
import java.util.Optional;
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
    Optional<String> ofTheCard = ofTheCard(e);
    if (ofTheCard.isPresent()) {
      return new CheckpointException(
          CheckpointException.Reason.DEVICE_UNAVAILABLE,
          WORDS.problem(ofTheCard.get()),
          e.toString(),
          e);
    }
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
    Optional<String> ofTheCard = ofTheCard(e);
    if (ofTheCard.isPresent()) {
      return new InferenceException(
          InferenceException.Reason.CARD_FAULT, WORDS.problem(ofTheCard.get()), e.toString(), e);
    }
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
      if (cause instanceof OutOfMemoryError) {
        return true;
      }
    }
    return says(e, "out of memory")
        || says(e, "defaultcpuallocator")
        || says(e, "bad_alloc")
        || says(e, "cublas_status_alloc_failed");
  }

  /** What a fault of the card or its driver is called; empty where it is another. */
  private static Optional<String> ofTheCard(Throwable e) {
    if (says(e, "driver version is insufficient") || says(e, "nvidia driver on your system")) {
      return Optional.of("loading.oldDriver");
    }
    if (says(e, "no kernel image is available")) {
      return Optional.of("loading.noKernel");
    }
    return says(e, "cuda error") || says(e, "cublas_status_") || says(e, "cudnn_status_")
        ? Optional.of("loading.cardFault")
        : Optional.empty();
  }

  private static boolean says(Throwable e, String words) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains(words)) {
        return true;
      }
    }
    return false;
  }
}
