package org.invoicelens.hardware;

import java.util.Locale;
import java.util.stream.Collectors;
import org.invoicelens.hardware.HardwareStatus.Check;
import org.invoicelens.stage.ByteSize;

/** Writes the result of the hardware check as plain text, to be copied or printed. */
public final class HardwareReport {

  private HardwareReport() {}

  /** All checks and the memory sums, in lines of plain text that end with a line break. */
  public static String text(HardwareStatus status) {
    StringBuilder text = new StringBuilder();
    status.checks().forEach(check -> text.append(check(check)));
    if (!status.fits().isEmpty()) {
      text.append('\n').append(table(status));
    }
    return text.toString();
  }

  private static String check(Check check) {
    String head =
        String.format(
            Locale.ROOT,
            "%-7s %-17s %s%s%n",
            switch (check.state()) {
              case GOOD -> "good";
              case REMARK -> "remark";
              case FAILED -> "FAILED";
            },
            check.subject().title(),
            check.found(),
            check.source().isEmpty() ? "" : " [" + check.source() + "]");
    return (head + detail(check.meaning()) + detail(check.remedy())).replace("\r\n", "\n");
  }

  private static String detail(String sentence) {
    return sentence.isEmpty() ? "" : " ".repeat(26) + sentence + "\n";
  }

  private static String table(HardwareStatus status) {
    String head =
        String.format(
            Locale.ROOT,
            "%-16s %-13s %10s %10s %10s %10s %10s %10s%n",
            "precision",
            "device",
            "weights",
            "KV cache",
            "runtime",
            "kept free",
            "needed",
            "free now");
    return (head + status.fits().stream().map(HardwareReport::row).collect(Collectors.joining()))
        .replace("\r\n", "\n");
  }

  private static String row(MemoryEstimate estimate) {
    return String.format(
        Locale.ROOT,
        "%-16s %-13s %10s %10s %10s %10s %10s %10s  %s%n",
        estimate.precision().title(),
        estimate.onGpu() ? "graphics card" : "processor",
        ByteSize.binaryText(estimate.weights()),
        ByteSize.binaryText(estimate.kvCache()),
        ByteSize.binaryText(estimate.runtime()),
        ByteSize.binaryText(estimate.reserve()),
        ByteSize.binaryText(estimate.needed()),
        ByteSize.binaryText(estimate.available()),
        estimate.fits() ? "fits" : "too large");
  }
}
