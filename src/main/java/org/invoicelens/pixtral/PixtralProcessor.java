package org.invoicelens.pixtral;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.invoicelens.grammar.TokenVocabulary;
import org.invoicelens.stage.Words;

/**
 * Turns text and pictures into a {@link Prompt}, by the files of a checkpoint. Thread-safe.
 *
 * <p>A folder without a tokenizer serves prompts whose ids are given, and decodes to nothing.
 */
public final class PixtralProcessor implements AutoCloseable {

  private static final Words WORDS = Words.of(PixtralProcessor.class);

  private static final int END_OF_SEQUENCE = 2;
  private static final int IMAGE_BREAK = 12;
  private static final int IMAGE_END = 13;

  private final ProcessorSettings settings;
  private final Optional<Tokenizer> tokenizer;
  private final Optional<ChatFormat> chat;
  private final ImageProcessor images;
  private final ImageTokens imageTokens;
  private final int endOfSequence;
  private TokenVocabulary vocabulary;

  /**
   * @throws IllegalArgumentException where the tokenizer does not belong to the model
   */
  private PixtralProcessor(ProcessorSettings settings, Optional<Tokenizer> tokenizer) {
    this.settings = settings;
    this.tokenizer = tokenizer;
    images = new ImageProcessor(settings.image());
    imageTokens =
        new ImageTokens(
            settings.imageToken(), id("[IMG_BREAK]", IMAGE_BREAK), id("[IMG_END]", IMAGE_END));
    endOfSequence = settings.endOfSequence().orElseGet(() -> id("</s>", END_OF_SEQUENCE));
    if (id("[IMG]", imageTokens.image()) != imageTokens.image()) {
      throw new IllegalArgumentException(
          "[IMG] is " + id("[IMG]", 0) + ", for the model " + imageTokens.image());
    }
    int size = tokenizer.map(Tokenizer::size).orElse(0);
    if (size > settings.vocabularySize()) {
      throw new IllegalArgumentException(
          size + " tokens, for a model of " + settings.vocabularySize());
    }
    chat = tokenizer.map(present -> new ChatFormat(present, imageTokens));
  }

  /**
   * Reads the tokenizer and the image processor's settings of a checkpoint.
   *
   * @throws CheckpointException where the folder holds no model or a file is broken
   */
  public static PixtralProcessor open(Path folder) throws CheckpointException {
    ProcessorSettings settings = ProcessorSettings.read(folder);
    Optional<Tokenizer> tokenizer = Tokenizer.open(folder);
    try {
      return new PixtralProcessor(settings, tokenizer);
    } catch (IllegalArgumentException e) {
      tokenizer.ifPresent(Tokenizer::close);
      throw ProcessorFault.broken(folder.resolve("tokenizer"), e.getMessage(), e);
    }
  }

  /**
   * Prepares one user turn: the system's text and an empty line, the images, then the user's text.
   * No text becomes a {@linkplain Tokenizer#CONTROL control token}.
   *
   * @param system the instruction in front; may be empty
   * @param images upright pictures, transparency allowed
   */
  public Prompt prepare(String system, String user, List<BufferedImage> images)
      throws InferenceException {
    ChatFormat format = chat.orElseThrow(PixtralProcessor::noTokenizer);
    if (system.isBlank() && user.isBlank() && images.isEmpty()) {
      throw emptyPrompt();
    }
    List<ImagePixels> pixels = new ArrayList<>();
    List<ChatFormat.Part> parts = new ArrayList<>();
    for (BufferedImage image : images) {
      ImageProcessor.Size size = this.images.size(image.getWidth(), image.getHeight());
      parts.add(new ChatFormat.Part.Image(size.columns(), size.rows()));
      pixels.add(this.images.process(image));
    }
    if (!user.isEmpty()) {
      parts.add(new ChatFormat.Part.Text(user));
    }
    return new Prompt(format.encode(system, List.of(new ChatFormat.Turn.User(parts))), pixels);
  }

