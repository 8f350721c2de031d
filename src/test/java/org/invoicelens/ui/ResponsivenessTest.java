package org.invoicelens.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import javafx.scene.control.ListView;
import org.invoicelens.config.ApplicationFolders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The UI thread while real work runs beside it: how late its heartbeat comes is written to {@code
 * target/responsiveness.txt}, and not judged here, since that depends on the machine.
 */
class ResponsivenessTest {

  private static final Path REPORT = Path.of("target", "responsiveness.txt");

  private static final long LARGE = 600_000_000;

  @TempDir Path own;

  @RegisterExtension final WindowRobot window = new WindowRobot();

  @Test
  void showsSignsOfLifeWhileItDownloadsAtFullSpeed() throws Exception {
    ApplicationFolders usual = Fixtures.folders(own);
    Path program = programWithALargeModel(usual.program());
    ApplicationFolders folders =
        new ApplicationFolders(program, usual.data(), usual.state(), usual.logs());
    window.open(own, Fixtures.pipeline(folders));
    window.click("#model-pixtral-mini");
    window.click("#next");
    window.await(() -> window.seen("#check-disk") != null);
    window.click("#next");
    String report;
    try (Heartbeat heartbeat = new Heartbeat()) {
      // The file is longer than its header says, which the verification finds in the end.
      window.await(() -> window.seen("#step-verification") != null);
      report = heartbeat.report("downloading " + LARGE / 1_000_000 + " MB at full speed");
      assertThat(heartbeat.count()).isPositive();
    }
    assertThat(usual.data().resolve("models/pixtral-mini/model.safetensors")).hasSize(LARGE);
    append(report);
  }

  @Test
  void showsSignsOfLifeWhileItReads() throws Exception {
    window.open(own, Fixtures.pipeline(Fixtures.folders(own)));
    window.click("#model-pixtral-mini");
    window.click("#next");
    window.await(() -> window.seen("#check-disk") != null);
    window.click("#next");
    window.awaitSeen("#criteria");
    window.click("#next");
    window.awaitSeen("#workspace");
    // The first document brings the fields on screen, which are built then.
    append(reading("reading the first documents", 8, () -> window.click("#samples-here")));
    Path more = Files.createDirectories(own.resolve("more"));
    for (int i = 0; i < 8; i++) {
      Path sample = Path.of("assets/samples/slip-" + i + ".png");
      Files.copy(sample, more.resolve(sample.getFileName()));
    }
    append(reading("reading more documents", 16, () -> window.drop("#workspace", more)));
  }

  private interface Start {
    void run() throws Exception;
  }

  /** Starts reading, waits until so many documents at least are read, and reports the delays. */
  private String reading(String during, int documents, Start start) throws Exception {
    try (Heartbeat heartbeat = new Heartbeat()) {
      start.run();
      window.await(() ->
          window.seen("#documents") instanceof ListView<?> list
              && list.getItems().size() >= documents);
      window.await(
          () -> window.seen("#read-again") != null && !window.seen("#read-again").isDisabled());
      assertThat(heartbeat.count()).isPositive();
      return heartbeat.report(during);
    }
  }

  private static void append(String line) throws IOException {
    Files.createDirectories(REPORT.getParent());
    Files.writeString(REPORT, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** A program folder whose bundled model is much longer than it ought to be. */
  private Path programWithALargeModel(Path real) throws IOException {
    Path program = own.resolve("program");
    Path model = program.resolve("models/bundled/pixtral-mini");
    Files.createDirectories(model);
    Files.createDirectories(program.resolve("config/models"));
    Files.createDirectories(program.resolve("assets/schema"));
    for (String name :
        List.of("config/models/pixtral-mini.yaml", "assets/schema/slip.schema.json")) {
      Files.copy(real.resolve(name), program.resolve(name));
    }
    try (var files = Files.list(real.resolve("models/bundled/pixtral-mini"))) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    try (RandomAccessFile weights =
        new RandomAccessFile(model.resolve("model.safetensors").toFile(), "rw")) {
      weights.setLength(LARGE);
    }
    return program;
  }
}
