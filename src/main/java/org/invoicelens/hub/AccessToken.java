package org.invoicelens.hub;

import java.util.Objects;

/** A token of the Hub, which no text form of anything ever shows. */
public final class AccessToken {

  private final String value;

  public AccessToken(String value) {
    this.value = Objects.requireNonNull(value, "value").strip();
    if (this.value.isEmpty() || this.value.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new IllegalArgumentException("A token is one word of printable ASCII characters.");
    }
  }

  /** The header's value. */
  String authorization() {
    return "Bearer " + value;
  }

  @Override
  public String toString() {
    return "AccessToken[hidden]";
  }
}
