package org.invoicelens.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.invoicelens.download.TransferRate;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;

/**
 * Progress on a stream: one line drawn over again and again where a person watches, and otherwise a
 * plain line now and then. Thread-safe.
 */
final class ProgressPrinter implements ProgressListener, AutoCloseable {

  private static final int BAR = 20;
  private static final int LINE = 79;
  private static final long REDRAW = 100_000_000L;
  private static final long PLAIN = 5_000_000_000L;
  private static final long NEWS = 1_000_000_000L;

  private final PrintStream stream;
  private final boolean terminal;
  private final LongSupplier clock;

  private Stage stage;
  private String message = "";
  private long printedAt;
  private boolean drawn;
  private TransferRate rate;

  ProgressPrinter(PrintStream stream, boolean terminal) {
    this(stream, terminal, System::nanoTime);
  }

  ProgressPrinter(PrintStream stream, boolean terminal, LongSupplier clock) {
    this.stream = stream;
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public synchronized void onProgress(Progress progress) {
    if (!progress.isWhole()) {
      return;
    }
    long now = clock.getAsLong();
    boolean fresh = progress.stage() != stage;
    if (fresh) {
      stage = progress.stage();
      rate = new TransferRate(clock);
    }
    rate.record(progress.done());
    boolean news = !progress.message().isEmpty() && !progress.message().equals(message);
    long since = now - printedAt;
    if (fresh || since >= (terminal ? REDRAW : news ? NEWS : PLAIN)) {
      message = progress.message();
      printedAt = now;
      print(progress);
    }
  }

  /** Prints a line of its own. */
  synchronized void line(String text) {
    clear();
    stream.println(text);
  }

  /** Takes the drawn line away, so that other output can follow. */
  synchronized void clear() {
    if (drawn) {
      stream.print("\r" + " ".repeat(LINE) + "\r");
      stream.flush();
      drawn = false;
    }
  }

  @Override
  public void close() {
    clear();
  }

  private void print(Progress progress) {
    String text = text(progress);
    if (terminal) {
      String line = text.length() > LINE ? text.substring(0, LINE - 1) + "…" : text;
      stream.print("\r" + line + " ".repeat(LINE - line.length()));
      stream.flush();
      drawn = true;
    } else {
      stream.println(text);
    }
  }

  private static String count(long number, String units) {
    return number + " " + (number == 1 ? units.replaceFirst("s$", "") : units);
  }

  private String text(Progress progress) {
    List<String> parts = new ArrayList<>();
    double fraction = progress.fraction();
    boolean known = fraction >= 0 && progress.total() > 0;
    boolean bytes = progress.unit() == Progress.Unit.BYTES;
    if (known) {
      String share = (int) (fraction * 100) + " %";
      parts.add(bytes ? share + " of " + ByteSize.text(progress.total()) : share);
    } else if (progress.done() > 0) {
      parts.add(
          bytes
              ? ByteSize.text(progress.done())
              : count(progress.done(), progress.unit().name().toLowerCase(Locale.ROOT)));
    }
    long perSecond = (long) rate.bytesPerSecond();
    if (bytes && perSecond > 0) {
      parts.add(ByteSize.text(perSecond) + "/s");
      if (known && fraction < 1) {
        rate.timeLeft(progress.total() - progress.done())
            .ifPresent(left -> parts.add(Durations.text(left) + " left"));
      }
    }
    String bar = "";
    if (terminal && known) {
      int full = (int) (fraction * BAR);
      bar = "[" + "#".repeat(full) + ".".repeat(BAR - full) + "] ";
    }
    String sentence = TextTable.plain(progress.message().replaceFirst("[.]+$", ""));
    if (!sentence.isEmpty()) {
      // At the end of a line that may be cut off, and at the start of one that is not.
      parts.add(terminal ? parts.size() : 0, sentence);
    }
    return progress.stage().title() + ": " + bar + String.join(", ", parts);
  }
}
