package org.invoicelens.cli;

import java.io.PrintStream;
import java.time.Duration;
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
  private long firstDone;
  private long firstAt;

  /** The last report on the documents of a run, and how far the answer to one of them is. */
  private Progress documents;

  private String answer = "";

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
      onPart(progress);
      return;
    }
    long now = clock.getAsLong();
    boolean fresh = progress.stage() != stage;
    if (fresh) {
      stage = progress.stage();
      rate = new TransferRate(clock);
      firstDone = progress.done();
      firstAt = now;
    }
    documents = progress.unit() == Progress.Unit.DOCUMENTS ? progress : null;
    answer = "";
    rate.record(progress.done());
    boolean news = !progress.message().isEmpty() && !progress.message().equals(message);
    long since = now - printedAt;
    if (fresh || since >= (terminal ? REDRAW : news ? NEWS : PLAIN)) {
      message = progress.message();
      printedAt = now;
      print(progress);
    }
  }

  /** Of parts, only the answer to a document is told, beside the count of the documents. */
  private void onPart(Progress part) {
    if (documents == null || part.unit() != Progress.Unit.TOKENS) {
      return;
    }
    answer = count(part.done(), "tokens");
    long now = clock.getAsLong();
    if (now - printedAt >= (terminal ? REDRAW : PLAIN)) {
      printedAt = now;
      print(documents);
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

  /** How fast documents are read, by the mean since the first: a single one may take minutes. */
  private void addPace(List<String> parts, Progress progress) {
    long done = progress.done() - firstDone;
    double seconds = (clock.getAsLong() - firstAt) / 1e9;
    if (done < 1 || seconds <= 0) {
      return;
    }
    double each = seconds / done;
    parts.add(
        each < 1
            ? String.format(Locale.ROOT, "%.1f/s", 1 / each)
            : Durations.text(Duration.ofMillis((long) (each * 1000))) + " each");
    long left = progress.total() - progress.done();
    if (left > 0) {
      parts.add(Durations.text(Duration.ofMillis((long) (each * left * 1000))) + " left");
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
    if (progress.unit() == Progress.Unit.DOCUMENTS) {
      // A drawn line has no room for what every document is.
      parts.add(
          progress.done()
              + " of "
              + (terminal ? progress.total() : count(progress.total(), "documents")));
      addPace(parts, progress);
    } else if (known) {
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
    if (!answer.isEmpty()) {
      parts.add(answer);
    }
    String bar = "";
    if (terminal && known) {
      // Documents have more to tell beside their bar.
      int width = progress.unit() == Progress.Unit.DOCUMENTS ? BAR / 2 : BAR;
      int full = (int) (fraction * width);
      bar = "[" + "#".repeat(full) + ".".repeat(width - full) + "] ";
    }
    String sentence = TextTable.plain(progress.message().replaceFirst("[.]+$", ""));
    if (!sentence.isEmpty()) {
      // At the end of a line that may be cut off, and at the start of one that is not.
      parts.add(terminal ? parts.size() : 0, sentence);
    }
    return progress.stage().title() + ": " + bar + String.join(", ", parts);
  }
}
