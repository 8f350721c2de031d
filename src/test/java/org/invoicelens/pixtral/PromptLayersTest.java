package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.Cancellation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers for many tokens beside the program, against the program's own. */
class PromptLayersTest {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPictureMeansTheSame(boolean wide) throws Exception {
    assumeTrue(
        MatrixMachineCode.vectorBytes(wide ? Precision.FLOAT32 : Precision.BFLOAT16).isPresent());
    float[] exact = projected(Precision.FLOAT32, wide).getFirst();
    List<float[]> both = projected(Precision.BFLOAT16, wide);
    double inProgram = error(both.getFirst(), exact);
    assertThat(inProgram).isPositive();
    // each rounds to bfloat16, in other steps: it has to be as near to what is exact
    assertThat(error(both.getLast(), exact)).isLessThan(1.2 * inProgram);
  }

  /** Projected patches of two pictures of different sizes, by the program and beside it. */
  private static List<float[]> projected(Precision type, boolean wide) throws Exception {
    List<float[]> found = new ArrayList<>();
    BundledModelTest.with(
        new LoadOptions(type, type, AttentionVariant.EAGER, "cpu", 64, true),
        model -> {
          PixtralProgram program = model.program();
          if (type == Precision.BFLOAT16) {
            program.useWideProducts(wide);
            program.useMatrix();
          }
          program.trace(true);
          for (AttentionVariant attention :
              List.of(AttentionVariant.EAGER, AttentionVariant.SDPA)) {
            program.useAttention(attention);
            assertThat(program.makesPictures())
                .isEqualTo(type == Precision.BFLOAT16 && attention == AttentionVariant.SDPA);
            model.logits(prompt(), new Cancellation());
            found.add(program.traced("vision.projected"));
            program.trace(true);
          }
        });
    return found;
  }

  private static Prompt prompt() throws Exception {
    BufferedImage slip = ImageIO.read(Path.of("assets/samples/slip-0.png").toFile());
    BufferedImage part = slip.getSubimage(0, 0, slip.getWidth() / 2, slip.getHeight() / 3);
    try (PixtralProcessor processor = PixtralProcessor.open(BundledModelTest.FOLDER)) {
      return processor.prepare("", "<json>", List.of(slip, part));
    }
  }

  /** The root of the mean square of differences. */
  private static double error(float[] numbers, float[] exact) {
    assertThat(numbers).hasSameSizeAs(exact);
    double sum = 0;
    for (int i = 0; i < exact.length; i++) {
      sum += Math.pow(numbers[i] - exact[i], 2);
    }
    return Math.sqrt(sum / exact.length);
  }
}
