package org.invoicelens.pixtral;

import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import javax.imageio.ImageIO;
import org.invoicelens.grammar.AnswerSchema;
import org.invoicelens.grammar.TokenConstraint;
import org.invoicelens.grammar.TokenVocabulary;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.ProgressListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What it costs to hold answers to a schema, and what it brings, as {@code docs/benchmarks.md}
 * describes. Prints figures and judges none.
 */
@EnabledIfSystemProperty(named = "benchmark", matches = "true")
class HeldAnswerBenchmark {

  private static final Path FOLDER = Path.of("models/bundled/pixtral-mini");

  /** Tokens of Pixtral 12B. */
  private static final int SIZE = 131_072;

  private static final int ROUNDS = 100;

  private static final int SEEDS = 5;

  @Test
  void costOfATokenWithTheVocabularyOfPixtral() throws Exception {
    AnswerSchema schema = AnswerSchema.read(Path.of("assets/schema/invoice.schema.json"));
    long begin = System.nanoTime();
    List<byte[]> tokens = vocabulary();
    TokenVocabulary vocabulary = new TokenVocabulary(SIZE, tokens::get);
    System.out.printf("vocabulary %.0f ms%n", millis(begin));
    Random random = new Random(1);
    for (String state :
        List.of("", "{\"seller\":{\"name\":\"Muster", "{\"seller\":{\"name\":\"A\",")) {
      List<Double> wanted = new ArrayList<>();
      List<Double> unwanted = new ArrayList<>();
      List<Double> masks = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        TokenConstraint constraint = new TokenConstraint(schema, vocabulary, Set.of(0));
        for (byte b : state.getBytes(StandardCharsets.UTF_8)) {
          constraint.take(1 + (b & 0xff));
        }
        float[] logits = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
          logits[i] = (float) random.nextGaussian();
        }
        TokenChoice choice = new TokenChoice(null, constraint);
        float[] willing = logits.clone();
        willing[constraint.allowed().nextSetBit(0)] = 20;
        begin = System.nanoTime();
        choice.take(choice.of(Logits.exact(willing)));
        wanted.add(millis(begin));
        constraint = new TokenConstraint(schema, vocabulary, Set.of(0));
        for (byte b : state.getBytes(StandardCharsets.UTF_8)) {
          constraint.take(1 + (b & 0xff));
        }
        choice = new TokenChoice(null, constraint);
        begin = System.nanoTime();
        choice.of(Logits.exact(logits));
        unwanted.add(millis(begin));
        begin = System.nanoTime();
        constraint.allowed();
        masks.add(millis(begin));
      }
      System.out.printf(
          "after %-32s a willing model %.2f ms, an unwilling one %.2f ms, the whole mask %.2f ms%n",
          state, median(wanted), median(unwanted), median(masks));
    }
  }

  /** Bytes, and words as vocabularies have them: with and without a space, in several scripts. */
  private static List<byte[]> vocabulary() {
    Random random = new Random(7);
    List<byte[]> tokens = new ArrayList<>();
    tokens.add(new byte[0]);
    for (int value = 0; value < 256; value++) {
      tokens.add(new byte[] {(byte) value});
    }
    Set<String> words = new LinkedHashSet<>();
    String[] alphabets = {
      "etaoinshrdlu",
      "abcdefghijklmnopqrstuvwxyz",
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
      "éèüäößçñ",
      "0123456789",
      "жзийклмнопрст",
      "的一是不了人我在有他",
      "{}[]\",:.-_ \n"
    };
    while (words.size() < SIZE - tokens.size()) {
      String alphabet =
          alphabets[Math.min(random.nextInt(12), alphabets.length - 1) % alphabets.length];
      StringBuilder word = new StringBuilder(random.nextBoolean() ? " " : "");
      int length = 1 + random.nextInt(9);
      for (int i = 0; i < length; i++) {
        word.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      words.add(word.toString());
    }
    words.forEach(word -> tokens.add(word.getBytes(StandardCharsets.UTF_8)));
    return tokens;
  }

  @Test
  void whatItBrings() throws Exception {
    AnswerSchema schema = AnswerSchema.read(Path.of("assets/schema/slip.schema.json"));
    try (PixtralProcessor processor = PixtralProcessor.open(FOLDER);
        PixtralModel model =
            PixtralModel.load(
                FOLDER, processor, Golden.float32(), ProgressListener.NONE, new Cancellation())) {
      for (double temperature : new double[] {0, 1, 2, 3}) {
        int free = 0;
        int held = 0;
        int equal = 0;
        double freeTime = 0;
        double heldTime = 0;
        int answers = 0;
        for (int seed = 0; seed < (temperature == 0 ? 1 : SEEDS); seed++) {
          for (int slip = 0; slip < 8; slip++) {
            BufferedImage image =
                ImageIO.read(Path.of("assets/samples/slip-" + slip + ".png").toFile());
            Prompt prompt = processor.prepare("", "<json>", List.of(image));
            GenerationResult one = generate(model, prompt, temperature, seed, null);
            GenerationResult other = generate(model, prompt, temperature, seed, schema);
            answers++;
            boolean valid = schema.allows(one.text());
            free += valid ? 1 : 0;
            held += schema.allows(other.text()) ? 1 : 0;
            equal += valid && one.text().equals(other.text()) ? 1 : 0;
            freeTime += one.timings().decode().toNanos() / 1e6 / one.tokenIds().length;
            heldTime += other.timings().decode().toNanos() / 1e6 / other.tokenIds().length;
          }
        }
        System.out.printf(
            "temperature %.1f: of the form %d of %d free, %d held; equal where both are %d;"
                + " %.2f ms a token free, %.2f held%n",
            temperature, free, answers, held, equal, freeTime / answers, heldTime / answers);
      }
    }
  }

  private static GenerationResult generate(
      PixtralModel model, Prompt prompt, double temperature, long seed, AnswerSchema schema)
      throws Exception {
    return model.generate(
        prompt,
        new GenerationOptions(160, temperature, 1, seed, false, Optional.ofNullable(schema)),
        TokenListener.NONE,
        new Cancellation());
  }

  private static double millis(long since) {
    return (System.nanoTime() - since) / 1e6;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
