package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ConfigLoader;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.SmallVolume;
import org.invoicelens.invoice.BatchEntry.State;
import org.invoicelens.invoice.BatchReading.Again;
import org.invoicelens.invoice.InvoiceExport.Format;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.InferenceException.Reason;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many documents into a folder, with an answer that is given for each picture. */
class BatchReadingTest {

  @TempDir Path folder;

  private Path in;
  private Path out;
  private ReadingSettings settings = new ReadingSettings("model", Format.JSON, "settings");
  private Cancellation cancellation = new Cancellation();
  private final List<String> read = Collections.synchronizedList(new ArrayList<>());
  private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
  private int starts;
  private int atOnce = 1;
  private int shades;

  /** What is done at each reading, before its answer comes. */
  private Hook hook = name -> {};

  private UnaryOperator<String> answer = name -> Answers.good("\"total\":5");

  @FunctionalInterface
  private interface Hook {
    void reading(String name) throws StageException, CancelledException;
  }

  @BeforeEach
  void makeFolders() throws IOException {
    in = Files.createDirectory(folder.resolve("in"));
    out = folder.resolve("out");
  }

  /** A picture that no other is like. */
  private Path picture(String name) throws IOException {
    Path file = in.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    picture.setRGB(0, 0, ++shades);
    ImageIO.write(picture, "png", file.toFile());
    return file;
  }

  private BatchSummary run(Path... choice) throws StageException {
    return run(Again.NO, false, choice);
  }

  private BatchSummary run(Again again, boolean deep, Path... choice) throws StageException {
    read.clear();
    notes.clear();
    starts = 0;
    BatchReading.Listener listener =
        new BatchReading.Listener() {
          @Override
          public void onDocument(Path document, int done, int total) {
            assertThat(done).isLessThan(total);
          }

          @Override
          public void onToken(Path document, int tokens) {}

          @Override
          public void onNote(Path document, String note) {
            notes.add(note);
          }

          @Override
          public void onEnd(int total) {}
        };
    DocumentSearch search =
        DocumentSearch.of(
            choice.length == 0 ? List.of(in) : List.of(choice), deep, Optional.of(out));
    return new BatchReading(out, settings, again, listener, cancellation)
        .read(
            search,
            () -> {
              starts++;
              return new BatchReading.Started(
                  (document, tokens, wish) -> {
                    wish.throwIfCancelled();
                    hook.reading(document.name());
                    read.add(document.name());
                    return Answers.extraction(document.name(), answer.apply(document.name()), 1, 1);
                  },
                  atOnce);
            });
  }

  private List<String> results() throws IOException {
    try (Stream<Path> files = Files.walk(out)) {
      return files
          .filter(file -> Files.isRegularFile(file) && !file.toString().contains(".invoicelens"))
          .map(file -> out.relativize(file).toString().replace('\\', '/'))
          .filter(name -> !name.equals("summary.json"))
          .sorted()
          .toList();
    }
  }

  private JsonObject json(String result) throws IOException {
    return JsonParser.parseString(Files.readString(out.resolve(result))).getAsJsonObject();
  }

  private static InferenceException fault(Reason reason) {
    return new InferenceException(reason, new Problem("It failed.", "", ""), "", null);
  }

  @Test
  void writesOneResultForEachDocumentUnderNamesThatDoNotCollide() throws Exception {
    picture("b.png");
    Files.copy(picture("b.gif"), in.resolve("b.pdf"));
    BatchSummary summary = run();
    assertThat(results()).containsExactly("b.gif.json", "b.pdf.json", "b.png.json");
    assertThat(json("b.png.json").getAsJsonObject("fields").get("total").getAsInt()).isEqualTo(5);
    assertThat(json("b.png.json").get("document").getAsString())
        .isEqualTo(in.resolve("b.png").toString());
    assertThat(summary.count(State.READ)).isEqualTo(3);
    assertThat(json("summary.json").get("read").getAsInt()).isEqualTo(3);
  }

  @Test
  void oneBadFileNeverEndsTheRun() throws Exception {
    Files.writeString(in.resolve("a.png"), "no picture");
    picture("b.png");
    picture("c.png");
    picture("d.png");
    hook =
        name -> {
          if (name.equals("c.png")) {
            throw fault(Reason.NOT_FINITE);
          }
        };
    BatchSummary summary = run();
    assertThat(read).containsExactly("b.png", "d.png");
    assertThat(summary.failuresByReason())
        .containsOnlyKeys("BAD_DOCUMENT", "NOT_FINITE")
        .containsEntry("BAD_DOCUMENT", 1L);
    assertThat(notes).anyMatch(note -> note.contains("not a picture"));
    assertThat(
            json("summary.json").getAsJsonArray("entries").get(0).getAsJsonObject().get("reason"))
        .hasToString("\"BAD_DOCUMENT\"");
    assertThat(starts).isOne();
  }

