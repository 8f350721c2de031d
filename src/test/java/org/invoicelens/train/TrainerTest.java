package org.invoicelens.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.invoicelens.pixtral.HuggingFaceWeights;
import org.invoicelens.pixtral.TrainingBatch;
import org.invoicelens.pixtral.TrainingProgram;
import org.invoicelens.pixtral.TrainingProgram.Pace;
import org.invoicelens.pixtral.TrainingProgram.Parameter;
import org.invoicelens.safetensors.SafetensorsException;
import org.invoicelens.safetensors.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trainer on a model of next to nothing, and the model that ships through its hands. */
class TrainerTest {

  private static final Path BUNDLED = Path.of("models/bundled/pixtral-mini");

  private static final Trainer.Pauses ALL_THE_TIME = new Trainer.Pauses(0, 0, 1e9);

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int STEPS = 6;

  @TempDir private Path temporary;
  private Path tiny;

  @BeforeEach
  void makeATinyModel() throws Exception {
    tiny = Files.createDirectory(temporary.resolve("tiny"));
    ModelFolder.copy(BUNDLED, tiny);
    ModelFolder.shrink(tiny);
  }

  private static Plan plan() {
    return new Plan(5, STEPS, 0, 2e-3, 0.02, 0.2, 2, 0.5, 2, false);
  }

  private Trainer begin(String run, java.util.function.Consumer<String> out) throws Exception {
    return Trainer.begin(tiny, temporary.resolve(run), plan(), true, 1, ALL_THE_TIME, out);
  }

  private static List<float[]> weights(Trainer trainer) {
    List<float[]> all = new ArrayList<>();
    for (Parameter parameter : trainer.program().parameters()) {
      TrainingProgram.Learned learned = trainer.program().learned(parameter);
      all.addAll(List.of(learned.values(), learned.first(), learned.second()));
    }
    return all;
  }

  @Test
  void aFewStepsLowerTheLossOnABatch() throws Exception {
    try (TrainingProgram program = TrainingProgram.open(tiny, false, 1)) {
      program.randomise(1);
      SlipSource slips = new SlipSource(1, Half.TRAINING, Half.TRAINING);
      TrainingBatch batch =
          new BatchSource(SlipVocabulary.read(tiny), slips, 1, 2)
              .batch(List.of(slips.slip(0, 64, 96, small()), slips.slip(1, 64, 96, small())), true);
      Pace pace = new Pace(5e-3, 0, 0.2);
      float first = program.step(batch, pace, 1).loss();
      float last = first;
      for (int step = 2; step <= 20; step++) {
        last = program.step(batch, pace, step).loss();
      }
      assertThat(first).isBetween(3f, 8f);
      assertThat(last).isLessThan(first * 0.8f);
    }
  }

