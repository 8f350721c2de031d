package org.invoicelens.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.pixtral.GenerationOptions;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.Prompt;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.InGerman;
import org.invoicelens.stage.ProgressListener;
import org.junit.jupiter.api.Test;

/** What becomes of an answer for which memory runs out. */
class ModelInUseTest {

  private static final long PLENTY = 1L << 32;
  private static final long NOTHING = 1000;

  private final List<String> restarts = new ArrayList<>();

  @Test
  void anAnswerIsMadeAgainByTheNextFallback() throws Exception {
    ModelConfig config = Setups.config(Setups.TINY, Precision.FLOAT32, Precision.NF4);
    Memory memory = new Memory(PLENTY, NOTHING, PLENTY);
    int[] expected = answerOf(Precision.NF4);
    try (ModelInUse model = start(config, memory)) {
      OptimizedModel before = model.facts();

      assertThat(answer(model).tokenIds()).isEqualTo(expected);

      assertThat(before.dtype()).isEqualTo(Precision.FLOAT32);
      assertThat(before.model().memory()).as("freed").isZero();
      assertThat(model.facts().dtype()).isEqualTo(Precision.NF4);
      assertThat(model.facts().criteria()).hasSize(1).allMatch(OptimizedModel.Criterion::met);
      assertThat(restarts).hasSize(1);
      assertThat(restarts.getFirst())
          .contains("32 bit on the processor did not work", "too little memory for this answer")
          .contains("The model runs in 4 bit (nf4) on the processor");

      assertThat(answer(model).tokenIds()).isEqualTo(expected);
      assertThat(restarts).as("no step without need").hasSize(1);
    }
  }

  @Test
  void everyFallbackIsTriedOnceAndTheSmallestStays() throws Exception {
    ModelConfig config =
        Setups.config(Setups.TINY, Precision.FLOAT32, Precision.BFLOAT16, Precision.INT8);
    Memory memory = new Memory(PLENTY, NOTHING, PLENTY, NOTHING, PLENTY, NOTHING, PLENTY);
    try (ModelInUse model = start(config, memory)) {
      InferenceException e = catchThrowableOfType(InferenceException.class, () -> answer(model));

      assertThat(e.reason()).isEqualTo(InferenceException.Reason.OUT_OF_MEMORY);
      assertThat(e.problem().what()).contains("too little memory");
      assertThat(e.problem().meaning())
          .contains("32 bit", "16 bit", "8 bit (int8)", "No smaller precision is configured");
      assertThat(e.problem().remedy()).contains("Close other programs");
      assertThat(restarts).hasSize(2);
      assertThat(model.facts().dtype()).isEqualTo(Precision.INT8);
      assertThat(answer(model).tokenIds()).as("memory is there again").hasSize(4);
    }
  }

  @Test
  void whatCannotBeLoadedInAnyWayIsNotTriedAgain() throws Exception {
    ModelConfig config = Setups.config(Setups.TINY, Precision.FLOAT32, Precision.NF4);
    Memory memory = new Memory(PLENTY, NOTHING);
    try (ModelInUse model = start(config, memory)) {
      OptimizedModel before = model.facts();
      InferenceException e = catchThrowableOfType(InferenceException.class, () -> answer(model));
      assertThat(e.reason()).isEqualTo(InferenceException.Reason.OUT_OF_MEMORY);
      assertThat(e.problem().meaning()).contains("32 bit", "4 bit (nf4)");
      assertThat(before.model().memory()).as("freed").isZero();

      int asked = memory.asked;
      assertThatThrownBy(() -> answer(model)).isSameAs(e);
      assertThat(memory.asked).isEqualTo(asked);
    }
  }

