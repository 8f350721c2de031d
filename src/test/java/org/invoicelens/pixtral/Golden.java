package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.safetensors.SafetensorsFile;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.ProgressListener;

/** The reference data of the tiny model. */
final class Golden {

  static final Path ROOT = Path.of("src/test/resources/golden");
  static final Path TINY = ROOT.resolve("tiny");

  static final List<String> CASES =
      List.of(
          "text_only", "one_image", "one_image_odd_size", "two_images", "large_image", "two_turns");

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Golden() {}

  static SafetensorsFile expected(String name) throws Exception {
    return SafetensorsFile.open(TINY.resolve("cases").resolve(name + ".safetensors"));
  }

  static Prompt prompt(SafetensorsFile expected) {
    int[] ids = ids(expected, "input_ids");
    List<ImagePixels> images = new ArrayList<>();
    for (int i = 0; expected.tensors().containsKey("pixel_values." + i); i++) {
      String name = "pixel_values." + i;
      long[] shape = expected.tensors().get(name).shape();
      images.add(new ImagePixels(floats(expected, name), (int) shape[2], (int) shape[1]));
    }
    return new Prompt(ids, images);
  }

  static Prompt prompt(String name) throws Exception {
    try (SafetensorsFile expected = expected(name)) {
      return prompt(expected);
    }
  }

  static float[] floats(SafetensorsFile file, String name) {
    return file.data(name).toArray(FLOAT);
  }

  static int[] ids(SafetensorsFile file, String name) {
    return Arrays.stream(file.data(name).toArray(LONG)).mapToInt(Math::toIntExact).toArray();
  }

  static byte[] bytes(SafetensorsFile file, String name) {
    return file.data(name).toArray(ValueLayout.JAVA_BYTE);
  }

  static LoadOptions options(Precision precision, Precision dtype, AttentionVariant attention) {
    return new LoadOptions(precision, dtype, attention, "cpu", 64, false);
  }

  static LoadOptions float32() {
    return options(Precision.FLOAT32, Precision.FLOAT32, AttentionVariant.EAGER);
  }

  static PixtralModel load(String layout, LoadOptions options) throws Exception {
    return load(TINY.resolve(layout), options, ProgressListener.NONE, new Cancellation());
  }

  static PixtralModel load(
      Path folder, LoadOptions options, ProgressListener listener, Cancellation cancellation)
      throws Exception {
    return PixtralModel.load(
        folder, PixtralProcessor.open(folder), options, listener, cancellation);
  }

  static float[] flat(float[][] rows) {
    float[] all = new float[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * rows[0].length, rows[0].length);
    }
    return all;
  }

  static double largestDifference(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = Math.abs((double) actual[i] - expected[i]);
      if (!(difference <= largest)) {
        largest = difference;
      }
    }
    return largest;
  }

  static double deviation(float[] values) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
    }
    double mean = sum / values.length;
    return Math.sqrt(squares / values.length - mean * mean);
  }
}