  @Test
  void aStepThatThreadsShareMovesTheWeightsAsOneThreadDoes() throws Exception {
    SlipSource slips = new SlipSource(1, Half.TRAINING, Half.TRAINING);
    List<Slip> three = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      three.add(slips.slip(i, 64, 96, small()));
    }
    TrainingBatch batch =
        new BatchSource(SlipVocabulary.read(tiny), slips, 1, 3).batch(three, true);
    Moved alone = moved(batch, 1);
    Moved shared = moved(batch, 2);
    assertThat(shared.step().loss()).isCloseTo(alone.step().loss(), within(1e-5f));
    assertThat(shared.step().gradient()).isCloseTo(alone.step().gradient(), within(1e-4f));
    assertThat(shared.step().right()).isEqualTo(alone.step().right());
    alone
        .weights()
        .forEach((name, values) ->
            assertThat(shared.weights().get(name))
                .as(name)
                .usingComparatorWithPrecision(1e-4f)
                .containsExactly(values));
  }

  private record Moved(TrainingProgram.Step step, Map<String, float[]> weights) {}

  private Moved moved(TrainingBatch batch, int threads) throws Exception {
    try (TrainingProgram program = TrainingProgram.open(tiny, false, threads)) {
      program.randomise(1);
      TrainingProgram.Step step = program.step(batch, new Pace(1e-3, 0.02, 0.2), 1);
      Map<String, float[]> weights = new LinkedHashMap<>();
      for (Parameter parameter : program.parameters()) {
        weights.put(parameter.name(), program.values(parameter));
      }
      return new Moved(step, weights);
    }
  }

  /** Print so small that a slip fits on a small page: nobody has to read it here. */
  private static SlipSource.Look small() {
    return new SlipSource.Look(4, 5, Optional.of(0), Optional.of(Wear.NONE), Optional.of(1));
  }

  @Test
  void aRunThatWasKilledGoesOnAsIfNothingHadHappened() throws Exception {
    List<float[]> uninterrupted;
    try (Trainer trainer = begin("whole", line -> {})) {
      trainer.train();
      assertThat(trainer.state().step()).isEqualTo(STEPS);
      uninterrupted = weights(trainer);
    }
    try (Trainer trainer =
        begin(
            "killed",
            line -> {
              // the state of step 4 is kept, and the end of the run never comes
              if (line.contains("step 4,")) {
                throw new IllegalStateException("killed");
              }
            })) {
      assertThatThrownBy(trainer::train).hasMessage("killed");
    }
    Path killed = temporary.resolve("killed");
    assertThat(RunState.plan(killed)).isEqualTo(plan());
    try (Trainer trainer = Trainer.resume(tiny, killed, was -> was, 1, ALL_THE_TIME, line -> {})) {
      assertThat(trainer.state().step()).isEqualTo(4);
      trainer.train();
      assertThat(trainer.state().step()).isEqualTo(STEPS);
      assertThat(weights(trainer)).usingRecursiveComparison().isEqualTo(uninterrupted);
    }
    assertThat(Files.readAllBytes(killed.resolve("model/model.safetensors")))
        .isEqualTo(Files.readAllBytes(temporary.resolve("whole/model/model.safetensors")));
  }

  @Test
  void aRunThatIsToldToStopKeepsItsStateAndItsModel() throws Exception {
    List<String> said = new ArrayList<>();
    Trainer[] self = new Trainer[1];
    try (Trainer trainer =
        begin(
            "stopped",
            line -> {
              said.add(line);
              if (line.contains("step 2,")) {
                self[0].stop();
              }
            })) {
      self[0] = trainer;
      trainer.train();
      assertThat(trainer.state().step()).isEqualTo(2);
    }
    Path run = temporary.resolve("stopped");
    assertThat(RunState.isIn(run)).isTrue();
    assertThat(run.resolve("model/model.safetensors")).isRegularFile();
    assertThat(Files.readString(run.resolve("log.tsv"))).startsWith("seconds\tstep\t");
    assertThat(said).anyMatch(line -> line.startsWith("fonts: "));
  }

  @Test
  void aStateOfAnotherModelIsRefused() throws Exception {
    try (Trainer trainer = begin("small", line -> {})) {
      trainer.state().write(temporary.resolve("small"), trainer.program());
    }
    assertThatThrownBy(() ->
            Trainer.resume(
                BUNDLED, temporary.resolve("small"), was -> was, 1, ALL_THE_TIME, line -> {}))
        .isInstanceOf(SafetensorsException.class);
  }

  @Test
  void theRateClimbsStaysAndFallsToNothing() {
    Plan plan = new Plan(1, 100, 0, 1e-3, 0.02, 0.2, 10, 0.5, 2, false);
    assertThat(plan.pace(0, 0).rate()).isEqualTo(1e-4);
    assertThat(plan.pace(9, 0).rate()).isEqualTo(1e-3);
    assertThat(plan.pace(49, 0).rate()).isEqualTo(1e-3);
    assertThat(plan.pace(75, 0).rate()).isEqualTo(5e-4);
    assertThat(plan.pace(100, 0).rate()).isZero();
    Plan byTheClock = new Plan(1, 0, 10, 1e-3, 0.02, 0.2, 1, 0, 2, false);
    assertThat(byTheClock.done(12345, 300)).isEqualTo(0.5);
  }

  @Test
  void whatIsWrittenAnswersInTheProductAsItDidInTheTrainer() throws Exception {
    Path written = temporary.resolve("written");
    SlipVocabulary vocabulary = SlipVocabulary.read(BUNDLED);
    List<Slip> slips = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      slips.add(
          HeldOut.FAMILIAR
              .source()
              .slip(
                  i,
                  HeldOut.WIDTH,
                  HeldOut.HEIGHT,
                  SlipSource.Look.ANY.printed(14).worn(Wear.NONE).scaled(1)));
    }
    List<String> trainers = new ArrayList<>();
    try (TrainingProgram program = TrainingProgram.open(BUNDLED, false, 2)) {
      HuggingFaceWeights weights = new HuggingFaceWeights(program);
      weights.read(BUNDLED, program);
      weights.write(written, program, BUNDLED);
      weights.read(written, program);
      TrainingBatch batch =
          new BatchSource(vocabulary, HeldOut.FAMILIAR.source(), 1, 8).batch(slips, false);
      for (int[] answer : program.answers(batch, vocabulary.prompt(), vocabulary.end(), 160)) {
        trainers.add(vocabulary.text(answer));
      }
    }
    assertThat(trainers).allMatch(answer -> answer.startsWith("{\"vendor\":\""));
    int sure = 0;
    try (Evaluation product = new Evaluation(written, Optional.empty())) {
      for (int i = 0; i < slips.size(); i++) {
        // where it does not know a letter, rounding of the filter's three colours decides
        if (new Score().add(slips.get(i).fields().orElseThrow(), trainers.get(i))) {
          sure++;
          assertThat(product.answer(slips.get(i).picture())).isEqualTo(trainers.get(i));
        }
      }
    }
    assertThat(sure).as("slips that are read").isGreaterThan(2);
  }

  @Test
  void aBlendLiesBetweenTwoModels() throws Exception {
    try (TrainingProgram program = TrainingProgram.open(tiny, false, 1)) {
      HuggingFaceWeights weights = new HuggingFaceWeights(program);
      Parameter parameter = program.parameters().getLast();
      program.randomise(1);
      weights.write(temporary.resolve("after"), program, tiny);
      weights.read(temporary.resolve("after"), program);
      float[] after = program.values(parameter);
      program.randomise(2);
      float[] before = program.values(parameter);
      weights.blend(temporary.resolve("after"), 0.75, program);
      float[] mean = program.values(parameter);
      for (int i = 0; i < mean.length; i++) {
        assertThat(mean[i]).isCloseTo(0.25f * before[i] + 0.75f * after[i], within(1e-6f));
      }
    }
  }

  @Test
  void readingAndWritingAModelChangesNoBitButOfThePatchFilterWhichIsGreyInBetween()
      throws Exception {
    Path written = temporary.resolve("same");
    try (TrainingProgram program = TrainingProgram.open(BUNDLED, false, 2)) {
      HuggingFaceWeights weights = new HuggingFaceWeights(program);
      weights.read(BUNDLED, program);
      weights.write(written, program, BUNDLED);
    }
    String name = "model.safetensors";
    try (SafetensorsFile before = SafetensorsFile.open(BUNDLED.resolve(name));
        SafetensorsFile after = SafetensorsFile.open(written.resolve(name))) {
      assertThat(after.tensors().keySet()).isEqualTo(before.tensors().keySet());
      for (String tensor : before.tensors().keySet()) {
        short[] was = before.data(tensor).toArray(SHORT);
        short[] is = after.data(tensor).toArray(SHORT);
        if (tensor.contains("patch_conv")) {
          for (int i = 0; i < was.length; i++) {
            assertThat(number(is[i]))
                .isCloseTo(number(was[i]), within(2e-5f + Math.abs(number(was[i])) / 32));
          }
        } else {
          assertThat(is).as(tensor).isEqualTo(was);
        }
      }
    }
  }

  private static float number(short bfloat16) {
    return Float.intBitsToFloat(bfloat16 << 16);
  }
}