  @Test
  void loadingThatWasStoppedIsDoneBeforeTheNextAnswer() throws Exception {
    ModelConfig config = Setups.config(Setups.TINY, Precision.FLOAT32, Precision.NF4);
    Memory memory = new Memory(PLENTY, NOTHING, PLENTY);
    try (ModelInUse model = start(config, memory)) {
      Cancellation cancellation = new Cancellation();
      assertThatThrownBy(() ->
              model.use(
                  now -> {
                    cancellation.cancel();
                    return generate(now, new Cancellation());
                  },
                  restarts::add,
                  cancellation))
          .isInstanceOf(CancelledException.class);
      assertThat(restarts).isEmpty();

      assertThat(answer(model).tokenIds()).isEqualTo(answerOf(Precision.NF4));
      assertThat(restarts).hasSize(1);
    }
  }

  @Test
  void otherFailuresAreNotHealedByLessPrecision() throws Exception {
    ModelConfig config = Setups.config(Setups.TINY, Precision.FLOAT32, Precision.NF4);
    try (ModelInUse model = start(config, new Memory(PLENTY))) {
      InferenceException e =
          catchThrowableOfType(
              InferenceException.class,
              () ->
                  model.use(
                      now ->
                          now.model()
                              .generate(
                                  new Prompt(new int[0], List.of()),
                                  new GenerationOptions(4, 0, 1, 0, true),
                                  TokenListener.NONE,
                                  new Cancellation()),
                      restarts::add,
                      new Cancellation()));
      assertThat(e.reason()).isEqualTo(InferenceException.Reason.EMPTY_PROMPT);
      assertThat(model.facts().dtype()).isEqualTo(Precision.FLOAT32);
    }
  }

  @Test
  void speaksTheLanguageOfTheUser() throws Exception {
    ModelConfig config = Setups.config(Setups.TINY, Precision.FLOAT32);
    try (ModelInUse model = start(config, new Memory(PLENTY, NOTHING))) {
      InferenceException e =
          InGerman.of(() -> catchThrowableOfType(InferenceException.class, () -> answer(model)));
      assertThat(e.problem().what()).startsWith("Für dieses Dokument ist zu wenig Speicher da.");
      assertThat(e.problem().meaning()).startsWith("Eine kleinere Genauigkeit ist nicht");
    }
  }

  private GenerationResult answer(ModelInUse model) throws Exception {
    return model.use(now -> generate(now, new Cancellation()), restarts::add, new Cancellation());
  }

  private static GenerationResult generate(OptimizedModel now, Cancellation cancellation)
      throws InferenceException, CancelledException {
    return now.model()
        .generate(
            new Prompt(new int[] {1, 5, 9}, List.of()),
            new GenerationOptions(4, 0, 1, 0, true),
            TokenListener.NONE,
            cancellation);
  }

  private static int[] answerOf(Precision precision) throws Exception {
    try (ModelInUse model = start(Setups.config(Setups.TINY, precision), new Memory(PLENTY))) {
      return model.use(
          now -> generate(now, new Cancellation()).tokenIds(), why -> {}, new Cancellation());
    }
  }

  private static ModelInUse start(ModelConfig config, LongSupplier memory) throws Exception {
    ModelInitializer initializer =
        new ModelInitializer(ProgressListener.NONE, new Cancellation(), memory);
    ModelInstance instance = initializer.initialize(Setups.verified(config.modelPath()), config);
    return new ModelInUse(
        OptimizedModel.untested(instance, java.time.Duration.ZERO),
        config,
        (exhausted, why, cancellation) ->
            new ModelInitializer(ProgressListener.NONE, cancellation, memory)
                .stepDown(exhausted, config, why));
  }

  /** Main memory of a computer on which other programs take some and give it back. */
  private static final class Memory implements LongSupplier {

    private final Deque<Long> free = new ArrayDeque<>();
    private int asked;

    Memory(Long... free) {
      this.free.addAll(List.of(free));
    }

    @Override
    public long getAsLong() {
      asked++;
      return free.size() > 1 ? free.removeFirst() : free.getFirst();
    }
  }
}
