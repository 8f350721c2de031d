package org.invoicelens.engine;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.pixtral.ImageProcessor;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.PixtralModel;
import org.invoicelens.pixtral.PixtralProcessor;
import org.invoicelens.pixtral.Prompt;

/**
 * The prompt of the inference test: a drawn page in the proportions of A4 with the configured
 * question.
 *
 * <p>The page is as large as the model sees pages, unless that would take the processor too long or
 * the prompt would not fit the model's context.
 */
record TestPage(Prompt prompt, int width, int height) {

  /** A page at 150 dots per inch; the image processor shrinks it to its limit. */
  private static final int HEIGHT = 1754;

  private static final double PROPORTION = 1 / Math.sqrt(2);

  private static final int SMALLEST_HEIGHT = 64;

  /** Multiplications that a processor does in some seconds. */
  private static final double AFFORDABLE = 1e12;

  /** For models without a tokenizer: {@code <s>[INST]}, the page, {@code [/INST]}. */
  private static final int[] FRAME = {1, 3, 4};

  /**
   * @param newTokens the longest answer that will be asked for
   */
  static TestPage of(
      PixtralModel model, PixtralProcessor processor, ModelConfig.Prompt question, int newTokens)
      throws InferenceException {
    double affordable =
        model.options().device().equals("cpu")
            ? AFFORDABLE / model.footprint().parameters()
            : Double.MAX_VALUE;
    // the smallest page stands for the question beside it
    BufferedImage smallest = draw(width(SMALLEST_HEIGHT), SMALLEST_HEIGHT);
    int frame = prompt(processor, question, smallest).tokenIds().length;
    int room = model.contextLength() - newTokens - frame;
    int height = HEIGHT;
    ImageProcessor images = processor.imageProcessor();
    while (height > SMALLEST_HEIGHT && tokens(images, height) > Math.min(room, affordable)) {
      height = height * 7 / 8;
    }
    BufferedImage page = draw(width(height), height);
    return new TestPage(prompt(processor, question, page), page.getWidth(), height);
  }

  private static int tokens(ImageProcessor images, int height) throws InferenceException {
    ImageProcessor.Size size = images.size(width(height), height);
    return (size.columns() + 1) * size.rows();
  }

  private static int width(int height) {
    return (int) Math.round(height * PROPORTION);
  }

  private static Prompt prompt(
      PixtralProcessor processor, ModelConfig.Prompt question, BufferedImage page)
      throws InferenceException {
    if (processor.tokenizer().isPresent()) {
      return processor.prepare(question.system(), question.user(), List.of(page));
    }
    int[] ids = {FRAME[0], FRAME[1], processor.imageToken(), FRAME[2]};
    return processor.prepare(ids, List.of(page));
  }

  static BufferedImage draw(int width, int height) {
    BufferedImage page = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = page.createGraphics();
    pen.setColor(Color.WHITE);
    pen.fillRect(0, 0, width, height);
    pen.setColor(Color.BLACK);
    pen.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, Math.max(8, height / 40)));
    String[] lines = {"Invoice 2024-001", "Date: 2024-01-31", "Example Ltd", "Total: EUR 119.00"};
    for (int i = 0; i < lines.length; i++) {
      pen.drawString(lines[i], width / 12, height * (i + 2) / 12);
    }
    pen.dispose();
    return page;
  }
}
