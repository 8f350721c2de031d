package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.safetensors.SafetensorsFile;
import org.invoicelens.stage.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packed weights against the reference data, by the program that holds them. */
class QuantisationTest {

  private static final double RELATIVE = 1e-6;

  @ParameterizedTest
  @ValueSource(strings = {"quant", "quant_edge"})
  void int8IsThatOfTheReference(String file) throws Exception {
    try (SafetensorsFile expected = reference(file);
        PixtralProgram program = packed(expected, Precision.INT8, false)) {
      byte[] codes = program.fetch("w");
      byte[] reference = Golden.bytes(expected, "int8.q");
      int different = 0;
      for (int i = 0; i < codes.length; i++) {
        assertThat(Math.abs(codes[i] - reference[i])).isLessThanOrEqualTo(1);
        different += codes[i] == reference[i] ? 0 : 1;
      }
      assertThat(different).isLessThanOrEqualTo(codes.length / 200);
      assertThat(floats(program.fetch("w.scale"))).isEqualTo(Golden.floats(expected, "int8.scale"));
      near(program.unpack("w"), Golden.floats(expected, "int8.dequantized"));
      product(program, expected, "int8");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"quant", "quant_edge"})
  void fp8IsThatOfTheReference(String file) throws Exception {
    try (SafetensorsFile expected = reference(file);
        PixtralProgram program = packed(expected, Precision.FP8, false)) {
      assertThat(program.fetch("w")).isEqualTo(Golden.bytes(expected, "fp8_e4m3.codes"));
      assertThat(floats(program.fetch("w.scale")))
          .isEqualTo(Golden.floats(expected, "fp8_e4m3.scale"));
      near(program.unpack("w"), Golden.floats(expected, "fp8_e4m3.dequantized"));
      product(program, expected, "fp8_e4m3");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"quant", "quant_edge"})
  void nf4IsThatOfTheReference(String file) throws Exception {
    try (SafetensorsFile expected = reference(file);
        PixtralProgram program = packed(expected, Precision.NF4, false)) {
      assertThat(program.fetch("w")).isEqualTo(Golden.bytes(expected, "nf4.packed"));
      assertThat(program.scales("w")).isEqualTo(Golden.floats(expected, "nf4.absmax"));
      near(program.unpack("w"), Golden.floats(expected, "nf4.dequantized"));
      product(program, expected, "nf4");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"quant", "quant_edge"})
  void doublyQuantisedNf4IsThatOfTheReference(String file) throws Exception {
    try (SafetensorsFile expected = reference(file);
        PixtralProgram program = packed(expected, Precision.NF4, true)) {
      assertThat(program.fetch("w")).isEqualTo(Golden.bytes(expected, "nf4.packed"));
      assertThat(program.fetch("w.scale")).isEqualTo(Golden.bytes(expected, "nf4_double.absmax_q"));
      assertThat(floats(program.fetch("w.scale.max")))
          .isEqualTo(Golden.floats(expected, "nf4_double.absmax2"));
      float offset = Golden.floats(expected, "nf4_double.offset")[0];
      assertThat(floats(program.fetch("w.scale.offset"))[0])
          .isCloseTo(offset, within(1e-7f * Math.abs(offset)));
      near(program.scales("w"), Golden.floats(expected, "nf4_double.absmax_dequantized"));
      near(program.unpack("w"), Golden.floats(expected, "nf4_double.dequantized"));
      product(program, expected, "nf4_double");
    }
  }

  @Test
  void theCodesAreThoseOfTheReference() throws Exception {
    try (SafetensorsFile expected = reference("quant")) {
      CodeBook normal = CodeBook.normalFloat();
      assertThat(normal.values()).isEqualTo(Golden.floats(expected, "nf4.code"));
      assertThat(normal.thresholds()).isEqualTo(Golden.floats(expected, "nf4.thresholds"));
      assertThat(CodeBook.dynamic().values()).isEqualTo(Golden.floats(expected, "nf4_double.code"));
    }
  }

  /** Symmetric: in each group of 64 of a row the largest magnitude becomes 7. */
  @ParameterizedTest
  @ValueSource(strings = {"quant", "quant_edge"})
  void int4RoundsToTheNearestOfFifteenSteps(String file) throws Exception {
    try (SafetensorsFile expected = reference(file);
        PixtralProgram program = packed(expected, Precision.INT4, false)) {
      float[] weights = Golden.floats(expected, "weights");
      float[] unpacked = program.unpack("w");
      float[] scales = program.scales("w");
      assertThat(scales).hasSize(weights.length / 64);
      for (int i = 0; i < weights.length; i++) {
        float scale = scales[i / 64];
        assertThat(Math.abs(unpacked[i] - weights[i])).isLessThanOrEqualTo(scale * 0.50001f);
        assertThat(Math.abs(unpacked[i])).isLessThanOrEqualTo(scale * 7.0001f);
      }
    }
  }

