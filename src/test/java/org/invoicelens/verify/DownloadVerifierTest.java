package org.invoicelens.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.invoicelens.download.Checksum;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.safetensors.SafetensorsWriter;
import org.invoicelens.safetensors.SafetensorsWriter.Tensor;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.InGerman;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.verify.VerificationException.Reason;
import org.invoicelens.verify.VerificationStatus.Finding.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadVerifierTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden/tiny/hf");
  private static final String FIRST = "model-00001-of-00002.safetensors";
  private static final String SECOND = "model-00002-of-00002.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  @TempDir Path temporary;

  private Path folder;
  private Map<String, Checksum> checksums;

  @BeforeEach
  void copyAModel() throws Exception {
    folder = Files.createDirectory(temporary.resolve("model"));
    checksums = new HashMap<>();
    try (Stream<Path> files = Files.list(GOLDEN)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        Files.copy(file, folder.resolve(name));
        // As on the Hub: a SHA-256 for large files, Git's id for the others.
        checksums.put(name, name.endsWith(".safetensors") ? sha256(file) : gitSha1(file));
      }
    }
  }

  @Test
  void verifiesASoundModel() throws Exception {
    VerificationStatus status = verifier().verify(download());

    assertThat(status.verified()).isTrue();
    assertThat(status.checksumMatches()).isEqualTo(7);
    assertThat(status.fileCount()).isEqualTo(7);
    assertThat(status.totalSize())
        .isEqualTo(checksums.values().stream().mapToLong(Checksum::size).sum());
    assertThat(status.findings()).isEmpty();
  }

  @Test
  void agreesWithGitOnTheIdOfAFile() throws Exception {
    // What `git hash-object` says of a file that holds "hello" and a line feed.
    Files.writeString(folder.resolve("README.md"), "hello\n");
    checksums.put(
        "README.md",
        new Checksum(Checksum.Algorithm.GIT_SHA1, "ce013625030ba8dba906f756967f9e9ca394464a", 6));

    assertThat(verifier().verify(download()).verified()).isTrue();
  }

  @Test
  void namesEveryFileThatIsNotRight() throws Exception {
    flipAByte(folder.resolve(FIRST), -1);
    Files.writeString(folder.resolve("generation_config.json"), "{}");
    Files.delete(folder.resolve("processor_config.json"));
    Map<Path, Long> before = sizes();

    VerificationException failure = failure(v -> v.verify(download()));

    assertThat(failure.reason()).isEqualTo(Reason.FILES_WRONG);
    assertThat(faults(failure))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                FIRST,
                List.of(Fault.WRONG_CHECKSUM),
                "generation_config.json",
                List.of(Fault.WRONG_SIZE),
                "processor_config.json",
                List.of(Fault.MISSING)));
    assertThat(failure.status().verified()).isFalse();
    assertThat(failure.status().checksumMatches()).isEqualTo(4);
    assertThat(failure.problem().text())
        .contains("3 files", FIRST, "generation_config.json", "processor_config.json");
    assertThat(sizes()).isEqualTo(before);
  }

  @Test
  void saysInGermanWhatIsWrong() throws Exception {
    flipAByte(folder.resolve(FIRST), -1);
    Files.delete(folder.resolve("processor_config.json"));

    VerificationException failure = InGerman.of(() -> failure(v -> v.verify(download())));

    assertThat(failure.problem())
        .isEqualTo(
            new Problem(
                "2 Dateien des Modells sind fehlerhaft.",
                FIRST + " hat nicht den richtigen Inhalt. processor_config.json fehlt.",
                "Lassen Sie den Ordner reparieren: Nur diese Dateien werden noch einmal geladen."));
  }

  @Test
  void noticesAFlippedBitOfTheSameSizeInASmallFile() throws Exception {
    flipAByte(folder.resolve("config.json"), 3);

    assertThat(faults(failure(v -> v.verify(download()))))
        .isEqualTo(Map.of("config.json", List.of(Fault.WRONG_CHECKSUM)));
  }

  @Test
  void refusesNamesThatLeadOutOfTheFolderAndWhatIsNoFile() throws Exception {
    Files.copy(folder.resolve("config.json"), temporary.resolve("outside.json"));
    Files.createDirectory(folder.resolve("folder"));
    checksums.put("../outside.json", checksums.get("config.json"));
    checksums.put("folder", new Checksum(Checksum.Algorithm.SHA256, "0".repeat(64), 0));

    assertThat(faults(failure(v -> v.verify(download()))))
        .isEqualTo(
            Map.of(
                "../outside.json", List.of(Fault.UNREADABLE),
                "folder", List.of(Fault.UNREADABLE)));
  }

  @Test
  void provesTheContentBehindALinkAsInTheCacheOfTheHub() throws Exception {
    Path blobs = Files.createDirectory(temporary.resolve("blobs"));
    Path blob = Files.move(folder.resolve("config.json"), blobs.resolve("1"));
    try {
      Files.createSymbolicLink(folder.resolve("config.json"), Path.of("..", "blobs", "1"));
    } catch (FileSystemException e) {
      assumeTrue(false, "not run: this account may not create links");
    }

    assertThat(verifier().verify(download()).verified()).isTrue();

    Files.writeString(blob, Files.readString(blob).replace('1', '2'));

    assertThat(faults(failure(v -> v.verify(download()))))
        .isEqualTo(Map.of("config.json", List.of(Fault.WRONG_CHECKSUM)));
  }

  @Test
  void reportsBytesOfEachFileAndOfAllNeverBackwards() throws Exception {
    Path large = folder.resolve("large.bin");
    try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(40L << 20);
    }
    checksums.put("large.bin", sha256(large));
    Files.delete(folder.resolve("processor_config.json"));
    List<Progress> reports = Collections.synchronizedList(new ArrayList<>());

    failure(v -> v.verify(download()), reports::add, new Cancellation());

    Map<String, List<Progress>> byItem =
        reports.stream().collect(Collectors.groupingBy(Progress::item));
    assertThat(byItem.keySet()).containsAll(checksums.keySet()).contains("");
    byItem.forEach((item, itsReports) -> {
      assertThat(itsReports).extracting(Progress::done).isSorted();
      assertThat(itsReports.getLast().fraction()).isEqualTo(1);
    });
    assertThat(byItem.get("large.bin")).hasSizeGreaterThan(3);
  }

  @Test
  void stopsInTheMiddleOfAFile() throws Exception {
    Path large = folder.resolve("large.bin");
    try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(64L << 20);
    }
    checksums.put("large.bin", sha256(large));
    Cancellation cancellation = new Cancellation();
    List<Progress> reports = Collections.synchronizedList(new ArrayList<>());
    ProgressListener cancelsWithinTheFile =
        progress -> {
          if (progress.item().equals("large.bin")) {
            reports.add(progress);
            cancellation.cancel();
          }
        };

    assertThatExceptionOfType(CancelledException.class)
        .isThrownBy(
            () -> new DownloadVerifier(cancelsWithinTheFile, cancellation).verify(download()));
    assertThat(reports).hasSize(1);
    assertThat(reports.getFirst().done()).isLessThan(64L << 20);
  }

  @Test
  void saysThatTheFolderIsMissing() throws Exception {
    DownloadResult nowhere =
        new DownloadResult(temporary.resolve("nowhere"), "", "", checksums, Duration.ZERO, 0, 0);

    assertThat(failure(v -> v.verify(nowhere)).reason()).isEqualTo(Reason.FOLDER_MISSING);
    assertThat(failure(v -> v.verifyFolder(folder.resolve("config.json"))).reason())
        .isEqualTo(Reason.FOLDER_MISSING);
  }

  @Test
  void findsAShardThatIsBrokenAlthoughItsDigestIsRight() throws Exception {
    flipAByte(folder.resolve(SECOND), 8);
    checksums.put(SECOND, sha256(folder.resolve(SECOND)));

    VerificationException failure = failure(v -> v.verify(download()));
    assertThat(faults(failure)).isEqualTo(Map.of(SECOND, List.of(Fault.BROKEN_SHARD)));
    assertThat(failure.problem().remedy()).contains("fetching them again does not help");
  }

  @Test
  void findsACutShardWithoutChecksums() throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve(FIRST).toFile(), "rw")) {
      file.setLength(file.length() - 1);
    }

    VerificationException failure = failure(v -> v.verifyFolder(folder));

    assertThat(faults(failure)).isEqualTo(Map.of(FIRST, List.of(Fault.BROKEN_SHARD)));
  }

  @Test
  void findsTensorsThatLieInTheWrongShardOrNowhere() throws Exception {
    JsonObject index =
        JsonParser.parseString(Files.readString(folder.resolve(INDEX))).getAsJsonObject();
    JsonObject map = index.getAsJsonObject("weight_map");
    String moved =
        map.keySet().stream()
            .filter(name -> map.get(name).getAsString().equals(FIRST))
            .findFirst()
            .orElseThrow();
    map.addProperty(moved, SECOND);
    map.addProperty("\u001b[31minvented", FIRST);
    Files.writeString(folder.resolve(INDEX), index.toString());

    VerificationException failure = failure(v -> v.verifyFolder(folder));

    assertThat(faults(failure))
        .isEqualTo(
            Map.of(
                FIRST, List.of(Fault.INDEX_MISMATCH, Fault.INDEX_MISMATCH),
                SECOND, List.of(Fault.INDEX_MISMATCH)));
    assertThat(failure.problem().text()).contains(moved, "?[31minvented").doesNotContain("\u001b");
  }

  @Test
  void findsAShardThatTheIndexNamesAndOneThatItDoesNotName() throws Exception {
    Files.move(folder.resolve(SECOND), folder.resolve("model-00002-of-00003.safetensors"));

    assertThat(faults(failure(v -> v.verifyFolder(folder))))
        .isEqualTo(
            Map.of(
                SECOND,
                List.of(Fault.MISSING),
                "model-00002-of-00003.safetensors",
                List.of(Fault.INDEX_MISMATCH)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"weight_map\":{}}",
        "{\"weight_map\":{\"a\":7}}",
        "{\"weight_map\":{\"a\":\"../model-00001-of-00002.safetensors\"}}",
        "{\"weight_map\":{\"a\":\"C:x.safetensors\"}}",
        "{\"weight_map\":{\"a\":\"model.bin\"}}",
        "{\"weight_map\":{\"a\":\"b.safetensors\",\"a\":\"b.safetensors\"}}",
        "{\"weight_map\":{\"a\":\"b.safetensors\"}} and more"
      })
  void refusesAnIndexThatIsNone(String content) throws Exception {
    Files.writeString(folder.resolve(INDEX), content);

    assertThat(faults(failure(v -> v.verifyFolder(folder))))
        .isEqualTo(Map.of(INDEX, List.of(Fault.INDEX_MISMATCH)));
  }

  @Test
  void doesNotMindAnIndexThatCountsBytesDifferently() throws Exception {
    JsonObject index =
        JsonParser.parseString(Files.readString(folder.resolve(INDEX))).getAsJsonObject();
    index.getAsJsonObject("metadata").addProperty("total_size", 1);
    Files.writeString(folder.resolve(INDEX), index.toString());

    assertThat(verifier().verifyFolder(folder).verified()).isTrue();
  }

  @Test
  void missesTheIndexOfNumberedShards() throws Exception {
    Files.delete(folder.resolve(INDEX));

    assertThat(faults(failure(v -> v.verifyFolder(folder))))
        .isEqualTo(Map.of(INDEX, List.of(Fault.MISSING)));
  }

  @Test
  void checksAFolderWithoutChecksumsByItsStructureAlone() throws Exception {
    Files.createDirectory(folder.resolve(".invoicelens"));
    Files.writeString(folder.resolve(".invoicelens/manifest.json"), "{}");
    List<Progress> reports = Collections.synchronizedList(new ArrayList<>());

    VerificationStatus status =
        new DownloadVerifier(reports::add, new Cancellation()).verifyFolder(folder);

    assertThat(status.verified()).isTrue();
    assertThat(status.checksumMatches()).isZero();
    assertThat(status.fileCount()).isEqualTo(7);
    assertThat(status.totalSize()).isPositive();
    assertThat(reports).extracting(Progress::message).anyMatch(m -> m.contains("No checksums"));
  }

  @Test
  void acceptsANativeFolder() throws Exception {
    VerificationStatus status =
        verifier().verifyFolder(Path.of("src/test/resources/golden/tiny/native"));

    assertThat(status.verified()).isTrue();
    assertThat(status.fileCount()).isEqualTo(2);
  }

  @Test
  void findsDamagedConfigurationAndMissingWeights() throws Exception {
    for (String file : List.of(FIRST, SECOND, INDEX)) {
      Files.delete(folder.resolve(file));
    }
    Files.writeString(folder.resolve("config.json"), "{\"model_type\":");

    assertThat(faults(failure(v -> v.verifyFolder(folder))))
        .isEqualTo(
            Map.of(
                "config.json", List.of(Fault.UNREADABLE),
                "model.safetensors", List.of(Fault.MISSING)));
  }

  @Test
  void saysThatAFolderHoldsNoModel() throws Exception {
    Files.delete(folder.resolve("config.json"));
    checksums.remove("config.json");

    assertThat(failure(v -> v.verify(download())).reason()).isEqualTo(Reason.NOT_A_MODEL);
    assertThat(failure(v -> v.verifyFolder(folder)).reason()).isEqualTo(Reason.NOT_A_MODEL);
  }

  @Test
  void saysThatFilesAreWrongWhereTheConfigurationIsOneOfThem() throws Exception {
    Files.delete(folder.resolve("config.json"));

    assertThat(failure(v -> v.verify(download())).reason()).isEqualTo(Reason.FILES_WRONG);
  }

  @Test
  void verifiesARepositoryThatIsNoModelByItsChecksumsAlone() throws Exception {
    Path other = Files.createDirectory(temporary.resolve("other"));
    Files.writeString(other.resolve("data.safetensors"), "not one");
    Files.createDirectory(other.resolve("sub"));
    Files.writeString(other.resolve("sub/text.txt"), "text");
    Map<String, Checksum> sums =
        Map.of(
            "data.safetensors", sha256(other.resolve("data.safetensors")),
            "sub/text.txt", gitSha1(other.resolve("sub/text.txt")));
    DownloadResult result = new DownloadResult(other, "", "", sums, Duration.ZERO, 0, 0);

    assertThat(verifier().verifyRepository(result).checksumMatches()).isEqualTo(2);
    assertThat(failure(v -> v.verify(result)).reason()).isEqualTo(Reason.NOT_A_MODEL);

    Files.writeString(other.resolve("sub/text.txt"), "TEXT");
    assertThat(faults(failure(v -> v.verifyRepository(result))))
        .isEqualTo(Map.of("sub/text.txt", List.of(Fault.WRONG_CHECKSUM)));
  }

  @Test
  void verifiesAChoiceOfAModelsFiles() throws Exception {
    Files.delete(folder.resolve(SECOND));
    checksums.remove(SECOND);

    assertThat(verifier().verifyRepository(download()).verified()).isTrue();
    assertThat(faults(failure(v -> v.verify(download()))))
        .isEqualTo(Map.of(SECOND, List.of(Fault.MISSING)));
  }

  @Test
  void checksTheShardsOfARepositoryThatIsAModel() throws Exception {
    SafetensorsWriter.write(
        folder.resolve(SECOND), Map.of("other", Tensor.ofRows(new float[2][2])), Map.of());
    checksums.put(SECOND, sha256(folder.resolve(SECOND)));

    assertThat(faults(failure(v -> v.verifyRepository(download()))))
        .isEqualTo(Map.of(SECOND, List.of(Fault.INDEX_MISMATCH, Fault.INDEX_MISMATCH)));
  }

  private DownloadResult download() {
    return new DownloadResult(folder, "some/model", "", checksums, Duration.ZERO, 0, 0);
  }

  private static DownloadVerifier verifier() {
    return new DownloadVerifier(ProgressListener.NONE, new Cancellation());
  }

  @FunctionalInterface
  private interface Call {
    VerificationStatus on(DownloadVerifier verifier) throws Exception;
  }

  private static VerificationException failure(Call call) {
    return failure(call, progress -> {}, new Cancellation());
  }

  private static VerificationException failure(
      Call call, Consumer<Progress> listener, Cancellation cancellation) {
    return catchThrowableOfType(
        VerificationException.class,
        () -> call.on(new DownloadVerifier(listener::accept, cancellation)));
  }

  private static Map<String, List<Fault>> faults(VerificationException failure) {
    return failure.status().findings().stream()
        .collect(
            Collectors.groupingBy(
                VerificationStatus.Finding::file,
                Collectors.mapping(VerificationStatus.Finding::fault, Collectors.toList())));
  }

  private Map<Path, Long> sizes() throws IOException {
    Map<Path, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sizes.put(file, Files.size(file));
      }
    }
    return sizes;
  }

  /** Changes one bit; a negative position counts from the end. */
  private static void flipAByte(Path file, long position) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long at = position < 0 ? bytes.length() + position : position;
      bytes.seek(at);
      int value = bytes.read();
      bytes.seek(at);
      bytes.write(value ^ 1);
    }
  }

  private static Checksum sha256(Path file) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
    return new Checksum(Checksum.Algorithm.SHA256, HexFormat.of().formatHex(digest), bytes.length);
  }

  private static Checksum gitSha1(Path file) throws Exception {
    byte[] bytes = Files.readAllBytes(file);
    MessageDigest digest = MessageDigest.getInstance("SHA-1");
    digest.update(("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII));
    return new Checksum(
        Checksum.Algorithm.GIT_SHA1, HexFormat.of().formatHex(digest.digest(bytes)), bytes.length);
  }
}
