package org.invoicelens.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.hardware.HardwareException.Reason;
import org.invoicelens.hardware.HardwareStatus.Check;
import org.invoicelens.hardware.HardwareStatus.Check.State;
import org.invoicelens.hardware.HardwareStatus.Check.Subject;
import org.invoicelens.hardware.HardwareStatus.Gpu;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.InGerman;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HardwareVerifierTest {

  private static final Card A5000 =
      card(0, "NVIDIA RTX A5000", 24_564, 23_900, 8.6, "570.86.10", "firefox (0.3 GiB)");
  private static final Card H100 = card(1, "NVIDIA H100 PCIe", 81_559, 81_000, 9.0, "570.86.10");
  private static final Card GTX = card(2, "NVIDIA GeForce GTX 1080", 8192, 8000, 6.1, "570.86.10");
  private static final Card INTEL =
      new Card(0, "Intel UHD Graphics", 0, 0, 0, "", false, "OSHI", List.of());

  @TempDir Path folder;
  private Path modelPath;
  private Path temporary;
  private long memoryAvailable = 64L << 30;
  private Map<String, String> environment = Map.of("HF_HUB_OFFLINE", "1");
  private final List<Progress> progress = new ArrayList<>();

  @BeforeEach
  void prepare() {
    modelPath = folder.resolve("models/pixtral-12b");
    temporary = folder;
  }

  @Test
  void whereAServerAnswersThisComputerNeedsNothing() throws Exception {
    memoryAvailable = 1L << 30;
    RemoteServer nowhere =
        RemoteServer.entered("http://127.0.0.1:9/v1", "m", Optional.empty(), Optional.empty());

    HardwareStatus status =
        verify(Models.pixtral(modelPath, false).withServer(Optional.of(nowhere)), GTX);

    assertThat(status.checks()).extracting(Check::subject).containsExactly(Subject.values());
    assertThat(status.checks())
        .filteredOn(check -> check.state() != State.GOOD)
        .singleElement()
        .satisfies(check -> {
          assertThat(check.subject()).isEqualTo(Subject.NETWORK);
          assertThat(check.found()).contains("127.0.0.1:9");
          assertThat(check.remedy()).contains("server");
        });
    assertThat(status.fits()).isEmpty();
    assertThat(status.recommended()).isEmpty();
    assertThat(modelPath).doesNotExist();
  }

  @Test
  void aGoodCardIsRecommendedWithWhatFits() throws Exception {
    HardwareStatus status = verify(small(Models.pixtral(modelPath)), A5000);

    assertThat(status.gpuAvailable()).isTrue();
    assertThat(status.gpuMemory()).isEqualTo(24_564L << 20);
    assertThat(status.computeCapability()).isEqualTo(8.6);
    assertThat(status.recommended()).contains(Precision.FP8);
    assertThat(status.recommendedEstimate().orElseThrow().onGpu()).isTrue();
    assertThat(check(status, Subject.GRAPHICS).state()).isEqualTo(State.GOOD);
    assertThat(check(status, Subject.GRAPHICS).source()).isEqualTo("NVML");
    assertThat(check(status, Subject.GRAPHICS).meaning()).contains("firefox (0.3 GiB)");
    assertThat(check(status, Subject.PRECISION).state()).isEqualTo(State.REMARK);
    assertThat(check(status, Subject.PRECISION).meaning())
        .contains("23.3 GiB are free", "16 bit would need 28.");
  }

  @Test
  void ofSeveralCardsTheLargestUsableOneCounts() throws Exception {
    HardwareStatus status = verify(small(Models.pixtral(modelPath)), A5000, H100, GTX, INTEL);

    assertThat(status.gpus())
        .extracting(Gpu::unusable)
        .containsExactly("", "", "compute capability 6.1 is below 7.5", "not an NVIDIA card");
    assertThat(status.bestGpu().orElseThrow().name()).isEqualTo("NVIDIA H100 PCIe");
    assertThat(status.recommended()).contains(Precision.BFLOAT16);
    assertThat(check(status, Subject.PRECISION).state()).isEqualTo(State.GOOD);
  }

  @Test
  void theConfigurationMayNameACard() throws Exception {
    ModelConfig config = small(Models.pixtral(modelPath));

    HardwareStatus first = verify(config.withDevice("cuda:0"), A5000, H100);
    HardwareStatus none = verify(config.withDevice("cpu"), A5000, H100);

    assertThat(first.gpuMemory()).isEqualTo(24_564L << 20);
    assertThat(first.gpus().get(1).unusable()).contains("cuda:0");
    assertThat(none.gpuAvailable()).isFalse();
    assertThat(none.fits()).noneMatch(MemoryEstimate::onGpu);
    assertThat(check(none, Subject.GRAPHICS).state()).isEqualTo(State.GOOD);
  }

  @Test
  void aCardBelowTheBarOfTheConfigurationGetsAFallback() throws Exception {
    ModelConfig config =
        Models.config(
            modelPath,
            new ModelConfig.Footprint(1000, 12_682_739_712L, 10_905_190_400L, 163_840),
            new ModelConfig.Hardware(96L << 30, 7.5, "", false));

    HardwareStatus status = verify(config, H100);

    assertThat(status.recommended()).contains(Precision.FP8);
    assertThat(check(status, Subject.PRECISION).meaning()).contains("96.0 GiB or more");
  }

  @Test
  void withoutACardTheProcessorDoesTheWorkIfItMay() throws Exception {
    HardwareStatus status = verify(small(Models.pixtral(modelPath)), GTX);

    assertThat(status.gpuAvailable()).isFalse();
    assertThat(status.gpuMemory()).isZero();
    assertThat(status.recommended()).contains(Precision.BFLOAT16);
    assertThat(status.recommendedEstimate().orElseThrow().onGpu()).isFalse();
    assertThat(check(status, Subject.GRAPHICS).state()).isEqualTo(State.REMARK);
    assertThat(check(status, Subject.GRAPHICS).remedy()).contains("NVIDIA RTX A4000");
  }

  @Test
  void withoutACardAndWithoutTheProcessorNothingRuns() {
    HardwareException e = failure(small(Models.pixtral(modelPath, false)));

    assertThat(e.reason()).isEqualTo(Reason.NO_USABLE_DEVICE);
    assertThat(e.problem().remedy()).contains("allow_cpu");
    assertThat(e.status().checks()).extracting(Check::subject).contains(Subject.DISK);
  }

  @Test
  void anAgedDriverIsARemark() throws Exception {
    HardwareStatus status =
        verify(
            small(Models.pixtral(modelPath)),
            card(0, "NVIDIA L40S", 46_068, 45_000, 8.9, "550.54.15"));

    assertThat(status.gpuAvailable()).isTrue();
    assertThat(check(status, Subject.GRAPHICS).state()).isEqualTo(State.REMARK);
    assertThat(check(status, Subject.GRAPHICS).remedy()).contains("570.26");
  }

  @Test
  void whereNothingFitsTheSumIsShown() {
    memoryAvailable = 4L << 30;

    HardwareException e = failure(small(Models.pixtral(modelPath)), GTX);

    assertThat(e.reason()).isEqualTo(Reason.TOO_LITTLE_MEMORY);
    assertThat(e.problem().meaning()).contains("4 bit (nf4) needs").contains("4.0 GiB are free");
    assertThat(e.status().fits()).hasSize(Precision.values().length);
  }

  @Test
  void theSmallModelRunsOnASmallComputer() throws Exception {
    memoryAvailable = 1L << 30;

    HardwareStatus status = verify(Models.mini(modelPath));

    assertThat(status.recommended()).contains(Precision.FLOAT32);
    assertThat(status.networkAvailable()).isTrue();
    assertThat(check(status, Subject.NETWORK).found()).isEqualTo("Not needed");
  }

  @Test
  void aFullDiskIsSaidBeforeTheDownload() {
    ModelConfig.Footprint huge =
        new ModelConfig.Footprint(Long.MAX_VALUE / 4, 12_682_739_712L, 10_905_190_400L, 163_840);

    HardwareException e =
        failure(Models.config(modelPath, huge, new ModelConfig.Hardware(0, 0, "", true)), A5000);

    assertThat(e.reason()).isEqualTo(Reason.TOO_LITTLE_DISK);
    assertThat(e.problem().remedy()).contains("Free ").contains("another disk");
  }

  @Test
  void whatIsThereAlreadyNeedsNoRoom() throws Exception {
    Path partial = Files.createDirectories(modelPath.resolve(".invoicelens/partial"));
    Files.write(modelPath.resolve("config.json"), new byte[4_000_000]);
    Files.write(partial.resolve("weights"), new byte[4_000_000]);

    HardwareStatus status = verify(Models.mini(modelPath));

    assertThat(check(status, Subject.DISK).meaning()).contains("are there already");
    try (Stream<Path> left = Files.list(modelPath)) {
      assertThat(left).hasSize(2);
    }
  }

  @Test
  void aFolderThatCanOnlyBeReadWillDoOnceTheWholeModelIsThere() throws Exception {
    Files.createDirectories(modelPath);
    Files.write(modelPath.resolve("config.json"), new byte[4_000_000]);
    assumeTrue(modelPath.toFile().setWritable(false), "the file system knows permissions");
    try {
      assumeFalse(Files.isWritable(modelPath), "the administrator may write everywhere");
      assertThat(failure(Models.mini(modelPath)).reason())
          .isEqualTo(Reason.MODEL_FOLDER_NOT_WRITABLE);

      modelPath.toFile().setWritable(true);
      Files.write(modelPath.resolve("weights"), new byte[4_000_000]);
      modelPath.toFile().setWritable(false);
      HardwareStatus status = verify(Models.mini(modelPath));
      assertThat(check(status, Subject.DISK).state()).isEqualTo(State.GOOD);
      assertThat(check(status, Subject.DISK).meaning()).contains("are there already");
    } finally {
      modelPath.toFile().setWritable(true);
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsSaid() throws Exception {
    Path file = Files.createFile(folder.resolve("a-file"));

    HardwareException e = failure(Models.mini(file.resolve("models/mini")));

    assertThat(e.reason()).isEqualTo(Reason.MODEL_FOLDER_NOT_WRITABLE);
    assertThat(e.problem().text()).contains(file.toString());
  }

  @Test
  void aMissingTemporaryFolderIsSaid() {
    temporary = folder.resolve("nowhere");

    HardwareException e = failure(Models.mini(modelPath));

    assertThat(e.reason()).isEqualTo(Reason.TEMPORARY_FOLDER_NOT_WRITABLE);
    assertThat(e.status().tempDir()).isEqualTo(temporary);
  }

  @Test
  void leavesNothingBehind() throws Exception {
    verify(small(Models.pixtral(modelPath)), A5000);

    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void anUnreachableNetworkIsARemarkOnly() throws Exception {
    environment = Map.of("HTTPS_PROXY", "http://127.0.0.1:1");

    HardwareStatus status = verify(small(Models.pixtral(modelPath)), A5000);

    assertThat(status.networkAvailable()).isFalse();
    assertThat(check(status, Subject.NETWORK).state()).isEqualTo(State.REMARK);
    assertThat(check(status, Subject.NETWORK).found()).contains("proxy 127.0.0.1:1");
  }

  @Test
  void aModelOfUnknownSizeIsNotJudged() throws Exception {
    HardwareStatus status =
        verify(Models.config(modelPath, null, new ModelConfig.Hardware(0, 0, "", true)), A5000);

    assertThat(status.fits()).isEmpty();
    assertThat(status.recommended()).isEmpty();
    assertThat(check(status, Subject.PRECISION).state()).isEqualTo(State.REMARK);
  }

  @Test
  void reportsEveryStep() throws Exception {
    HardwareStatus status = verify(small(Models.pixtral(modelPath)), A5000);

    assertThat(progress).extracting(Progress::done).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
    assertThat(progress).extracting(Progress::total).containsOnly(7L);
    assertThat(status.checks()).extracting(Check::subject).containsExactly(Subject.values());
  }

  @Test
  void stopsWhenAsked() {
    Cancellation cancellation = new Cancellation();
    ProgressListener stopAtDisk =
        p -> {
          if (p.done() == Subject.DISK.ordinal()) {
            cancellation.cancel();
          }
        };

    assertThatExceptionOfType(CancelledException.class)
        .isThrownBy(() ->
            new HardwareVerifier(stopAtDisk, cancellation, probes(A5000))
                .verify(small(Models.pixtral(modelPath))));
  }

  @Test
  void measuresThisComputer() throws Exception {
    HardwareStatus status =
        new HardwareVerifier(ProgressListener.NONE, new Cancellation())
            .verify(Models.mini(modelPath));

    assertThat(status.cores()).isPositive();
    assertThat(status.memoryTotal()).isGreaterThan(1L << 30);
    assertThat(status.memoryAvailable()).isBetween(1L, status.memoryTotal());
    assertThat(status.diskSpace()).isPositive();
    assertThat(status.recommended()).isPresent();
  }

  @Test
  void speaksGermanToGermans() throws Exception {
    ModelConfig config = small(Models.pixtral(modelPath));
    HardwareStatus status = InGerman.of(() -> verify(config, A5000, GTX));

    assertThat(check(status, Subject.GRAPHICS).found())
        .startsWith("NVIDIA RTX A5000, 24,0 GiB (23,3 GiB frei), Compute Capability 8.6,")
        .endsWith(": nicht verwendbar, Compute Capability 6.1 liegt unter 7.5");
    assertThat(check(status, Subject.NETWORK).found()).isEqualTo("Absichtlich offline");
    assertThat(check(status, Subject.PRECISION).found())
        .isEqualTo("8 Bit (fp8) auf der Grafikkarte");
    assertThat(check(status, Subject.PRECISION).source()).isEqualTo("Speicherrechnung");
    assertThat(check(status, Subject.PRECISION).meaning()).endsWith(" 16 Bit bräuchte 28,0 GiB.");
    assertThat(InGerman.of(Subject.MEMORY::title)).isEqualTo("Arbeitsspeicher");
    assertThat(progress).extracting(Progress::message).contains("Grafikkarten werden gesucht.");
  }

  @Test
  void saysInGermanWhatIsLacking() throws Exception {
    HardwareException e = InGerman.of(() -> failure(small(Models.pixtral(modelPath, false))));

    assertThat(e.problem())
        .isEqualTo(
            new Problem(
                "Dieser Computer hat keine Grafikkarte, auf der pixtral-12b laufen kann.",
                "Es wurde keine Grafikkarte gefunden.",
                "Mit einer Grafikkarte wie NVIDIA RTX A4000 geht es schneller. Um den Prozessor zu"
                    + " verwenden, setzen Sie hardware.allow_cpu in der Konfiguration auf true."));
  }

  @Test
  void eachFaultOfACardHasItsOwnReasonAndItsOwnWords() {
    Card oldDriver = card(0, "NVIDIA L4", 23_034, 22_500, 8.9, "515.65.01");
    HardwareException driver = failure(small(Models.pixtral(modelPath, false)), oldDriver);
    assertThat(driver.reason()).isEqualTo(Reason.DRIVER_TOO_OLD);
    assertThat(driver.problem().what())
        .isEqualTo(
            "The NVIDIA driver is too old: 515.65.01 was found, at least 525.60.13 is needed.");
    assertThat(driver.problem().meaning()).contains("CUDA 12.8", "NVIDIA L4");
    assertThat(driver.problem().remedy())
        .contains("570.26", "https://www.nvidia.com/drivers", "allow_cpu");

    HardwareException capability = failure(small(Models.pixtral(modelPath, false)), GTX);
    assertThat(capability.reason()).isEqualTo(Reason.COMPUTE_CAPABILITY_TOO_LOW);
    assertThat(capability.problem().what()).contains("GTX 1080", "6.1", "7.5");

    HardwareException lost = failure(small(Models.pixtral(modelPath, false)), lost(), GTX);
    assertThat(lost.reason()).as("what can be mended comes first").isEqualTo(Reason.CARD_LOST);
    assertThat(lost.problem().what()).contains("NVIDIA card 0", "no longer answers");
    assertThat(lost.problem().remedy()).contains("Restart the computer");

    Card silent = new Card(0, "NVIDIA GA102", 0, 0, 0, "", false, "OSHI", List.of());
    HardwareException none = failure(small(Models.pixtral(modelPath, false)), silent);
    assertThat(none.reason()).isEqualTo(Reason.NO_DRIVER);
    assertThat(none.problem().meaning()).contains("NVIDIA GA102", "without a restart");

    Card divided = divided();
    HardwareException parts = failure(small(Models.pixtral(modelPath, false)), divided);
    assertThat(parts.reason()).isEqualTo(Reason.CARD_DIVIDED);
    assertThat(parts.problem().remedy()).contains("nvidia-smi -mig 0");
  }

  @Test
  void whereTheProcessorTakesOverTheFaultIsExplainedAllTheSame() throws Exception {
    HardwareStatus status = verify(small(Models.pixtral(modelPath)), lost());

    Check graphics = check(status, Subject.GRAPHICS);
    assertThat(graphics.state()).isEqualTo(State.REMARK);
    assertThat(graphics.meaning()).contains("fell off its bus", "The processor will do the work");
    assertThat(graphics.remedy()).contains("Restart the computer", "NVIDIA RTX A4000");
  }

  @Test
  void ofADividedCardTheFirstPartIsUsed() throws Exception {
    Card divided =
        divided(
            new Nvml.Part(
                "NVIDIA A100 MIG 3g.20gb", new Nvml.Memory(20L << 30, 19L << 30, 1L << 30)),
            new Nvml.Part("NVIDIA A100 MIG 1g.5gb", new Nvml.Memory(5L << 30, 5L << 30, 0)));

    HardwareStatus status = verify(small(Models.pixtral(modelPath)), divided);

    assertThat(status.gpuMemory()).isEqualTo(20L << 30);
    assertThat(status.bestGpu().orElseThrow().name())
        .isEqualTo("NVIDIA A100 MIG 3g.20gb (first of 2 MIG instances)");
    assertThat(status.recommendedEstimate().orElseThrow().available()).isEqualTo(19L << 30);
    assertThat(check(status, Subject.GRAPHICS).meaning())
        .contains("2 instances", "NVIDIA A100 MIG 3g.20gb with 20.0 GiB", "CUDA_VISIBLE_DEVICES");
  }

  @Test
  void memoryThatOtherProgramsHoldIsNamed() throws Exception {
    Card occupied =
        card(0, "NVIDIA RTX A5000", 24_564, 2000, 8.6, "570.86.10", "python (20.1 GiB)", "obs");

    HardwareException e = failure(small(Models.pixtral(modelPath, false)), occupied);

    assertThat(e.reason()).isEqualTo(Reason.MEMORY_TAKEN);
    assertThat(e.problem().meaning())
        .contains("22.0 GiB are taken, by 2 programs: python (20.1 GiB), obs.")
        .contains("would be large enough", "are free");
    assertThat(e.problem().remedy()).startsWith("Close these programs");
  }

  @Test
  void aCardWithoutInstructionsForBfloat16IsARemark() throws Exception {
    HardwareStatus status =
        verify(
            small(Models.pixtral(modelPath)),
            card(0, "Quadro RTX 8000", 49_152, 48_000, 7.5, "570.86.10"));

    assertThat(check(status, Subject.PRECISION).state()).isEqualTo(State.REMARK);
    assertThat(check(status, Subject.PRECISION).meaning())
        .contains("compute capability 7.5", "no instructions for bfloat16");
  }

  @Test
  void layersAreSpreadOverSeveralCardsWhereThatAllowsABetterPrecision() throws Exception {
    Card other = card(1, "NVIDIA RTX A5000", 24_564, 23_900, 8.6, "570.86.10");
    HardwareStatus status = verify(small(Models.pixtral(modelPath)), A5000, other);

    assertThat(status.recommended()).contains(Precision.BFLOAT16);
    MemoryEstimate estimate = status.recommendedEstimate().orElseThrow();
    assertThat(estimate.cards()).isEqualTo(2);
    assertThat(estimate.available()).isEqualTo(2 * (23_900L << 20));
    MemoryEstimate one =
        new MemoryArithmetic(small(Models.pixtral(modelPath)), Models.PIXTRAL)
            .estimate(Precision.BFLOAT16, true, 0);
    assertThat(estimate.weights()).isEqualTo(one.weights());
    assertThat(estimate.runtime()).as("on each card").isEqualTo(2 * one.runtime());
    assertThat(check(status, Subject.PRECISION).found()).contains("on 2 graphics cards together");
    assertThat(check(status, Subject.PRECISION).meaning())
        .contains(
            "are free on 2 graphics cards together, over which the model’s layers are spread");

    HardwareStatus named =
        verify(small(Models.pixtral(modelPath)).withDevice("cuda:0"), A5000, other);
    assertThat(named.recommended()).as("a card that is named stays one").contains(Precision.FP8);
    HardwareStatus large = verify(small(Models.pixtral(modelPath)), A5000, H100);
    assertThat(large.recommendedEstimate().orElseThrow().cards()).as("it fits on one").isEqualTo(1);
  }

  private static Card lost() {
    return new Card(
        0, "NVIDIA card 0", 0, 0, 0, "570.86.10", false, "NVML", List.of(), List.of(), true);
  }

  private static Card divided(Nvml.Part... parts) {
    return new Card(
        0,
        "NVIDIA A100",
        40L << 30,
        39L << 30,
        8.0,
        "570.86.10",
        true,
        "NVML",
        List.of(),
        List.of(parts),
        false);
  }

  private HardwareStatus verify(ModelConfig config, Card... cards)
      throws HardwareException, CancelledException {
    return new HardwareVerifier(progress::add, new Cancellation(), probes(cards)).verify(config);
  }

  private HardwareException failure(ModelConfig config, Card... cards) {
    return catchThrowableOfType(HardwareException.class, () -> verify(config, cards));
  }

  private HardwareVerifier.Probes probes(Card... cards) {
    Machine machine = new Machine("Test CPU", 8, 128L << 30, memoryAvailable, "OSHI", List.of());
    return new HardwareVerifier.Probes(
        () -> machine,
        m -> Arrays.asList(cards),
        new NetworkProbe(environment, Duration.ofSeconds(20)),
        Card.DriverLimits.of("Linux"),
        temporary);
  }

  /** The same model with a download that fits every disk. */
  private static ModelConfig small(ModelConfig config) {
    return Models.config(
        config.modelPath(),
        new ModelConfig.Footprint(1000, 12_682_739_712L, 10_905_190_400L, 163_840),
        config.hardware());
  }

  private static Check check(HardwareStatus status, Subject subject) {
    return status.checks().stream().filter(c -> c.subject() == subject).findFirst().orElseThrow();
  }

  private static Card card(
      int index,
      String name,
      long total,
      long free,
      double capability,
      String driver,
      String... programs) {
    return new Card(
        index, name, total << 20, free << 20, capability, driver, false, "NVML", List.of(programs));
  }
}