  /** What a quantised model says is what the plain one says with the unpacked weights. */
  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"INT8", "FP8", "NF4", "INT4"})
  void aQuantisedModelComputesWithItsUnpackedWeights(Precision precision) throws Exception {
    LoadOptions options = Golden.options(precision, Precision.FLOAT32, AttentionVariant.EAGER);
    Prompt prompt = Golden.prompt("two_images");
    try (PixtralModel quantised = Golden.load("hf", options);
        PixtralModel plain = Golden.load("hf", Golden.float32())) {
      assertThat(quantised.memory()).isLessThan(plain.memory());
      int[] shapes = {64, 96, 32, 96, 32, 96, 96, 64, 256, 96, 256, 96, 96, 256};
      String[] names = {"q", "k", "v", "o", "gate", "up", "down"};
      for (int layer = 0; layer < 4; layer++) {
        for (int i = 0; i < names.length; i++) {
          String name = "text." + layer + "." + names[i];
          float[] unpacked = quantised.program().unpack(name);
          assertThat(unpacked).hasSize(shapes[2 * i] * shapes[2 * i + 1]);
          ByteBuffer bytes =
              ByteBuffer.allocateDirect(4 * unpacked.length).order(ByteOrder.LITTLE_ENDIAN);
          bytes.asFloatBuffer().put(unpacked);
          long[] shape = {shapes[2 * i], shapes[2 * i + 1]};
          plain.program().rows(name, bytes, 6, 0, shape[0], shape, 0, true);
        }
      }
      float[][] expected = plain.logits(prompt, new Cancellation());
      float[][] actual = quantised.logits(prompt, new Cancellation());
      assertThat(Golden.largestDifference(Golden.flat(actual), Golden.flat(expected)))
          .isLessThan(5e-4);
      assertThat(ReferenceTest.greedy(quantised, prompt))
          .isEqualTo(ReferenceTest.greedy(plain, prompt));
    }
  }

  @Test
  void memoryIsForetoldToTheByte() throws Exception {
    for (Precision precision : Precision.values()) {
      for (boolean twice : new boolean[] {false, true}) {
        LoadOptions options =
            new LoadOptions(precision, Precision.BFLOAT16, AttentionVariant.SDPA, "cpu", 64, twice);
        LoadOptions resolved;
        long held;
        try (PixtralModel model = Golden.load("hf", options)) {
          held = model.memory();
          resolved = model.options();
        }
        try (Checkpoint checkpoint = Checkpoint.open(Golden.TINY.resolve("hf"))) {
          // beside the weights there are the tables of codes
          assertThat(held - WeightLoader.bytes(checkpoint, resolved))
              .as(precision + " " + twice)
              .isBetween(-200L, 6000L);
        }
      }
    }
  }

  private static SafetensorsFile reference(String name) throws Exception {
    return SafetensorsFile.open(Golden.ROOT.resolve("quant").resolve(name + ".safetensors"));
  }

  /** A program with the reference's matrix as its one weight, given in two pieces where it can. */
  private static PixtralProgram packed(SafetensorsFile file, Precision precision, boolean twice)
      throws Exception {
    PixtralConfig config = PixtralConfig.readHuggingFace(Golden.TINY.resolve("hf"));
    LoadOptions options =
        new LoadOptions(precision, Precision.FLOAT32, AttentionVariant.EAGER, "cpu", 64, twice);
    PixtralProgram program = PixtralProgram.load(config, options, PackedMemory.anonymous());
    long[] shape = file.tensors().get("weights").shape();
    program.begin("w", shape, true);
    long half = shape[0] / 2;
    for (long first = 0; first < shape[0]; first += half) {
      int length = (int) (half * shape[1] * 4);
      ByteBuffer raw = file.buffer("weights", first * shape[1] * 4, length);
      program.rows("w", raw, 6, first, half, shape, 0, true);
    }
    program.finish("w", true);
    return program;
  }

  private static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  private static void near(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i])
          .isCloseTo(expected[i], within(RELATIVE * Math.max(Math.abs(expected[i]), 1e-30)));
    }
  }

  private static void product(PixtralProgram program, SafetensorsFile expected, String scheme) {
    String name = "matmul." + scheme;
    if (expected.tensors().containsKey(name)) {
      float[] input = Golden.floats(expected, "input");
      float[] reference = Golden.floats(expected, name);
      assertThat(Golden.largestDifference(program.project(input, 5, "w"), reference))
          .isLessThanOrEqualTo(1e-4);
      // fewer rows go another way
      float[] first = java.util.Arrays.copyOf(input, 128);
      assertThat(
              Golden.largestDifference(
                  program.project(first, 1, "w"),
                  java.util.Arrays.copyOf(reference, reference.length / 5)))
          .isLessThanOrEqualTo(1e-4);
    }
  }
}
