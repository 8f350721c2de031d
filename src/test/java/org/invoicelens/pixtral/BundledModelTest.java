package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.ProgressListener;
import org.junit.jupiter.api.Test;

/** The small model that ships, on the slips that ship: what it reads, right or wrong. */
class BundledModelTest {

  static final Path FOLDER = Path.of("models/bundled/pixtral-mini");

  private static final List<String> READ =
      List.of(
          slip("Xehea Thoud", "05201", "2019-09-25", "USD", "5691.00"),
          slip("Metro Services", "RE778301", "2016-12-02", "EUR", "38.00"),
          slip("Dib Group", "2019-438", "2027-08-27", "USD", "677.00"),
          slip("Bright & Sons", "2018-66224", "2021-04-06", "GBP", "1.62"),
          slip("River Services", "X-78642", "2026-07-28", "EUR", "41.49"),
          slip("SCHIRD S.A.", "2027/604", "2016-01-09", "GBP", "21.00"),
          slip("Yem Gicbal GmbH", "RE775618", "2028-09-07", "EUR", "49489.09"),
          slip("Blue Blue", "2025-90255", "2023-03-19", "EUR", "13.24"));

  private static String slip(
      String vendor, String number, String date, String currency, String total) {
    return "{\"vendor\":\"%s\",\"number\":\"%s\",\"date\":\"%s\",\"currency\":\"%s\",\"total\":%s}"
        .formatted(vendor, number, date, currency, total);
  }

  /** What is done with a model. */
  @FunctionalInterface
  interface Work {
    void with(PixtralModel model) throws Exception;
  }

  /** Loads the bundled model, and frees it afterwards. */
  static void with(LoadOptions options, Work work) throws Exception {
    try (PixtralProcessor processor = PixtralProcessor.open(FOLDER);
        PixtralModel model =
            PixtralModel.load(
                FOLDER, processor, options, ProgressListener.NONE, new Cancellation())) {
      work.with(model);
    }
  }

  @Test
  void readsTheSlips() throws Exception {
    try (PixtralProcessor processor = PixtralProcessor.open(FOLDER);
        PixtralModel model =
            PixtralModel.load(
                FOLDER, processor, Golden.float32(), ProgressListener.NONE, new Cancellation())) {
      for (int i = 0; i < READ.size(); i++) {
        StringBuilder heard = new StringBuilder();
        GenerationResult result =
            model.generate(
                prompt(processor, i),
                GenerationOptions.greedy(160),
                (id, text) -> heard.append(text),
                new Cancellation());
        assertThat(result.finishReason()).isEqualTo(GenerationResult.FinishReason.STOP);
        assertThat(result.text()).as("slip " + i).isEqualTo(READ.get(i));
        assertThat(heard).hasToString(result.text());
      }
    }
  }

  private static Prompt prompt(PixtralProcessor processor, int slip) throws Exception {
    BufferedImage image = ImageIO.read(Path.of("assets/samples/slip-" + slip + ".png").toFile());
    return processor.prepare("", "<json>", List.of(image));
  }
}
