package org.invoicelens.hardware;

/** A call of NVML that failed, or a driver that is not there. */
final class NvmlException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int code;

  NvmlException(String message) {
    this(message, 0);
  }

  /**
   * @param code what NVML returned; 0 where it was not NVML that failed
   */
  NvmlException(String message, int code) {
    super(message);
    this.code = code;
  }

  NvmlException(String message, Throwable cause) {
    super(message, cause);
    this.code = 0;
  }

  /**
   * Whether the card no longer answers: NVML_ERROR_GPU_IS_LOST, as after it fell off the bus, or
   * NVML_ERROR_RESET_REQUIRED.
   */
  boolean isLost() {
    return code == 15 || code == 16;
  }
}
