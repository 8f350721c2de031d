package org.invoicelens.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.safetensors.SafetensorsFile;
import org.invoicelens.safetensors.SafetensorsWriter;
import org.invoicelens.safetensors.TensorInfo;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.InGerman;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a loaded model must show before it is called ready. */
class ModelOptimizerTest {

  @Test
  void aModelWithoutTokenizerPassesWithTokensAlone() throws Exception {
    optimise(Setups.TINY, Setups.config(Setups.TINY, Precision.FLOAT32));
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FLOAT32", "INT8", "NF4"})
  void theBundledModelPassesPackedAndNot(Precision precision) throws Exception {
    optimise(Setups.MINI, Setups.config(Setups.MINI, precision));
  }

  private static void optimise(Path folder, ModelConfig config) throws Exception {
    List<Progress> heard = new ArrayList<>();
    ModelOptimizer optimizer = new ModelOptimizer(heard::add, new Cancellation());
    ModelInstance instance = load(folder, config);
    try (OptimizedModel optimized = optimizer.optimize(instance, config)) {
      assertThat(optimized.criteria()).hasSize(6).allMatch(OptimizedModel.Criterion::met);
      assertThat(optimized.memoryUsage()).isEqualTo(optimized.model().memory()).isPositive();
      assertThat(optimized.gpuUtilization()).isNegative();
      assertThat(optimized.inferenceTime()).isPositive();
      assertThat(optimized.attention()).isEqualTo(optimized.model().options().attention());
      assertThat(optimized.dtype()).isEqualTo(config.quantization().preferred());
      assertThat(optimized.notes()).startsWith(instance.notes().toArray(String[]::new));
    }
    assertThat(heard).allMatch(progress -> progress.stage() == Stage.OPTIMIZATION);
    assertThat(heard.getLast().fraction()).isEqualTo(1);
    assertThat(instance.model().memory()).as("closed").isZero();
  }

  @Test
  void memoryAboveTheEstimateIsNotAccepted() throws Exception {
    ModelConfig.Footprint tooSmall = new ModelConfig.Footprint(1, -1_000_000_000, 0, 1);
    ModelConfig config =
        Setups.config(Setups.TINY, "cpu", true, Optional.of(tooSmall), Precision.FLOAT32);
    ModelInstance instance = load(Setups.TINY, config);
    OptimizationException e =
        catchThrowableOfType(
            OptimizationException.class, () -> optimizer().optimize(instance, config));
    assertThat(e.reason()).isEqualTo(OptimizationException.Reason.TEST_FAILED);
    assertThat(e.problem().meaning()).contains("Memory stays within the estimate");
    assertThat(instance.model().memory()).as("closed").isZero();
  }

  @Test
  void theNextFallbackIsTestedWhereMemoryRunsOutInTheWarmUp() throws Exception {
    ModelConfig config = Setups.config(Setups.TINY, Precision.FLOAT32, Precision.INT8);
    Deque<Long> free = new ArrayDeque<>(List.of(1L << 32, 1000L, 1L << 32));
    List<Progress> heard = new ArrayList<>();
    ModelInitializer initializer =
        new ModelInitializer(
            heard::add,
            new Cancellation(),
            () -> free.size() > 1 ? free.removeFirst() : free.getFirst());
    ModelInstance instance = initializer.initialize(Setups.verified(Setups.TINY), config);
    ModelOptimizer optimizer =
        new ModelOptimizer(ProgressListener.NONE, new Cancellation(), initializer);
    try (OptimizedModel optimized = optimizer.optimize(instance, config)) {
      assertThat(optimized.dtype()).isEqualTo(Precision.INT8);
      assertThat(optimized.criteria()).hasSize(6).allMatch(OptimizedModel.Criterion::met);
      assertThat(optimized.notes().get(1))
          .contains("32 bit on the processor did not work", "too little memory");
      assertThat(optimized.notes().get(2)).contains("int8", "fallback");
      assertThat(heard.getFirst().message()).isEqualTo("Loading the model into memory");
      assertThat(heard.getLast().message())
          .isEqualTo("What was tried first did not work; loading in 8 bit (int8) on the processor");
      assertThat(instance.model().memory()).as("freed").isZero();
    }
  }

  @Test
  void whereNoFallbackIsLeftTheTestSaysWhatWasTried() throws Exception {
    ModelConfig config = Setups.config(Setups.TINY, Precision.FLOAT32);
    Deque<Long> free = new ArrayDeque<>(List.of(1L << 32, 1000L));
    ModelInitializer initializer =
        new ModelInitializer(
            ProgressListener.NONE,
            new Cancellation(),
            () -> free.size() > 1 ? free.removeFirst() : free.getFirst());
    ModelInstance instance = initializer.initialize(Setups.verified(Setups.TINY), config);
    OptimizationException e =
        catchThrowableOfType(
            OptimizationException.class,
            () ->
                new ModelOptimizer(ProgressListener.NONE, new Cancellation(), initializer)
                    .optimize(instance, config));
    assertThat(e.reason()).isEqualTo(OptimizationException.Reason.OUT_OF_MEMORY);
    assertThat(e.problem().meaning()).contains("32 bit on the processor");
    assertThat(instance.model().memory()).as("closed").isZero();
  }

  @Test
  void numbersOutOfRangeAreNotAccepted(@TempDir Path folder) throws Exception {
    withoutSoundNumbers(folder);
    ModelConfig config = Setups.config(folder, Precision.FLOAT32);
    ModelInstance instance = load(folder, config);
    OptimizationException e =
        catchThrowableOfType(
            OptimizationException.class, () -> optimizer().optimize(instance, config));
    assertThat(e.reason()).isEqualTo(OptimizationException.Reason.NOT_FINITE);
    assertThat(instance.model().memory()).as("closed").isZero();
  }

  @Test
  void optimisingStopsWhenCancelled() throws Exception {
    Cancellation cancellation = new Cancellation();
    ModelConfig config = Setups.config(Setups.TINY, Precision.FLOAT32);
    ModelInstance instance = load(Setups.TINY, config);
    ModelOptimizer optimizer = new ModelOptimizer(progress -> cancellation.cancel(), cancellation);
    assertThatThrownBy(() -> optimizer.optimize(instance, config))
        .isInstanceOf(CancelledException.class);
    assertThat(instance.model().memory()).as("closed").isZero();
  }

  @Test
  void speaksTheLanguageOfTheUser() throws Exception {
    ModelConfig config = Setups.config(Setups.TINY, Precision.FLOAT32);
    List<Progress> heard = new ArrayList<>();
    try (OptimizedModel optimized =
        InGerman.of(() ->
            new ModelOptimizer(heard::add, new Cancellation())
                .optimize(load(Setups.TINY, config), config))) {
      assertThat(optimized.criteria())
          .contains(
              new OptimizedModel.Criterion(
                  "Die Dateien sind vollständig und geprüft", true, "vor dem Laden geprüft"))
          .extracting(OptimizedModel.Criterion::found)
          .contains("16 Token, zweimal dieselben");
      assertThat(optimized.notes().getFirst()).endsWith("auf dem Prozessor.");
      assertThat(optimized.notes().getLast())
          .matches("Eine Probeseite von \\d+ mal \\d+ Pixeln wurde in \\d+,\\d s gelesen\\.");
    }
    assertThat(heard.getLast().message()).isEqualTo("Das Modell ist bereit");
  }

  private static ModelOptimizer optimizer() {
    return new ModelOptimizer(ProgressListener.NONE, new Cancellation());
  }

  private static ModelInstance load(Path folder, ModelConfig config) throws Exception {
    return new ModelInitializer(ProgressListener.NONE, new Cancellation())
        .initialize(Setups.verified(folder), config);
  }

  /** The tiny model with a last normalisation that is not a number. */
  private static void withoutSoundNumbers(Path folder) throws Exception {
    Files.copy(Setups.TINY.resolve("config.json"), folder.resolve("config.json"));
    Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
    try (SafetensorsFile first =
            SafetensorsFile.open(Setups.TINY.resolve("model-00001-of-00002.safetensors"));
        SafetensorsFile second =
            SafetensorsFile.open(Setups.TINY.resolve("model-00002-of-00002.safetensors"))) {
      for (SafetensorsFile file : List.of(first, second)) {
        for (TensorInfo tensor : file.tensors().values()) {
          MemorySegment values = file.data(tensor.name());
          if (tensor.name().equals("language_model.model.norm.weight")) {
            byte[] broken = new byte[(int) tensor.size()];
            java.util.Arrays.fill(broken, (byte) 0xff);
            values = MemorySegment.ofArray(broken);
          }
          tensors.put(
              tensor.name(), new SafetensorsWriter.Tensor(tensor.type(), tensor.shape(), values));
        }
      }
      SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
    }
  }
}
