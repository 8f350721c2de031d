package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.safetensors.SafetensorsFile;
import org.invoicelens.stage.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tiny model against the reference data, at the tolerances that stand beside the data. */
class ReferenceTest {

  private static final double LOGITS = 5e-4;
  private static final double PROJECTED = 2e-6;
  private static final double ACTIVATIONS = 5e-5;

  @ParameterizedTest
  @ValueSource(strings = {"hf", "hf-bf16", "native"})
  void everyActivationAndLogitIsThatOfTheReference(String layout) throws Exception {
    try (PixtralModel model = Golden.load(layout, Golden.float32())) {
      double largest = 0;
      for (String name : Golden.CASES) {
        try (SafetensorsFile expected = Golden.expected(name)) {
          model.program().trace(true);
          float[][] logits = model.logits(Golden.prompt(expected), new Cancellation());
          for (String tensor : expected.tensors().keySet()) {
            if (tensor.startsWith("vision.") || tensor.startsWith("text.")) {
              float[] reference = Golden.floats(expected, tensor);
              double tolerance =
                  tensor.equals("vision.projected")
                      ? PROJECTED
                      : ACTIVATIONS * Golden.deviation(reference);
              assertThat(Golden.largestDifference(model.program().traced(tensor), reference))
                  .as(name + " " + tensor)
                  .isLessThanOrEqualTo(tolerance);
            }
          }
          model.program().trace(false);
          double difference =
              Golden.largestDifference(Golden.flat(logits), Golden.floats(expected, "logits"));
          assertThat(difference).as(name + " logits").isLessThanOrEqualTo(LOGITS);
          largest = Math.max(largest, difference);
        }
      }
      System.out.println(layout + ": largest difference of a logit" + " " + largest);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hf", "hf-bf16", "native"})
  void greedyAnswersAreThoseOfTheReference(String layout) throws Exception {
    try (PixtralModel model = Golden.load(layout, Golden.float32())) {
      for (String name : Golden.CASES) {
        try (SafetensorsFile expected = Golden.expected(name)) {
          int[] tokens = greedy(model, Golden.prompt(expected));
          assertThat(tokens).as(name).isEqualTo(Golden.ids(expected, "generated_ids"));
        }
      }
    }
  }

  @Test
  void everyTokenIsChosenFromTheLogitsOfTheReference() throws Exception {
    try (PixtralModel model = Golden.load("hf", Golden.float32())) {
      for (String name : Golden.CASES) {
        try (SafetensorsFile expected = Golden.expected(name)) {
          Prompt prompt = Golden.prompt(expected);
          int[] answer = Golden.ids(expected, "generated_ids");
          int[] all = Arrays.copyOf(prompt.tokenIds(), prompt.tokenIds().length + 31);
          System.arraycopy(answer, 0, all, prompt.tokenIds().length, 31);
          float[][] logits = model.logits(new Prompt(all, prompt.images()), new Cancellation());
          float[][] chosenFrom =
              Arrays.copyOfRange(logits, prompt.tokenIds().length - 1, logits.length);
          assertThat(
                  Golden.largestDifference(
                      Golden.flat(chosenFrom), Golden.floats(expected, "generated_logits")))
              .as(name)
              .isLessThanOrEqualTo(LOGITS);
        }
      }
    }
  }

  @Test
  void storedBfloat16GivesExactlyTheResultsOfStoredFloat32() throws Exception {
    Map<String, float[][]> fromFloat32 = new LinkedHashMap<>();
    try (PixtralModel model = Golden.load("hf", Golden.float32())) {
      for (String name : Golden.CASES) {
        fromFloat32.put(name, model.logits(Golden.prompt(name), new Cancellation()));
      }
    }
    try (PixtralModel model = Golden.load("hf-bf16", Golden.float32())) {
      for (String name : Golden.CASES) {
        float[][] logits = model.logits(Golden.prompt(name), new Cancellation());
        assertThat(logits).as(name).isDeepEqualTo(fromFloat32.get(name));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(AttentionVariant.class)
  void everyAttentionVariantGivesTheReference(AttentionVariant attention) throws Exception {
    LoadOptions options = Golden.options(Precision.FLOAT32, Precision.FLOAT32, attention);
    try (PixtralModel model = Golden.load("hf", options)) {
      assertThat(model.options().attention()).isEqualTo(attention);
      for (String name : Golden.CASES) {
        try (SafetensorsFile expected = Golden.expected(name)) {
          Prompt prompt = Golden.prompt(expected);
          float[][] logits = model.logits(prompt, new Cancellation());
          assertThat(
                  Golden.largestDifference(Golden.flat(logits), Golden.floats(expected, "logits")))
              .as(name)
              .isLessThanOrEqualTo(LOGITS);
          assertThat(greedy(model, prompt))
              .as(name)
              .isEqualTo(Golden.ids(expected, "generated_ids"));
        }
      }
    }
  }

  /** The prompt is longer than a chunk, so that later chunks look back at earlier ones. */
  @Test
  void longPromptsGiveTheSameInEveryAttentionVariant() throws Exception {
    int[] ids = new int[1300];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = 20 + i * 37 % 480;
    }
    Prompt prompt = new Prompt(ids, List.of());
    List<float[]> results = new ArrayList<>();
    try (PixtralModel model = Golden.load("hf", Golden.float32())) {
      for (AttentionVariant attention : AttentionVariant.values()) {
        model.useAttention(attention);
        results.add(Golden.flat(model.logits(prompt, new Cancellation())));
      }
    }
    for (float[] result : results) {
      assertThat(Golden.largestDifference(result, results.getFirst())).isLessThanOrEqualTo(LOGITS);
    }
  }

  /** Logits have a standard deviation of 3; bfloat16 keeps 8 bits. */
  @ParameterizedTest
  @EnumSource(AttentionVariant.class)
  void bfloat16StaysNearTheReference(AttentionVariant attention) throws Exception {
    LoadOptions options = Golden.options(Precision.BFLOAT16, Precision.BFLOAT16, attention);
    try (PixtralModel model = Golden.load("hf-bf16", options)) {
      for (boolean wide : new boolean[] {false, true}) {
        model.program().useWideProducts(wide);
        double largest = 0;
        for (String name : Golden.CASES) {
          try (SafetensorsFile expected = Golden.expected(name)) {
            float[] logits = Golden.flat(model.logits(Golden.prompt(expected), new Cancellation()));
            float[] reference = Golden.floats(expected, "logits");
            largest = Math.max(largest, Golden.largestDifference(logits, reference));
            assertThat(rootMeanSquare(logits, reference)).as(name).isLessThan(0.1);
          }
        }
        System.out.println(
            "bfloat16 " + attention.id() + ": largest difference of a logit " + largest);
      }
    }
  }

  static int[] greedy(PixtralModel model, Prompt prompt) throws Exception {
    GenerationOptions options = new GenerationOptions(32, 0, 1, 0, true);
    return model.generate(prompt, options, TokenListener.NONE, new Cancellation()).tokenIds();
  }

  static double rootMeanSquare(float[] actual, float[] expected) {
    double squares = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = (double) actual[i] - expected[i];
      squares += difference * difference;
    }
    return Math.sqrt(squares / actual.length);
  }
}
