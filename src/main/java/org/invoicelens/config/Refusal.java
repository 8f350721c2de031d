package org.invoicelens.config;

import java.util.Optional;
import org.invoicelens.stage.Words;

/**
 * Why a value cannot be used.
 *
 * @param message what is wrong, as a sentence
 * @param suggestion what to write instead, as a sentence; may be empty
 */
record Refusal(String message, String suggestion) {

  private static final Words WORDS = Words.of(Refusal.class);

  /** The sentences under {@code key.message} and {@code key.suggestion}, where that is there. */
  static Refusal of(String key, Object... arguments) {
    String suggestion = key + ".suggestion";
    return new Refusal(
        WORDS.text(key + ".message", arguments),
        WORDS.has(suggestion) ? WORDS.text(suggestion, arguments) : "");
  }

  /** Passes where there is no refusal. */
  static void throwIfPresent(Optional<Refusal> refusal) {
    if (refusal.isPresent()) {
      throw new IllegalArgumentException(
          (refusal.get().message + " " + refusal.get().suggestion).strip());
    }
  }
}