  /**
   * Prepares a prompt whose ids are given; a single image token for each image is expanded, a whole
   * run is taken as it is.
   */
  public Prompt prepare(int[] tokenIds, List<BufferedImage> images) throws InferenceException {
    if (tokenIds.length == 0) {
      throw emptyPrompt();
    }
    for (int id : tokenIds) {
      if (id < 0 || id >= settings.vocabularySize()) {
        throw unknownToken(id);
      }
    }
    List<ImagePixels> pixels = new ArrayList<>();
    IntStream.Builder ids = IntStream.builder();
    for (int at = 0; at < tokenIds.length; ) {
      if (tokenIds[at] != imageTokens.image()) {
        ids.add(tokenIds[at++]);
        continue;
      }
      if (pixels.size() == images.size()) {
        throw imagesDoNotMatch("more places than the " + images.size() + " images");
      }
      BufferedImage image = images.get(pixels.size());
      ImageProcessor.Size size = this.images.size(image.getWidth(), image.getHeight());
      int[] run = imageTokens.run(size.columns(), size.rows());
      if (Arrays.equals(
          tokenIds, at, Math.min(at + run.length, tokenIds.length), run, 0, run.length)) {
        at += run.length;
      } else if (standsAlone(tokenIds, at)) {
        at++;
      } else {
        throw imagesDoNotMatch(
            "the run at position %d does not fit image %d of %d × %d patches"
                .formatted(at, pixels.size() + 1, size.columns(), size.rows()));
      }
      Arrays.stream(run).forEach(ids::add);
      pixels.add(this.images.process(image));
    }
    if (pixels.size() != images.size()) {
      throw imagesDoNotMatch(pixels.size() + " places for " + images.size() + " images");
    }
    return new Prompt(ids.build().toArray(), pixels);
  }

  /**
   * What the model sees of a picture; takes its time.
   *
   * @param picture an upright picture, transparency allowed
   * @throws InferenceException where the picture's proportions are impossible
   */
  public SeenPicture seen(BufferedImage picture) throws InferenceException {
    ImageProcessor.Size size = images.size(picture.getWidth(), picture.getHeight());
    return new SeenPicture(
        images.seen(picture), imageTokens.run(size.columns(), size.rows()).length);
  }

  /** The checkpoint's vocabulary; empty where the folder has none. */
  public Optional<Tokenizer> tokenizer() {
    return tokenizer;
  }

  /**
   * The checkpoint's tokens as bytes; takes its time when it is asked for first.
   *
   * @throws InferenceException where the folder has no tokenizer
   */
  synchronized TokenVocabulary vocabulary() throws InferenceException {
    if (vocabulary == null) {
      Tokenizer present = tokenizer.orElseThrow(PixtralProcessor::noTokenizer);
      vocabulary = new TokenVocabulary(present.size(), present::bytes);
    }
    return vocabulary;
  }

  /** What makes pixels of pictures. */
  public ImageProcessor imageProcessor() {
    return images;
  }

  /** The text of an answer, special tokens left out; empty where there is no tokenizer. */
  public String decode(int[] tokenIds) {
    return tokenizer.map(present -> present.decode(tokenIds)).orElse("");
  }

  /** Begins to decode an answer whose tokens come one by one. */
  public TextStream stream() {
    return tokenizer.map(Tokenizer::stream).orElseGet(() -> new TextStream(id -> new byte[0]));
  }

  /** The id that ends an answer. */
  public int endOfSequence() {
    return endOfSequence;
  }

  /** The id that holds the place of one patch of an image. */
  public int imageToken() {
    return imageTokens.image();
  }

  /** How many ids the model knows, from 0 on. */
  public int vocabularySize() {
    return settings.vocabularySize();
  }

  @Override
  public void close() {
    tokenizer.ifPresent(Tokenizer::close);
  }

  private int id(String spelling, int otherwise) {
    return tokenizer
        .map(present -> present.specialToken(spelling).orElse(otherwise))
        .orElse(otherwise);
  }

  /** Whether an image token is no part of a run: neither break nor end follows it. */
  private boolean standsAlone(int[] ids, int at) {
    return at + 1 == ids.length
        || ids[at + 1] != imageTokens.rowBreak() && ids[at + 1] != imageTokens.end();
  }

  private static InferenceException noTokenizer() {
    return new InferenceException(
        InferenceException.Reason.NO_TOKENIZER, WORDS.problem("folder.noTokenizer"), "", null);
  }

  private static InferenceException emptyPrompt() {
    return new InferenceException(
        InferenceException.Reason.EMPTY_PROMPT, WORDS.problem("prompt.empty"), "", null);
  }

  private InferenceException unknownToken(int id) {
    return new InferenceException(
        InferenceException.Reason.UNKNOWN_TOKEN,
        WORDS.problem("prompt.noSuchToken", id, settings.vocabularySize() - 1),
        "",
        null);
  }

  private static InferenceException imagesDoNotMatch(String detail) {
    return new InferenceException(
        InferenceException.Reason.IMAGES_DO_NOT_MATCH,
        WORDS.problem("prompt.images"),
        detail,
        null);
  }
}
