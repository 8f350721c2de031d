package org.invoicelens.pixtral;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The vocabulary of a checkpoint: text to token ids and back. Thread-safe.
 *
 * <p>Text never becomes one of the {@link #CONTROL} tokens, whoever wrote it: where their spelling
 * occurs it is encoded as ordinary text. Only the chat format places them.
 */
public sealed interface Tokenizer extends AutoCloseable permits JsonTokenizer, TekkenTokenizer {

  /** The tokens that give a prompt its structure. */
  Set<String> CONTROL =
      Set.of("<s>", "</s>", "[INST]", "[/INST]", "[IMG]", "[IMG_BREAK]", "[IMG_END]");

  /** Larger than any published vocabulary, in bytes; a larger file is refused unread. */
  long LARGEST_FILE = 100_000_000;

  /**
   * Reads the tokenizer of a checkpoint: {@code tokenizer.json} in Hugging Face layout, {@code
   * tekken.json} in native layout, the other where that one is absent.
   *
   * @return empty where the folder has neither
   * @throws CheckpointException where the file is broken
   */
  static Optional<Tokenizer> open(Path folder) throws CheckpointException {
    Path json = folder.resolve("tokenizer.json");
    Path tekken = folder.resolve("tekken.json");
    boolean tekkenFirst = !Files.exists(folder.resolve("config.json"));
    if (Files.exists(tekken) && (tekkenFirst || !Files.exists(json))) {
      return Optional.of(TekkenTokenizer.read(tekken));
    }
    return Files.exists(json) ? Optional.of(JsonTokenizer.read(json)) : Optional.empty();
  }

  /** The largest id and one more. */
  int size();

  /**
   * Encodes text without adding anything to it. In the Hugging Face form special tokens other than
   * {@link #CONTROL} are recognised in the text, as the published processor does; in the native
   * form none is.
   */
  int[] encode(String text);

  /** The id of a special token by its spelling. */
  OptionalInt specialToken(String spelling);

  /** Whether a token is left out of decoded text. */
  boolean isSpecial(int id);

  /**
   * The bytes that a token adds to the text, in UTF-8; a character may be spread over several
   * tokens. Empty for special tokens and for ids that the vocabulary lacks.
   */
  byte[] bytes(int id);

  /** The text of the tokens, special ones left out; what is not UTF-8 becomes U+FFFD. */
  default String decode(int[] ids) {
    TextStream stream = stream();
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(stream.add(id));
    }
    return text.append(stream.end()).toString();
  }

  /** Begins to decode tokens that come one by one. */
  default TextStream stream() {
    return new TextStream(this::bytes);
  }

  @Override
  void close();

  /** Text that native code and UTF-8 can hold: surrogates without their other half are replaced. */
  static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
