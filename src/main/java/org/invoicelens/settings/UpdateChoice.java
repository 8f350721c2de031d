package org.invoicelens.settings;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether and where the program looks for a newer version of itself.
 *
 * @param atStart whether it looks whenever the window opens
 * @param address where the release manifest lies
 * @param key the public key that signs the manifest, X.509 in Base64; empty where it is not signed
 */
public record UpdateChoice(boolean atStart, Optional<URI> address, Optional<String> key) {

  /** Never, and nowhere. */
  public static final UpdateChoice DEFAULT =
      new UpdateChoice(false, Optional.empty(), Optional.empty());

  public UpdateChoice {
    Objects.requireNonNull(key, "key");
    if (address.isPresent() && address.get().getUserInfo() != null) {
      throw new IllegalArgumentException("a name and a password are no setting");
    }
  }

  /** The same, looking at the start or not. */
  public UpdateChoice withAtStart(boolean other) {
    return new UpdateChoice(other, address, key);
  }

  /** The same with another address. */
  public UpdateChoice withAddress(Optional<URI> other) {
    return new UpdateChoice(atStart, other, key);
  }

  /** The same with another key. */
  public UpdateChoice withKey(Optional<String> other) {
    return new UpdateChoice(atStart, address, other);
  }
}
