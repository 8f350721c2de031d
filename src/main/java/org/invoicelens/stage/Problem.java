package org.invoicelens.stage;

import java.util.Objects;

/**
 * A failure in the words of the user.
 *
 * @param what what happened, as a sentence
 * @param meaning what that means for the user, as a sentence; empty where {@code what} says it all
 * @param remedy what to do now, as one or more sentences
 */
public record Problem(String what, String meaning, String remedy) {

  public Problem {
    Objects.requireNonNull(what, "what");
    Objects.requireNonNull(meaning, "meaning");
    Objects.requireNonNull(remedy, "remedy");
  }

  /** The three parts as one paragraph, the empty ones left out. */
  public String text() {
    return String.join(" ", what, meaning, remedy).replaceAll(" +", " ").strip();
  }
}
