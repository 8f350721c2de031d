package org.invoicelens.cli;

import org.invoicelens.config.ConfigException;
import org.invoicelens.download.DownloadException;
import org.invoicelens.engine.InitializationException;
import org.invoicelens.engine.OptimizationException;
import org.invoicelens.hardware.HardwareException;
import org.invoicelens.pixtral.CheckpointException;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.runtime.CudaRuntimeException;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.update.UpdateException;
import org.invoicelens.verify.VerificationException;
import picocli.CommandLine.ParameterException;

/** How a command ended, as scripts see it. */
public enum ExitCode {
  DONE(0, "done"),
  UNEXPECTED(1, "unexpected"),
  USAGE(2, "usage"),
  CONFIGURATION(2, "configuration"),
  HARDWARE(3, "hardware"),
  DOWNLOAD(4, "download"),
  VERIFICATION(5, "verification"),
  INITIALIZATION(6, "initialization"),
  OPTIMIZATION(7, "optimization"),
  INFERENCE(8, "inference"),
  CANCELLED(130, "cancelled");

  private final int number;
  private final String kind;

  ExitCode(int number, String kind) {
    this.number = number;
    this.kind = kind;
  }

  /** The process's exit status. */
  public int number() {
    return number;
  }

  /** The kind of failure, as it stands in JSON. */
  public String kind() {
    return kind;
  }

  static ExitCode of(Throwable failure) {
    return switch (failure) {
      case ParameterException e -> USAGE;
      case ConfigException e -> CONFIGURATION;
      case HardwareException e -> HARDWARE;
      case DownloadException e -> DOWNLOAD;
      case CudaRuntimeException e ->
          switch (e.reason()) {
            case VANISHED, CHANGED -> VERIFICATION;
            case NO_PLATFORM -> HARDWARE;
            case NOT_ADOPTABLE -> USAGE;
            default -> DOWNLOAD;
          };
      case UpdateException e ->
          e.reason() == UpdateException.Reason.BAD_SETTING ? CONFIGURATION : DOWNLOAD;
      case VerificationException e -> VERIFICATION;
      case InitializationException e -> INITIALIZATION;
      case CheckpointException e -> INITIALIZATION;
      case OptimizationException e -> OPTIMIZATION;
      case InferenceException e -> INFERENCE;
      case CancelledException e -> CANCELLED;
      default -> UNEXPECTED;
    };
  }
}
