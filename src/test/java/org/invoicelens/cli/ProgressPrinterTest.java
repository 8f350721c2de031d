package org.invoicelens.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.junit.jupiter.api.Test;

class ProgressPrinterTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now;

  private ProgressPrinter printer(boolean terminal) {
    return new ProgressPrinter(stream, terminal, () -> now);
  }

  private void wait(Duration time) {
    now += time.toNanos();
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Progress bytes(long done, String message) {
    return Progress.of(Stage.DOWNLOAD, done, 10_000_000, Progress.Unit.BYTES, message);
  }

  @Test
  void printsFewPlainLinesWhereNobodyWatches() {
    ProgressPrinter printer = printer(false);
    for (int tenth = 0; tenth <= 100; tenth++) {
      printer.onProgress(bytes(tenth * 100_000L, "Fetching"));
      wait(Duration.ofMillis(100));
    }
    printer.close();
    List<String> lines = text().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).isEqualTo("Download: Fetching, 0 % of 10.0 MB");
    assertThat(lines.get(1)).isEqualTo("Download: Fetching, 50 % of 10.0 MB, 1.0 MB/s, 5.0 s left");
  }

  @Test
  void tellsOfANewStageAtOnce() {
    ProgressPrinter printer = printer(false);
    printer.onProgress(bytes(0, "Fetching"));
    printer.onProgress(
        Progress.of(Stage.VERIFICATION, 1, 2, Progress.Unit.STEPS, "Checking files"));
    assertThat(text().lines()).contains("Verification: Checking files, 50 %");
  }

  @Test
  void leavesPartsOutWhereTheWholeIsReported() {
    ProgressPrinter printer = printer(false);
    printer.onProgress(bytes(0, "Fetching"));
    wait(Duration.ofSeconds(10));
    printer.onProgress(
        new Progress(Stage.DOWNLOAD, "a.bin", 5, 10, Progress.Unit.BYTES, "Fetching a.bin"));
    assertThat(text()).doesNotContain("a.bin");
  }

  @Test
  void drawsOneLineOverAndOverOnATerminal() {
    ProgressPrinter printer = printer(true);
    printer.onProgress(bytes(0, "Fetching"));
    wait(Duration.ofSeconds(1));
    printer.onProgress(bytes(5_000_000, "Fetching"));
    assertThat(text())
        .doesNotContain("\n")
        .contains("[##########..........] 50 % of 10.0 MB, 5.0 MB/s, 1.0 s left, Fet");
    for (String line : text().split("\r")) {
      assertThat(line.length()).isLessThan(80);
    }
    printer.line("A sentence.");
    assertThat(text()).endsWith("\r" + "A sentence." + System.lineSeparator());
  }

  @Test
  void countsOneTokenAsOneAndKeepsCommandsOfAFileNameFromTheTerminal() {
    ProgressPrinter printer = printer(false);
    printer.onProgress(
        Progress.of(
            Stage.INFERENCE, 1, Progress.UNKNOWN, Progress.Unit.TOKENS, "a\u001b[2J\nb.png"));
    assertThat(text())
        .contains("1 token")
        .doesNotContain("tokens")
        .doesNotContain("\u001b")
        .hasLineCount(1);
  }

  private static Progress documents(int done, String name) {
    return Progress.of(Stage.INFERENCE, done, 40, Progress.Unit.DOCUMENTS, name);
  }

  @Test
  void countsDocumentsWithTheirPaceAndTheTokensOfTheOneBeingRead() {
    ProgressPrinter printer = printer(true);
    printer.onProgress(documents(0, "a.pdf"));
    wait(Duration.ofSeconds(30));
    printer.onProgress(documents(10, "b.pdf"));
    wait(Duration.ofSeconds(1));
    printer.onProgress(
        new Progress(Stage.INFERENCE, "b.pdf", 7, Progress.UNKNOWN, Progress.Unit.TOKENS, ""));
    assertThat(text())
        .contains("[##........] 10 of 40, 3.0 s each, 1 min 30 s left, b.pdf")
        .contains("10 of 40, 3.1 s each, 1 min 33 s left, 7 tokens, b.pdf");
  }

  @Test
  void printsALineForEachDocumentWhereNobodyWatches() {
    ProgressPrinter printer = printer(false);
    for (int done = 0; done < 3; done++) {
      printer.onProgress(documents(done, done + ".pdf"));
      wait(Duration.ofSeconds(2));
    }
    assertThat(text().lines())
        .containsExactly(
            "Reading: 0.pdf, 0 of 40 documents",
            "Reading: 1.pdf, 1 of 40 documents, 2.0 s each, 1 min 18 s left",
            "Reading: 2.pdf, 2 of 40 documents, 2.0 s each, 1 min 16 s left");
  }
}
