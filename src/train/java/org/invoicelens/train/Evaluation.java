package org.invoicelens.train;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.grammar.AnswerSchema;
import org.invoicelens.pixtral.GenerationOptions;
import org.invoicelens.pixtral.LoadOptions;
import org.invoicelens.pixtral.PixtralModel;
import org.invoicelens.pixtral.PixtralProcessor;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.ProgressListener;

/**
 * Asks a model as the product does: by its processor, in float32, the likeliest token at a time.
 */
final class Evaluation implements AutoCloseable {

  private static final LoadOptions OPTIONS =
      new LoadOptions(
          Precision.FLOAT32, Precision.FLOAT32, AttentionVariant.EAGER, "cpu", 64, false);
  private static final int LONGEST = 160;

  private final PixtralProcessor processor;
  private final PixtralModel model;
  private final GenerationOptions options;
  private double seconds;
  private double slowest;
  private int asked;

  /** A slip that was not read in whole. */
  record Failure(Slip slip, String answer) {}

  /**
   * What came of it.
   *
   * @param failures the first of them, in order
   */
  record Outcome(Map<Wear, Score> scores, Score all, List<Failure> failures) {}

  /**
   * @param schema the form that answers are held to; empty where they are free
   */
  Evaluation(Path folder, Optional<AnswerSchema> schema) throws Exception {
    options = new GenerationOptions(LONGEST, 0, 1, 0, false, schema);
    processor = PixtralProcessor.open(folder);
    model =
        PixtralModel.load(folder, processor, OPTIONS, ProgressListener.NONE, new Cancellation());
  }

  /** The answer to a picture. */
  String answer(BufferedImage picture) throws Exception {
    long begin = System.nanoTime();
    String text =
        model
            .generate(
                processor.prepare("", "<json>", List.of(picture)),
                options,
                (id, part) -> {},
                new Cancellation())
            .text();
    double took = (System.nanoTime() - begin) / 1e9;
    seconds += took;
    slowest = Math.max(slowest, took);
    asked++;
    return text;
  }

  /** Asks for {@code count} slips, the three kinds of wear in turn. */
  Outcome ask(HeldOut set, int count, int keep, Consumer<String> out) throws Exception {
    Map<Wear, Score> scores = new EnumMap<>(Wear.class);
    Score all = new Score();
    List<Failure> failures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Wear wear = Wear.values()[i % Wear.values().length];
      Slip slip = set.slip(i, wear);
      String answer = answer(slip.picture());
      SlipFields printed = slip.fields().orElseThrow();
      scores.computeIfAbsent(wear, key -> new Score()).add(printed, answer);
      if (!all.add(printed, answer) && failures.size() < keep) {
        failures.add(new Failure(slip, answer));
      }
      if ((i + 1) % 64 == 0) {
        out.accept(all.row(set.name() + " so far"));
      }
    }
    return new Outcome(scores, all, failures);
  }

  double secondsEach() {
    return asked == 0 ? 0 : seconds / asked;
  }

  double slowest() {
    return slowest;
  }

  /** Slips in a row of columns, each with what was read under it where that is given. */
  static BufferedImage sheet(List<Slip> slips, List<Optional<String>> below, int columns) {
    int width = 352 + 16;
    int height = 448 + 16 + 46;
    int rows = (slips.size() + columns - 1) / columns;
    BufferedImage sheet =
        new BufferedImage(columns * width, rows * height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = sheet.createGraphics();
    g.setColor(new Color(120, 130, 140));
    g.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    for (int i = 0; i < slips.size(); i++) {
      int x = i % columns * width + 8;
      int y = i / columns * height + 8;
      Slip slip = slips.get(i);
      g.drawImage(slip.picture(), x, y, 2 * slip.width(), 2 * slip.height(), null);
      g.setColor(Color.WHITE);
      int line = y + 448 + 16;
      if (slip.fields().isPresent()) {
        g.drawString(shown(slip.fields().get().values()), x, line);
        g.drawString(below.get(i).map(text -> "read: " + brief(text)).orElse(""), x, line + 16);
      }
    }
    g.dispose();
    return sheet;
  }

  private static String shown(List<String> values) {
    return String.join(" | ", values);
  }

  private static String brief(String json) {
    return json.replaceAll("\"(vendor|number|date|currency|total)\":", "")
        .replaceAll("[{}\"]", "")
        .replace(",", " | ");
  }

  @Override
  public void close() {
    model.close();
    processor.close();
  }
}
