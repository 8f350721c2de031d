package org.invoicelens.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.InGerman;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.verify.VerificationStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which precision and device a model gets, and what the user is told about it. */
class ModelInitializerTest {

  @Test
  void thePreferredPrecisionIsLoadedWhereItFits() throws Exception {
    List<Progress> heard = new ArrayList<>();
    ModelInitializer initializer = new ModelInitializer(heard::add, new Cancellation());
    ModelConfig config = Setups.config(Setups.TINY, Precision.FLOAT32, Precision.INT8);
    try (ModelInstance instance = initializer.initialize(Setups.verified(Setups.TINY), config)) {
      assertThat(instance.dtype()).isEqualTo(Precision.FLOAT32);
      assertThat(instance.device()).isEqualTo("cpu");
      assertThat(instance.notes()).containsExactly("The model runs in 32 bit on the processor.");
    }
    assertThat(heard).allMatch(progress -> progress.stage() == Stage.INITIALIZATION);
    assertThat(heard.getLast().fraction()).isEqualTo(1);
  }

  @Test
  void theFirstFallbackThatFitsIsLoadedWhereMemoryIsShort() throws Exception {
    long needed = neededFor(Precision.FLOAT32);
    ModelConfig config =
        Setups.config(Setups.TINY, Precision.FLOAT32, Precision.BFLOAT16, Precision.NF4);
    try (ModelInstance instance =
        withMemory(needed - 1).initialize(Setups.verified(Setups.TINY), config)) {
      assertThat(instance.dtype()).isEqualTo(Precision.BFLOAT16);
      assertThat(instance.model().options().precision()).isEqualTo(Precision.BFLOAT16);
      assertThat(instance.notes()).hasSize(2);
      assertThat(instance.notes().getFirst()).contains("32 bit", "does not fit", "are free");
      assertThat(instance.notes().getLast()).contains("16 bit", "fallback");
    }
  }

  @Test
  void everyTriedPrecisionIsNamedWhereNothingFits() throws Exception {
    ModelConfig config = Setups.config(Setups.TINY, Precision.FLOAT32, Precision.NF4);
    InitializationException e =
        catchThrowableOfType(
            InitializationException.class,
            () -> withMemory(1000).initialize(Setups.verified(Setups.TINY), config));
    assertThat(e.reason()).isEqualTo(InitializationException.Reason.OUT_OF_MEMORY);
    assertThat(e.problem().meaning()).contains("32 bit", "4 bit (nf4)");
    assertThat(e.problem().remedy()).isNotEmpty();
  }

  @Test
  void onTheProcessorInt8StandsInForFp8() throws Exception {
    ModelConfig preferred = Setups.config(Setups.TINY, Precision.FP8, Precision.NF4);
    try (ModelInstance instance =
        withMemory(1L << 32).initialize(Setups.verified(Setups.TINY), preferred)) {
      assertThat(instance.model().options().precision()).isEqualTo(Precision.INT8);
      assertThat(instance.notes()).hasSize(2);
      assertThat(instance.notes().getFirst()).contains("int8").doesNotContain("fallback");
      assertThat(instance.notes().getLast()).contains("int8 instead of fp8");
    }
    ModelConfig fallback = Setups.config(Setups.TINY, Precision.FLOAT32, Precision.FP8);
    long needed = neededFor(Precision.FLOAT32);
    try (ModelInstance instance =
        withMemory(needed - 1).initialize(Setups.verified(Setups.TINY), fallback)) {
      assertThat(instance.model().options().precision()).isEqualTo(Precision.INT8);
      assertThat(instance.notes().get(1)).contains("int8", "fallback");
      assertThat(instance.notes().getLast()).contains("int8 instead of fp8");
    }
  }

  @ParameterizedTest
  @CsvSource({"BFLOAT16, NF4", "FLOAT32, NF4", "BFLOAT16, BFLOAT16"})
  void itIsSaidWhetherActivationsAreRoundedWhereThatIsConfigured(Precision dtype, Precision weights)
      throws Exception {
    Path folder = Path.of("models/bundled/pixtral-mini");
    ModelConfig config =
        Setups.config(
            folder,
            true,
            Optional.empty(),
            new ModelConfig.Loading(dtype, "cpu", AttentionVariant.SDPA),
            new ModelConfig.Quantization(weights, List.of(), 64, true, true));
    try (ModelInstance instance =
        withMemory(1L << 32).initialize(Setups.verified(folder), config)) {
      boolean rounded = instance.model().quantizesActivations();
      if (dtype == Precision.FLOAT32 || weights == Precision.BFLOAT16) {
        assertThat(rounded).isFalse();
      }
      assertThat(instance.notes().getLast())
          .contains(rounded ? "activations rounded to 8 bits" : "not rounded to 8 bits");
    }
  }

