package org.invoicelens.cli;

import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.invoicelens.pixtral.GenerationOptions;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.LoadOptions;
import org.invoicelens.pixtral.PixtralModel;
import org.invoicelens.pixtral.PixtralProcessor;
import org.invoicelens.pixtral.Prompt;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench}: how fast a checkpoint answers on this computer. */
@CommandLine.Command(
    name = "bench",
    header = "Measure how fast a checkpoint answers on this computer.",
    description = "The prompt is random tokens; medians of the runs after one to warm up.")
final class BenchCommand extends Command {

  /** The image token of the published tokenizer; one stands for a whole picture. */
  private static final int IMAGE_TOKEN = 10;

  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

  @Mixin private LoadingOptions loading;

  @Option(
      names = "--prompt-tokens",
      paramLabel = "N",
      defaultValue = "512",
      description = "Tokens of the prompt beside the picture; ${DEFAULT-VALUE} unless given.")
  private int promptTokens;

  @Option(
      names = "--generate-tokens",
      paramLabel = "N",
      defaultValue = "64",
      description = "Tokens of the answer; ${DEFAULT-VALUE} unless given.")
  private int generateTokens;

  @Option(
      names = "--image",
      paramLabel = "WxH",
      description = "Put a picture of that size in front, such as 1024x768.")
  private String image;

  @Option(
      names = "--repeat",
      paramLabel = "R",
      defaultValue = "3",
      description = "Measured runs; ${DEFAULT-VALUE} unless given.")
  private int repeat;

  BenchCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode execute(ProgressPrinter progress) throws Exception {
    if (promptTokens < 1 || generateTokens < 2 || repeat < 1) {
      throw usage("--prompt-tokens and --repeat must be at least 1, --generate-tokens at least 2.");
    }
    List<BufferedImage> pictures = pictures();
    try (PixtralProcessor processor = PixtralProcessor.open(loading.folder());
        PixtralModel model = loading.load(processor, progress, cancellation())) {
      Prompt prompt = prompt(model, processor, pictures);
      GenerationOptions options = new GenerationOptions(generateTokens, 0, 1, 0, true);
      List<GenerationResult> results = new ArrayList<>();
      for (int run = 0; run <= repeat; run++) {
        progress.onProgress(
            Progress.of(
                Stage.INFERENCE,
                run,
                repeat + 1L,
                Progress.Unit.STEPS,
                run == 0 ? "Warming up" : "Run " + run + " of " + repeat));
        GenerationResult result =
            model.generate(prompt, options, TokenListener.NONE, cancellation());
        if (run > 0) {
          results.add(result);
        }
      }
      progress.clear();
      print(model, results);
    }
    return ExitCode.DONE;
  }

  private List<BufferedImage> pictures() {
    if (image == null) {
      return List.of();
    }
    Matcher size = SIZE.matcher(image);
    if (!size.matches()) {
      throw usage("--image must be a size such as 1024x768, not '" + image + "'.");
    }
    int width = Integer.parseInt(size.group(1));
    int height = Integer.parseInt(size.group(2));
    if (width < 1 || height < 1 || (long) width * height > 100_000_000) {
      throw usage("--image must have at least 1 pixel and at most 100 million.");
    }
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(1);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        picture.setRGB(x, y, random.nextInt());
      }
    }
    return List.of(picture);
  }

  /** Random tokens from the upper half of the vocabulary, where no special ones lie. */
  private Prompt prompt(
      PixtralModel model, PixtralProcessor processor, List<BufferedImage> pictures)
      throws Exception {
    // far too many would fill the memory while they are made up
    if (promptTokens > model.contextLength()) {
      throw usage(
          "--prompt-tokens can be at most " + model.contextLength() + " with this checkpoint.");
    }
    Prompt one = processor.prepare(new int[] {1}, List.of());
    int vocabulary = model.logits(one, cancellation())[0].length;
    int[] ids =
        new Random(2).ints(promptTokens + pictures.size(), vocabulary / 2, vocabulary).toArray();
    if (!pictures.isEmpty()) {
      ids[0] = IMAGE_TOKEN;
    }
    return processor.prepare(ids, pictures);
  }

  private static String activations(PixtralModel model) {
    return (model.quantizesActivations()
            ? Choices.ActivationsChoice.INT8
            : Choices.ActivationsChoice.NONE)
        .id();
  }

  private void print(PixtralModel model, List<GenerationResult> results) {
    LoadOptions options = model.options();
    JsonObject document = new JsonObject();
    JsonObject facts = new JsonObject();
    facts.addProperty("path", loading.folder().toAbsolutePath().normalize().toString());
    facts.addProperty("dtype", options.dtype().id());
    facts.addProperty("precision", options.precision().id());
    facts.addProperty("activations", activations(model));
    facts.addProperty("attention", options.attention().id());
    facts.addProperty("device", options.device());
    facts.addProperty("memory", model.memory());
    document.add("model", facts);
    JsonObject machine = new JsonObject();
    machine.addProperty("os", System.getProperty("os.name"));
    machine.addProperty("architecture", System.getProperty("os.arch"));
    machine.addProperty("cores", Runtime.getRuntime().availableProcessors());
    machine.addProperty("java", Runtime.version().toString());
    document.add("machine", machine);
    document.addProperty("prompt_tokens", results.get(0).timings().promptTokens());
    document.addProperty("generate_tokens", generateTokens);
    document.addProperty("repeat", repeat);
    TextTable table = new TextTable("");
    table.row("", "median", "min", "max");
    rate(document, table, results, "image_ms", r -> r.timings().image().toNanos() / 1e6);
    rate(document, table, results, "prefill_ms", r -> r.timings().prefill().toNanos() / 1e6);
    rate(document, table, results, "decode_ms", r -> r.timings().decode().toNanos() / 1e6);
    rate(
        document,
        table,
        results,
        "prefill_tokens_per_second",
        r -> r.timings().prefillTokensPerSecond());
    rate(
        document,
        table,
        results,
        "decode_tokens_per_second",
        r -> r.timings().decodeTokensPerSecond());
    if (json) {
      printJson(document);
    } else {
      context
          .out()
          .printf(
              "%s, %s on %s, activations %s, attention %s, %s%n",
              loading.folder(),
              options.precision().title(),
              options.device(),
              activations(model),
              options.attention().id(),
              ByteSize.binaryText(model.memory()));
      context
          .out()
          .printf(
              "%d prompt tokens, %d tokens generated, %d runs%n",
              results.get(0).timings().promptTokens(), generateTokens, repeat);
      context.out().print(table);
    }
  }

  private static void rate(
      JsonObject document,
      TextTable table,
      List<GenerationResult> results,
      String name,
      ToDoubleFunction<GenerationResult> value) {
    double[] sorted = results.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    JsonObject rate = new JsonObject();
    rate.addProperty("median", median);
    rate.addProperty("min", sorted[0]);
    rate.addProperty("max", sorted[sorted.length - 1]);
    document.add(name, rate);
    table.row(
        name.replace('_', ' ').replace("tokens per second", "tokens/s"),
        number(median),
        number(sorted[0]),
        number(sorted[sorted.length - 1]));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
