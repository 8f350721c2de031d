package org.invoicelens.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.invoicelens.grammar.AnswerSchema;
import org.invoicelens.invoice.DocumentLoader;
import org.invoicelens.invoice.InvoiceExport;
import org.invoicelens.pixtral.GenerationOptions;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.PixtralModel;
import org.invoicelens.pixtral.PixtralProcessor;
import org.invoicelens.pixtral.Prompt;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.safetensors.SafetensorsWriter;
import org.invoicelens.stage.Problem;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code generate}: one prompt through any checkpoint of Pixtral's architecture. */
@CommandLine.Command(
    name = "generate",
    header = "Answer one prompt with any checkpoint of Pixtral's architecture.")
final class GenerateCommand extends Command {

  @Mixin private LoadingOptions loading;

  @ArgGroup(multiplicity = "1")
  private Question question;

  /** The prompt, in one of two forms. */
  static final class Question {
    @Option(
        names = "--prompt",
        required = true,
        paramLabel = "TEXT",
        description = "The text of the user's turn.")
    private String text;

    @Option(
        names = "--prompt-ids",
        required = true,
        paramLabel = "1,2,3",
        description = "The exact token ids of the whole prompt.")
    private String ids;
  }

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description = "A picture of the prompt. May be repeated.")
  private List<Path> images = List.of();

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "256",
      description = "The longest answer; ${DEFAULT-VALUE} unless given; 0 with --logits for none.")
  private int maxTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0",
      description = "0 for greedy decoding, which is the default.")
  private double temperature;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description = "The probability mass sampled from, above 0 up to 1.")
  private double topP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "The seed of the sampling.")
  private long seed;

  @Option(names = "--ignore-eos", description = "Go on after the end-of-sequence token.")
  private boolean ignoreEos;

  @Option(
      names = "--schema",
      paramLabel = "FILE",
      description = "Hold the answer to this JSON Schema.")
  private Path schema;

  @Option(
      names = "--logits",
      paramLabel = "FILE",
      description =
          "Write the prompt's logits to a safetensors file: logits, [positions, vocabulary].")
  private Path logits;

  private AnswerSchema form;

  GenerateCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode execute(ProgressPrinter progress) throws Exception {
    validate();
    form = schema == null ? null : AnswerSchema.read(schema);
    int[] ids = question.ids == null ? null : ids(question.ids);
    if (question.text != null && question.text.isBlank()) {
      throw new InferenceException(
          InferenceException.Reason.EMPTY_PROMPT,
          new Problem("The prompt is empty.", "There is nothing to answer.", "Write a question."),
          "",
          null);
    }
    List<BufferedImage> pictures = new ArrayList<>();
    DocumentLoader loader = new DocumentLoader();
    for (Path image : images) {
      pictures.addAll(loader.load(image).pages());
    }
    try (PixtralProcessor processor = PixtralProcessor.open(loading.folder())) {
      Prompt prompt =
          ids == null
              ? processor.prepare("", question.text, pictures)
              : processor.prepare(ids, pictures);
      try (PixtralModel model = loading.load(processor, progress, cancellation())) {
        progress.clear();
        if (logits != null) {
          writeLogits(model.logits(prompt, cancellation()));
        }
        if (maxTokens > 0) {
          answer(model, prompt);
        } else if (json) {
          printJson(unanswered(model, prompt));
        }
      }
    }
    return ExitCode.DONE;
  }

  private void validate() {
    if (maxTokens < 0 || (maxTokens == 0 && logits == null)) {
      throw usage("--max-tokens must be above 0, or 0 together with --logits.");
    }
    if (!(temperature >= 0 && temperature <= 100)) {
      throw usage("--temperature must be between 0 and 100.");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw usage("--top-p must be above 0 and at most 1.");
    }
  }

  private int[] ids(String text) {
    if (!text.matches("\\s*\\d{1,9}(\\s*,\\s*\\d{1,9})*\\s*")) {
      throw usage("--prompt-ids must be token ids such as 1,2,3.");
    }
    return Arrays.stream(text.split(",")).map(String::strip).mapToInt(Integer::parseInt).toArray();
  }

  private void writeLogits(float[][] rows) throws InferenceException {
    try {
      SafetensorsWriter.write(
          logits, Map.of("logits", SafetensorsWriter.Tensor.ofRows(rows)), Map.of());
    } catch (IOException e) {
      throw new InferenceException(
          InferenceException.Reason.OUTPUT_NOT_WRITABLE,
          new Problem(
              "The logits cannot be written to " + logits + ".",
              "A file that was there before is unchanged.",
              "Check that the folder exists, that you may write to it and that its disk is not"
                  + " full."),
          e.toString(),
          e);
    }
  }

  private void answer(PixtralModel model, Prompt prompt) throws Exception {
    // what a schema takes back of an answer that breaks off cannot be taken back from a terminal
    boolean streamed = !json && form == null;
    GenerationResult result =
        model.generate(
            prompt,
            new GenerationOptions(
                maxTokens, temperature, topP, seed, ignoreEos, Optional.ofNullable(form)),
            streamed ? this::stream : TokenListener.NONE,
            cancellation());
    if (json) {
      printJson(document(result));
    } else if (result.text().isEmpty()) {
      // A folder without a tokenizer has no words for them.
      context.out().println(Arrays.toString(result.tokenIds()));
    } else {
      if (!streamed) {
        stream(0, result.text());
      }
      context.out().println();
    }
  }

  private void stream(int id, String text) {
    // Whatever the model was shown to say, it gives the terminal no commands.
    context.out().print(text.replaceAll("[\\p{Cntrl}&&[^\n\t]]", ""));
    context.out().flush();
  }

  private static JsonObject unanswered(PixtralModel model, Prompt prompt) {
    GenerationResult.Timings none =
        new GenerationResult.Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0);
    return document(
        new GenerationResult(
            "",
            new int[0],
            prompt.tokenIds(),
            GenerationResult.FinishReason.LENGTH,
            none,
            model.memory()));
  }

  private static JsonObject document(GenerationResult result) {
    JsonObject json = new JsonObject();
    json.addProperty("text", result.text());
    json.add("token_ids", array(result.tokenIds()));
    json.add("prompt_token_ids", array(result.promptTokenIds()));
    json.addProperty("finish_reason", result.finishReason().name().toLowerCase(Locale.ROOT));
    if (!result.certainties().isEmpty()) {
      JsonArray probabilities = new JsonArray();
      result.certainties().forEach(token -> probabilities.add(token.probability()));
      json.add("probabilities", probabilities);
    }
    json.add("timings", InvoiceExport.timings(result.timings()));
    json.addProperty("memory", result.memory());
    return json;
  }

  private static JsonArray array(int[] ids) {
    JsonArray array = new JsonArray(ids.length);
    for (int id : ids) {
      array.add(id);
    }
    return array;
  }
}
