package org.invoicelens.stage;

import java.util.Objects;

/**
 * How far a stage has come at one moment.
 *
 * @param stage the stage at work
 * @param item the part of it this report is about, such as a file's name; empty for the stage as a
 *     whole
 * @param done how much is done, in {@code unit}; never negative, never above a known {@code total}
 * @param total how much there is to do, in {@code unit}, or {@link #UNKNOWN}
 * @param unit what {@code done} and {@code total} count
 * @param message one sentence for the user on what happens now; may be empty
 */
public record Progress(Stage stage, String item, long done, long total, Unit unit, String message) {

  /** The total of work whose amount is not known. */
  public static final long UNKNOWN = -1;

  /** What a progress report counts. */
  public enum Unit {
    BYTES,
    STEPS,
    TOKENS,
    DOCUMENTS
  }

  public Progress {
    Objects.requireNonNull(stage, "stage");
    Objects.requireNonNull(item, "item");
    Objects.requireNonNull(unit, "unit");
    Objects.requireNonNull(message, "message");
    if (done < 0 || total < UNKNOWN || (total != UNKNOWN && done > total)) {
      throw new IllegalArgumentException("progress " + done + " of " + total);
    }
  }

  /** A report on the stage as a whole. */
  public static Progress of(Stage stage, long done, long total, Unit unit, String message) {
    return new Progress(stage, "", done, total, unit, message);
  }

  /** Whether this report is about the stage as a whole and not about one part of it. */
  public boolean isWhole() {
    return item.isEmpty();
  }

  /** The share done, between 0 and 1, or a negative number where the total is not known. */
  public double fraction() {
    if (total == UNKNOWN) {
      return -1;
    }
    return total == 0 ? 1 : (double) done / total;
  }
}
