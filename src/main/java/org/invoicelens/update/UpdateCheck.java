package org.invoicelens.update;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import org.invoicelens.hub.HubException;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.hub.SmallFile;
import org.invoicelens.settings.UpdateChoice;
import org.invoicelens.stage.ProgramVersion;
import org.invoicelens.stage.Words;
import org.invoicelens.update.UpdateException.Reason;

/**
 * Looks whether a newer version of the program was published.
 *
 * <p>It fetches the release manifest from the address in the settings, and where a key is set its
 * signature from the same address with {@code .sig} added: Ed25519 over the manifest's bytes (RFC
 * 8032), in Base64. Without a key the address has to be https. Nothing else is fetched, and nothing
 * is sent but the request.
 */
public final class UpdateCheck {

  private static final Words WORDS = Words.of(UpdateCheck.class);

  private static final int LARGEST_MANIFEST = 64 << 10;
  private static final int LARGEST_SIGNATURE = 1 << 10;

  private UpdateCheck() {}

  /**
   * The newest version there is, which may be the one that runs; blocks while it asks.
   *
   * @param hub how servers are reached
   * @throws UpdateException where that cannot be found out
   */
  public static Release newest(UpdateChoice choice, HubSettings hub) throws UpdateException {
    URI address =
        choice
            .address()
            .orElseThrow(() ->
                new UpdateException(Reason.BAD_SETTING, WORDS.problem("noAddress"), "", null));
    Optional<PublicKey> key = Optional.empty();
    if (choice.key().isPresent()) {
      key = Optional.of(publicKey(choice.key().get()));
    } else if (!"https".equalsIgnoreCase(address.getScheme())) {
      throw new UpdateException(
          Reason.BAD_SETTING, WORDS.problem("notSecure"), address.toString(), null);
    }
    byte[] manifest = fetch(address, hub, LARGEST_MANIFEST);
    if (key.isPresent()) {
      URI signature = URI.create(address + ".sig");
      verify(manifest, fetch(signature, hub, LARGEST_SIGNATURE), key.get());
    }
    try {
      return ReleaseManifest.read(
          manifest,
          address,
          ProgramVersion.current().program(),
          System.getProperty("os.name"),
          System.getProperty("os.arch"));
    } catch (IllegalArgumentException e) {
      throw new UpdateException(
          Reason.BAD_MANIFEST, WORDS.problem("badManifest", address.getHost()), e.toString(), e);
    }
  }

  /** The address of a manifest as a user may write it; empty where it is none. */
  public static Optional<URI> address(String text) {
    try {
      URI uri = URI.create(text.strip());
      boolean web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equals(uri.getScheme());
      return web && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null
          ? Optional.of(uri)
          : Optional.empty();
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }

  /** Whether a text is a key that manifests can be signed with. */
  public static boolean isKey(String text) {
    try {
      publicKey(text);
      return true;
    } catch (UpdateException notAKey) {
      return false;
    }
  }

  private static byte[] fetch(URI address, HubSettings hub, int largest) throws UpdateException {
    try {
      return SmallFile.fetch(address, hub, largest);
    } catch (HubException e) {
      throw e.reason() == HubException.Reason.BAD_ANSWER
          ? new UpdateException(
              Reason.BAD_MANIFEST, WORDS.problem("badManifest", address.getHost()), e.detail(), e)
          : new UpdateException(Reason.UNREACHABLE, e.problem(), e.detail(), e);
    }
  }

  private static PublicKey publicKey(String base64) throws UpdateException {
    try {
      byte[] encoded = Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new UpdateException(Reason.BAD_SETTING, WORDS.problem("badKey"), e.toString(), e);
    }
  }

  private static void verify(byte[] manifest, byte[] signature, PublicKey key)
      throws UpdateException {
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(manifest);
      String text = new String(signature, StandardCharsets.ISO_8859_1);
      if (verifier.verify(Base64.getDecoder().decode(text.replaceAll("\\s", "")))) {
        return;
      }
      throw new UpdateException(Reason.BAD_SIGNATURE, WORDS.problem("badSignature"), "", null);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new UpdateException(
          Reason.BAD_SIGNATURE, WORDS.problem("badSignature"), e.toString(), e);
    }
  }
}
