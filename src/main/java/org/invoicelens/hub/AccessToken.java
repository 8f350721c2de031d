package org.invoicelens.hub;

import java.util.Objects;
import org.invoicelens.stage.Words;

/** A token of the Hub, which no text form of anything ever shows. */
public final class AccessToken {

  private static final Words WORDS = Words.of(AccessToken.class);

  private final String value;

  public AccessToken(String value) {
    this.value = Objects.requireNonNull(value, "value").strip();
    if (this.value.isEmpty() || this.value.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException(WORDS.text("token.notOneWord"));
    }
  }

  /** The header's value. */
  String authorization() {
    return "Bearer " + value;
  }

  /** A text from elsewhere without the token, should it be in there. */
  public String hiddenIn(String text) {
    return text.replace(value, "…");
  }

  @Override
  public String toString() {
    return "AccessToken[hidden]";
  }
}