  @Test
  void whereInt8IsConfiguredNothingIsSaidOfFp8() throws Exception {
    ModelConfig config = Setups.config(Setups.TINY, Precision.INT8, Precision.NF4);
    try (ModelInstance instance =
        withMemory(1L << 32).initialize(Setups.verified(Setups.TINY), config)) {
      assertThat(instance.notes()).noneMatch(note -> note.contains("fp8"));
    }
  }

  @Test
  void theProcessorTakesOverWhereTheCardIsNotThere() throws Exception {
    ModelConfig config =
        Setups.config(Setups.TINY, "cuda:7", true, Optional.empty(), Precision.FLOAT32);
    try (ModelInstance instance =
        withMemory(1L << 32).initialize(Setups.verified(Setups.TINY), config)) {
      assertThat(instance.device()).isEqualTo("cpu");
      assertThat(instance.notes().getFirst()).contains("cuda:7");
      assertThat(instance.notes().getLast()).contains("on the processor");
    }
  }

  @Test
  void theProcessorDoesNotTakeOverWhereItIsNotAllowed() {
    ModelConfig config =
        Setups.config(Setups.TINY, "cuda:7", false, Optional.empty(), Precision.FLOAT32);
    InitializationException e =
        catchThrowableOfType(
            InitializationException.class,
            () -> withMemory(1L << 32).initialize(Setups.verified(Setups.TINY), config));
    assertThat(e.reason()).isEqualTo(InitializationException.Reason.DEVICE_UNAVAILABLE);
  }

  @Test
  void filesThatAreNotVerifiedAreNotLoaded() {
    VerificationStatus status = new VerificationStatus(Setups.TINY, false, 0, 1, 1, List.of());
    InitializationException e =
        catchThrowableOfType(
            InitializationException.class,
            () ->
                withMemory(1L << 32)
                    .initialize(status, Setups.config(Setups.TINY, Precision.FLOAT32)));
    assertThat(e.reason()).isEqualTo(InitializationException.Reason.NOT_VERIFIED);
  }

  @Test
  void aBrokenCheckpointIsNotTriedAgain(@TempDir Path folder) throws Exception {
    try (Stream<Path> files = Files.list(Setups.TINY)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Files.writeString(folder.resolve("model-00001-of-00002.safetensors"), "broken");
    InitializationException e =
        catchThrowableOfType(
            InitializationException.class,
            () ->
                withMemory(1L << 32)
                    .initialize(
                        Setups.verified(folder),
                        Setups.config(folder, Precision.FLOAT32, Precision.NF4)));
    assertThat(e.reason()).isEqualTo(InitializationException.Reason.CHECKPOINT);
    assertThat(e.problem().what()).contains("model-00001-of-00002.safetensors");
  }

  @Test
  void initialisingStopsWhenCancelled() {
    Cancellation cancellation = new Cancellation();
    ModelInitializer initializer =
        new ModelInitializer(progress -> cancellation.cancel(), cancellation);
    assertThatThrownBy(() ->
            initializer.initialize(
                Setups.verified(Setups.TINY), Setups.config(Setups.TINY, Precision.FLOAT32)))
        .isInstanceOf(CancelledException.class);
  }

  @Test
  void speaksTheLanguageOfTheUser() throws Exception {
    ModelConfig config =
        Setups.config(Setups.TINY, "cuda:7", true, Optional.empty(), Precision.FLOAT32);
    Problem problem =
        InGerman.of(() ->
            catchThrowableOfType(
                    InitializationException.class,
                    () -> withMemory(1000).initialize(Setups.verified(Setups.TINY), config))
                .problem());
    assertThat(problem.what())
        .isEqualTo("Das Modell ließ sich auf keine Art laden, die die Konfiguration erlaubt.");
    assertThat(problem.meaning())
        .contains("auf der Grafikkarte (cuda:7) ging nicht", "auf dem Prozessor ging nicht")
        .contains("passt nicht in den Arbeitsspeicher");
    assertThat(problem.remedy()).startsWith("Schließen Sie andere Programme");
  }

  private static ModelInitializer withMemory(long bytes) {
    return new ModelInitializer(ProgressListener.NONE, new Cancellation(), () -> bytes);
  }

  /** The least memory with which a precision is loaded, found by halving. */
  private static long neededFor(Precision precision) throws Exception {
    long tooLittle = 0;
    long enough = 1L << 32;
    while (enough - tooLittle > 1) {
      long middle = (enough + tooLittle) / 2;
      try {
        withMemory(middle)
            .initialize(Setups.verified(Setups.TINY), Setups.config(Setups.TINY, precision))
            .close();
        enough = middle;
      } catch (InitializationException e) {
        tooLittle = middle;
      }
    }
    return enough;
  }
}
