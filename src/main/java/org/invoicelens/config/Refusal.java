package org.invoicelens.config;

import java.util.Optional;

/**
 * Why a value cannot be used.
 *
 * @param message what is wrong, as a sentence
 * @param suggestion what to write instead, as a sentence; may be empty
 */
record Refusal(String message, String suggestion) {

  /** Passes where there is no refusal. */
  static void throwIfPresent(Optional<Refusal> refusal) {
    if (refusal.isPresent()) {
      throw new IllegalArgumentException(
          (refusal.get().message + " " + refusal.get().suggestion).strip());
    }
  }
}