  @Test
  void aSecondRunReadsOnlyWhatIsNewChangedOrFailed() throws Exception {
    for (String name : List.of("a.png", "b.png", "c.png", "d.png")) {
      picture(name);
    }
    hook =
        name -> {
          if (name.equals("b.png")) {
            throw fault(Reason.OUT_OF_MEMORY);
          }
        };
    run();
    hook = name -> {};
    picture("c.png");
    picture("e.png");
    Files.delete(out.resolve("d.png.json"));

    BatchSummary summary = run();
    assertThat(read).containsExactly("b.png", "c.png", "d.png", "e.png");
    assertThat(summary.count(State.SKIPPED)).isOne();
    assertThat(summary.entries().getFirst().result()).contains("a.png.json");
    assertThat(run().count(State.SKIPPED)).isEqualTo(5);
    assertThat(starts).as("no model is started for nothing").isZero();
  }

  @Test
  void readsAllAnewWhereTheSettingsChangedOrItIsAskedFor() throws Exception {
    picture("a.png");
    run();
    settings = new ReadingSettings("model", Format.JSON, "another prompt");
    assertThat(run().count(State.READ)).isOne();
    assertThat(run().count(State.SKIPPED)).isOne();
    assertThat(run(Again.YES, false).count(State.READ)).isOne();
  }

  @Test
  void theSettingsAreThoseOfModelPromptAndForm() throws Exception {
    Path shipped = Path.of("config/models/pixtral-mini.yaml");
    ModelConfig config = config(Files.readString(shipped));
    ReadingSettings json = ReadingSettings.of(config, Format.JSON);
    assertThat(ReadingSettings.of(config(Files.readString(shipped)), Format.JSON)).isEqualTo(json);
    assertThat(ReadingSettings.of(config, Format.CSV).digest()).isNotEqualTo(json.digest());
    assertThat(ReadingSettings.of(config.withRevision("other"), Format.JSON).digest())
        .isNotEqualTo(json.digest());
    String asked = Files.readString(shipped).replaceFirst("(?m)^(\\s+user: )", "$1Please. ");
    assertThat(ReadingSettings.of(config(asked), Format.JSON).digest()).isNotEqualTo(json.digest());
  }

  private ModelConfig config(String yaml) throws Exception {
    Path file = Files.writeString(folder.resolve("model.yaml"), yaml);
    return new ConfigLoader(ApplicationFolders.current()).load(file);
  }

  @Test
  void stoppedItKeepsWhatIsReadAndGoesOnFromThere() throws Exception {
    for (String name : List.of("a.png", "b.png", "c.png")) {
      picture(name);
    }
    hook =
        name -> {
          if (name.equals("b.png")) {
            cancellation.cancel();
            cancellation.throwIfCancelled();
          }
        };
    BatchSummary summary = run();
    assertThat(summary.stopped()).isTrue();
    assertThat(summary.count(State.WAITING)).isEqualTo(2);
    assertThat(json("summary.json").get("stopped").getAsBoolean()).isTrue();

    cancellation = new Cancellation();
    hook = name -> {};
    assertThat(run().stopped()).isFalse();
    assertThat(read).containsExactly("b.png", "c.png");
  }

  @Test
  void aJournalThatWasCutOffCostsOneDocument() throws Exception {
    picture("a.png");
    picture("b.png");
    run();
    Path journal = out.resolve(".invoicelens/journal.jsonl");
    try (FileChannel channel = FileChannel.open(journal, StandardOpenOption.WRITE)) {
      channel.truncate(Files.size(journal) - 20);
    }
    assertThat(run().count(State.SKIPPED)).isOne();
    assertThat(read).hasSize(1);
    assertThat(run().count(State.SKIPPED)).isEqualTo(2);
  }

