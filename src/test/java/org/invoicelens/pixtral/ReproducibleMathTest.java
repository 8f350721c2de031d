package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Sums and powers that are the same each time. */
class ReproducibleMathTest {

  private static final int COUNT = 1003;

  /** Enough calls for Java to have compiled the loops. */
  private static final int CALLS = 20_000;

  @Test
  void powersAreOffByTwoUnitsOfTheLastBitAtMost() {
    for (float[] numbers : List.of(numbers(1, 1), numbers(2, 20), numbers(3, 87))) {
      float[] powers = numbers.clone();
      ReproducibleMath.exp(powers);
      for (int i = 0; i < numbers.length; i++) {
        double exact = StrictMath.exp(numbers[i]);
        assertThat(Math.abs(powers[i] - exact))
            .as("e to the power of %s", numbers[i])
            .isLessThan(2 * Math.ulp((float) exact));
      }
    }
  }

  @Test
  void powersOfWhatIsFarFromZeroAreZeroOrInfinite() {
    float[] numbers = {0, -0f, -87.8f, -1000, Float.NEGATIVE_INFINITY, 88.5f, 1e30f, Float.NaN};
    ReproducibleMath.exp(numbers);
    assertThat(numbers)
        .containsExactly(
            1, 1, 0, 0, 0, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN);
  }

  @Test
  void sumsAreThoseOfAllNumbers() {
    float[] numbers = new float[40];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i;
    }
    assertThat(ReproducibleMath.sum(numbers, 8, 16)).isEqualTo((8 + 23) * 8);
    assertThat(ReproducibleMath.sum(numbers, 0, 40)).isEqualTo(39 * 20);
  }

  /** Another Java compiles nothing, so that both are seen whatever ran before this test. */
  @Test
  void theLastBitsAreThoseOfCodeThatIsNotCompiled() throws Exception {
    String compiled = "";
    for (int i = 0; i < CALLS; i++) {
      compiled = bits();
    }
    assertThat(interpreted()).isEqualTo(compiled);
  }

  private static String interpreted() throws IOException, InterruptedException {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xint",
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                Interpreted.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(java.waitFor()).as(said).isZero();
    return said;
  }

  /** Says what {@link #bits} are where nothing is compiled. */
  static final class Interpreted {
    public static void main(String[] arguments) {
      System.out.print(bits());
    }
  }

  /** The bits of powers and of their sum. */
  private static String bits() {
    float[] numbers = numbers(4, 10);
    ReproducibleMath.exp(numbers);
    float sum = ReproducibleMath.sum(numbers, 0, COUNT & -4);
    return Arrays.hashCode(numbers) + " " + Float.floatToRawIntBits(sum);
  }

  private static float[] numbers(long seed, double most) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] numbers = new float[COUNT];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) random.nextDouble(-most, most);
    }
    return numbers;
  }

  /** What Java's Vector API leaves open is asked of it nowhere. */
  @Test
  void nothingElseSumsLanesOrTakesPowersOfVectors() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        assertThat(Files.readString(file))
            .as("%s", file)
            .doesNotContain("reduceLanes(VectorOperators.ADD")
            .doesNotContain("VectorOperators.EXP");
      }
    }
  }
}
