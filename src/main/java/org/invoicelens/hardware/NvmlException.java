package org.invoicelens.hardware;

/** A call of NVML that failed, or a driver that is not there. */
final class NvmlException extends Exception {

  private static final long serialVersionUID = 1L;

  NvmlException(String message) {
    super(message);
  }

  NvmlException(String message, Throwable cause) {
    super(message, cause);
  }
}
