package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ReadingHistoryTest {

  private static final Instant AT = Instant.parse("2026-11-26T12:00:00.250Z");

  @TempDir Path own;

  private Path folder;
  private ReadingHistory history;

  @BeforeEach
  void empty() {
    folder = own.resolve("data").resolve("history");
    history = new ReadingHistory(folder);
  }

  private static PastReading reading(Instant at, String name, Map<String, String> edits) {
    Extraction read = Answers.extraction(name, Answers.good("\"total\":\"12,00\""), 3, 2);
    return new PastReading(
        ReadingHistory.newId(at),
        new PastReading.Source(
            name, Optional.of(Path.of("/srv/post").resolve("a.pdf")), Optional.empty(), false),
        new ReadingFacts(
            at,
            "pixtral-12b",
            "4 bit (nf4)",
            "cuda:0",
            new ModelConfig.Prompt("Be exact.", "Read the “Rechnung”."),
            true),
        new Extraction(
            name,
            read.fields(),
            read.generation(),
            3,
            2,
            List.of(new Extraction.SeenPage(736, 1024), new Extraction.SeenPage(512, 16))),
        3,
        edits);
  }

  private static PastReading reading() {
    return reading(AT, "a.pdf", Map.of("total", "13,00", "items[0]", InvoiceEdits.ADDED));
  }

  private Path file(String id) {
    return folder.resolve(id + ".json");
  }

  @Test
  void nothingIsThereBeforeSomethingIsKept() throws Exception {
    assertThat(history.list()).isEmpty();
    history.removeAll();
    assertThat(folder).doesNotExist();
  }

  @Test
  void everythingKeptIsThereInTheNextRun() throws Exception {
    PastReading kept = reading();
    history.keep(kept);
    ReadingHistory later = new ReadingHistory(folder);
    assertThat(later.list()).containsExactly(kept.id());
    PastReading read = later.read(kept.id()).orElseThrow();
    assertThat(read.source()).isEqualTo(kept.source());
    assertThat(read.facts()).isEqualTo(kept.facts());
    assertThat(read.rotation()).isEqualTo(3);
    assertThat(read.edits()).isEqualTo(kept.edits());
    assertThat(read.extraction())
        .usingRecursiveComparison()
        // The numbers of the tokens are of use only while the model is at it.
        .ignoringFields("generation.tokenIds", "generation.promptTokenIds")
        .isEqualTo(kept.extraction());
  }

  @Test
  void howSureTheModelWasIsKeptAndMayBeMissing() throws Exception {
    Extraction read = Answers.unsure(Answers.WHOLE, "Handel", 0.456);
    PastReading kept = reading();
    history.keep(new PastReading(kept.id(), kept.source(), kept.facts(), read, 0, Map.of()));
    assertThat(history.read(kept.id()).orElseThrow().extraction().fields())
        .isEqualTo(read.fields());
    String earlier =
        Files.readString(file(kept.id()))
            .replaceFirst("\"written\":.*?\"token_probabilities\":\\[.*?],", "");
    assertThat(earlier).doesNotContain("written", "token_ends", "token_probabilities");
    Files.writeString(file(kept.id()), earlier);
    assertThat(history.read(kept.id()).orElseThrow().extraction().fields())
        .isEqualTo(InvoiceFields.parse(Answers.WHOLE));
  }

  @Test
  void aCorrectionOfAFieldThatHadNoPlaceInTheRecordStillCounts() throws Exception {
    Extraction read = Answers.extraction(Answers.WHOLE);
    PastReading kept = reading();
    history.keep(
        new PastReading(
            kept.id(),
            kept.source(),
            kept.facts(),
            read,
            0,
            Map.of(
                "seller.vat_id",
                "DE1",
                "lines[1].unit",
                "kg",
                "payment.iban",
                "X",
                "vendor",
                "B")));
    PastReading now = history.read(kept.id()).orElseThrow();
    assertThat(now.edits())
        .isEqualTo(
            Map.of("vendor_vat_id", "DE1", "items[1].unit", "kg", "iban", "X", "vendor", "B"));
  }

  @Test
  void whatIsKeptAgainReplacesWhatWasKept() throws Exception {
    PastReading kept = reading();
    history.keep(kept);
    history.keep(
        new PastReading(
            kept.id(), kept.source(), kept.facts(), kept.extraction(), 0, Map.of("vendor", "B")));
    assertThat(history.list()).hasSize(1);
    assertThat(history.read(kept.id()).orElseThrow().edits()).isEqualTo(Map.of("vendor", "B"));
  }

  @Test
  void aWriteThatWasKilledLeavesTheOldReadingAndNoOther() throws Exception {
    PastReading kept = reading();
    history.keep(kept);
    Files.writeString(folder.resolve("." + kept.id() + ".json.0a1b"), "{\"version\":1,\"doc");
    assertThat(history.list()).containsExactly(kept.id());
    assertThat(history.read(kept.id())).isPresent();
    history.removeAll();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aBrokenFileIsKeptAsideAndCostsNoOther() throws Exception {
    PastReading kept = reading();
    history.keep(kept);
    for (String broken :
        List.of(
            "",
            "{\"version\":1}",
            "[]",
            "[".repeat(100_000),
            Files.readString(file(kept.id())).replace("\"rotation\":3", "\"rotation\":4"),
            Files.readString(file(kept.id())).replace("\"pages\":3", "\"pages\":-3"),
            Files.readString(file(kept.id())).replace("\"image_nanos\":", "\"image_nanos\":-"),
            Files.readString(file(kept.id()))
                .replace("\"file\":\"/srv/post/a.pdf\"", "\"picture\":\"../../secret\""))) {
      String id = ReadingHistory.newId(AT);
      Files.writeString(file(id), broken);
      assertThat(history.read(id)).as(broken).isEmpty();
      assertThat(file(id)).doesNotExist();
      assertThat(folder.resolve(id + ".json.broken")).hasContent(broken);
    }
    assertThat(history.list()).containsExactly(kept.id());
  }

  @Test
  void aFileThatIsTooLargeIsNotReadIntoMemory() throws Exception {
    PastReading kept = reading();
    history.keep(kept);
    try (var out = Files.newByteChannel(file(kept.id()), java.nio.file.StandardOpenOption.WRITE)) {
      out.position(3L << 30);
      out.write(java.nio.ByteBuffer.wrap(new byte[] {1}));
    }
    assertThat(history.read(kept.id())).isEmpty();
  }

  @Test
  void aReadingThatWouldBeTooLargeIsRefused() {
    PastReading kept = reading(AT, "a.pdf", Map.of("vendor", "x".repeat(2_000_000)));
    assertThatThrownBy(() -> history.keep(kept)).isInstanceOf(IOException.class);
    assertThat(folder).doesNotExist();
  }

  @Test
  void aFileOfALaterVersionIsLeftAsItIs() throws Exception {
    PastReading kept = reading();
    history.keep(kept);
    String later = Files.readString(file(kept.id())).replace("\"version\":1", "\"version\":2");
    Files.writeString(file(kept.id()), later);
    assertThat(history.read(kept.id())).isEmpty();
    assertThat(file(kept.id())).hasContent(later);
  }

  @Test
  void aThousandReadingsAreListedTheLatestFirst() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      PastReading kept = reading(AT.plusSeconds(7919L * (i * 37 % 1000)), "a.pdf", Map.of());
      ids.add(kept.id());
      history.keep(kept);
    }
    assertThat(history.list()).containsExactlyElementsOf(ids.stream().sorted().toList().reversed());
    assertThat(history.list().stream().map(history::read)).allMatch(Optional::isPresent);
  }

  @Test
  void noNameOfADocumentBecomesAFiles() throws Exception {
    history.keep(reading(AT, "../../../outside.pdf", Map.of()));
    try (var files = Files.walk(own)) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .hasSize(1)
          .allMatch(name -> name.matches("20261126T120000250Z-[0-9a-f]{16}\\.json"));
    }
    assertThatThrownBy(() -> history.read("../other")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> history.picture("../other"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPictureIsKeptBesideItsReadingAndGoesWhenAllGoes() throws Exception {
    BufferedImage picture = new BufferedImage(5, 4, BufferedImage.TYPE_INT_ARGB);
    picture.setRGB(2, 1, 0xff112233);
    String id = ReadingHistory.newId(AT);
    history.keepPicture(id, picture);
    InvoiceDocument document = new DocumentLoader().load(history.picture(id));
    assertThat(document.pages().getFirst().getRGB(2, 1)).isEqualTo(0xff112233);
    history.removePicture(id);
    assertThat(history.picture(id)).doesNotExist();

    history.keepPicture(id, picture);
    history.keep(reading());
    Path foreign = Files.writeString(folder.resolve("notes.txt"), "mine");
    history.removeAll();
    assertThat(folder).isDirectoryContaining(file -> file.equals(foreign));
    assertThat(Files.list(folder)).hasSize(1);
  }

  @Test
  void oneReadingCanBeDeleted() throws Exception {
    PastReading first = reading();
    PastReading second = reading(AT.plusSeconds(1), "b.pdf", Map.of());
    history.keep(first);
    history.keep(second);
    history.remove(first.id());
    history.remove(first.id());
    assertThat(history.list()).containsExactly(second.id());
    assertThat(history.read(first.id())).isEmpty();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "permissions are POSIX ones")
  void onlyTheOwnerCanReadIt() throws Exception {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    PastReading kept = reading();
    history.keep(kept);
    history.keepPicture(kept.id(), new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    for (Path file : List.of(file(kept.id()), history.picture(kept.id()))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }
}