  @Test
  void documentsOfTheSameNameFromTwoFoldersKeepTheirResultsInEveryOrder() throws Exception {
    Path one = picture("x/a.png");
    Path two = picture("y/a.png");
    run(one.getParent(), two.getParent());
    assertThat(results()).hasSize(2);
    Files.delete(out.resolve("summary.json"));
    assertThat(run(two.getParent(), one.getParent()).count(State.SKIPPED)).isEqualTo(2);
    assertThat(run(two.getParent()).count(State.SKIPPED)).isOne();
    assertThat(results()).hasSize(2);
  }

  @Test
  void namesThatDifferOnlyInCaseAreKeptApart() throws Exception {
    Path one = picture("x/Bill.png");
    Path two = picture("y/bill.png");
    run(one, two);
    assertThat(results()).hasSize(2).extracting(name -> name.toLowerCase()).doesNotHaveDuplicates();
  }

  @Test
  void readsTheSameContentOnceAndSaysSo() throws Exception {
    Path first = picture("a.png");
    Files.copy(first, in.resolve("b.png"));
    run(in, first, in.resolve("../in/a.png"));
    assertThat(read).containsExactly("a.png");
    assertThat(results()).containsExactly("a.png.json", "b.png.json");
    assertThat(json("b.png.json").getAsJsonArray("notes").get(0).getAsString())
        .contains(first.toString());
    assertThat(json("b.png.json").get("document").getAsString()).endsWith("b.png");
  }

  @Test
  void looksIntoFoldersWithinFoldersButNotAtItsOwnResults() throws Exception {
    picture("a.png");
    picture("2026/11/b.png");
    out = in.resolve("results");
    assertThat(run().count(State.READ)).isOne();
    picture("results/c.png");
    BatchSummary deep = run(Again.NO, true);
    assertThat(read).containsExactly("b.png");
    assertThat(deep.count(State.SKIPPED)).isOne();
    assertThat(results()).contains("2026/11/b.png.json");
  }

  @Test
  void theFolderOfTheResultsMayBeTheFolderOfTheDocuments() throws Exception {
    picture("a.png");
    picture("b/c.png");
    out = in;
    assertThat(run(Again.NO, true).count(State.READ)).isEqualTo(2);
    assertThat(run(Again.NO, true).count(State.SKIPPED)).isEqualTo(2);
    assertThat(in.resolve("b/c.png.json")).exists();
  }

  @Test
  void aFolderThatHoldsNothingIsAFailureAmongOthers() throws Exception {
    Path nothing = Files.createDirectory(folder.resolve("nothing"));
    BatchSummary summary = run(nothing, picture("a.png"), folder.resolve("gone.png"));
    assertThat(summary.count(State.READ)).isOne();
    assertThat(summary.count(State.FAILED)).isEqualTo(2);
    assertThat(notes).anyMatch(note -> note.contains("no picture or PDF"));
    assertThat(notes).anyMatch(note -> note.contains("There is no file"));
  }

  @Test
  void aFolderCannotBeUsedByTwoRunsAtOnce() throws Exception {
    picture("a.png");
    InferenceException[] refusal = new InferenceException[1];
    hook =
        name ->
            refusal[0] =
                catchThrowableOfType(InferenceException.class, () -> ResultFolder.open(out));
    run();
    assertThat(refusal[0].reason()).isEqualTo(Reason.OUTPUT_NOT_WRITABLE);
    assertThat(refusal[0]).hasMessageContaining("Another InvoiceLens");
    ResultFolder.open(out).close();
  }

  @Test
  void aFolderThatCannotBeMadeIsRefusedBeforeAnythingIsRead() throws Exception {
    picture("a.png");
    out = Files.writeString(folder.resolve("file"), "").resolve("out");
    InferenceException e = catchThrowableOfType(InferenceException.class, () -> run());
    assertThat(e.reason()).isEqualTo(Reason.OUTPUT_NOT_WRITABLE);
    assertThat(starts).isZero();
  }

  @Test
  void aResultThatCannotBeWrittenIsAFailureOfItsDocumentOnly() throws Exception {
    picture("a.png");
    picture("b.png");
    Files.createDirectories(out.resolve("a.png.json/in the way"));
    BatchSummary summary = run();
    assertThat(summary.failuresByReason()).containsOnlyKeys("OUTPUT_NOT_WRITABLE");
    assertThat(summary.count(State.READ)).isOne();
  }

  @Test
  void aFullDiskEndsTheRunAndLosesNothing() throws Exception {
    for (int i = 0; i < 20; i++) {
      picture(i + ".png");
    }
    try (SmallVolume small = SmallVolume.mount(folder, 1)) {
      Path ballast = small.folder().resolve("ballast");
      Files.write(ballast, new byte[(1 << 20) - 48 * 1024]);
      out = small.folder().resolve("out");
      InferenceException e = catchThrowableOfType(InferenceException.class, () -> run());
      assertThat(e).as("the volume is full").isNotNull();
      assertThat(e.reason()).isEqualTo(Reason.OUTPUT_NOT_WRITABLE);
      assertThat(e).hasMessageContaining("goes on");
      int kept = results().size();
      assertThat(kept).isBetween(1, 19);
      for (String result : results()) {
        assertThat(json(result).has("fields")).isTrue();
      }
      Files.delete(ballast);
      BatchSummary rest = run();
      assertThat(rest.count(State.SKIPPED)).isBetween(kept - 1, kept);
      assertThat(results()).hasSize(20);
    }
  }

  @Test
  void aLostCardEndsTheRun() throws Exception {
    picture("a.png");
    picture("b.png");
    hook =
        name -> {
          throw fault(Reason.CARD_FAULT);
        };
    InferenceException e = catchThrowableOfType(InferenceException.class, () -> run());
    assertThat(e.reason()).isEqualTo(Reason.CARD_FAULT);
    assertThat(json("summary.json").get("waiting").getAsInt()).isOne();
  }

  @Test
  void writesTablesWhereAsked() throws Exception {
    picture("a.png");
    settings = new ReadingSettings("model", Format.CSV, "s");
    run();
    assertThat(Files.readString(out.resolve("a.png.csv"))).startsWith("\uFEFFdocument,vendor,");
  }

  @Test
  void keepsWhatWasReadWhereItIsNoEInvoice() throws Exception {
    picture("a.png");
    picture("b.png");
    settings = new ReadingSettings("model", Format.XML, "s");
    answer = name -> name.equals("a.png") ? Answers.WHOLE : Answers.good("\"total\":5");
    BatchSummary summary = run();
    assertThat(results()).containsExactly("a.png.xml", "b.png.xml.json");
    assertThat(Files.readString(out.resolve("a.png.xml"))).contains("CrossIndustryInvoice");
    assertThat(summary.failuresByReason()).containsOnlyKeys("NOT_AN_E_INVOICE");
    assertThat(summary.entries().getLast().failure().get().message()).contains("line items");
    assertThat(json("b.png.xml.json").has("fields")).isTrue();
  }

  @Test
  void whereAServerAnswersSeveralAtOnceTheyAreReadTogether() throws Exception {
    for (String name : List.of("a.png", "b.png", "c.png", "d.png", "e.png")) {
      picture(name);
    }
    Files.writeString(in.resolve("f.png"), "no picture");
    atOnce = 3;
    CyclicBarrier together = new CyclicBarrier(2);
    hook =
        name -> {
          if (name.equals("c.png")) {
            throw fault(Reason.NOT_FINITE);
          }
          if (name.equals("a.png") || name.equals("b.png")) {
            try {
              together.await();
            } catch (InterruptedException | BrokenBarrierException e) {
              throw new AssertionError(e);
            }
          }
        };
    BatchSummary summary = run();
    assertThat(starts).isOne();
    assertThat(results()).containsExactly("a.png.json", "b.png.json", "d.png.json", "e.png.json");
    assertThat(summary.failuresByReason()).containsOnlyKeys("BAD_DOCUMENT", "NOT_FINITE");
    assertThat(summary.entries())
        .extracting(entry -> Path.of(entry.document()).getFileName().toString())
        .isSorted();
    hook = name -> {};
    assertThat(run().count(State.SKIPPED)).isEqualTo(4);
    assertThat(read).containsExactly("c.png");
  }

  @Test
  void severalAtOnceStopTogetherAndGoOnLater() throws Exception {
    for (int i = 0; i < 8; i++) {
      picture(i + ".png");
    }
    atOnce = 2;
    hook =
        name -> {
          if (name.equals("4.png")) {
            cancellation.cancel();
          }
        };
    BatchSummary stopped = run();
    assertThat(stopped.stopped()).isTrue();
    assertThat(results()).isNotEmpty().hasSizeLessThan(8);
    cancellation = new Cancellation();
    hook = name -> {};
    BatchSummary rest = run();
    assertThat(results()).hasSize(8);
    assertThat(rest.count(State.SKIPPED)).isEqualTo(stopped.count(State.READ));
  }
}
