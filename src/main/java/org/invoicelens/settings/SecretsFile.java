package org.invoicelens.settings;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.stage.OwnerOnly;
import org.invoicelens.stage.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user's secrets as they are now, and the file {@code secrets.json} in the folder of the state,
 * which only its owner may read and which is there only where the user wants them kept.
 *
 * <p>A file that others may read was changed by someone else: its permissions are set right, which
 * is logged, and its content still counts. Thread-safe.
 */
public final class SecretsFile {

  private static final Logger log = LoggerFactory.getLogger(SecretsFile.class);

  private static final int VERSION = 1;
  private static final int LARGEST = 64 << 10;

  private final Path file;
  private final Object writing = new Object();
  private volatile State state;

  private record State(Secrets secrets, boolean kept) {}

  /** Reads what was kept in these folders. */
  public SecretsFile(ApplicationFolders folders) {
    this.file = folders.state().resolve("secrets.json");
    Optional<Secrets> found = read();
    this.state = new State(found.orElse(Secrets.NONE), found.isPresent());
  }

  /** What counts now. */
  public Secrets current() {
    return state.secrets();
  }

  /** Whether they are kept on this computer, not only while the program runs. */
  public boolean isKept() {
    return state.kept();
  }

  /**
   * Changes the secrets for this run.
   *
   * @param keep whether {@link #save} keeps them for later runs; otherwise it removes the file
   */
  public void change(Secrets secrets, boolean keep) {
    state = new State(secrets, keep);
  }

  /**
   * Writes or removes the file; not for the UI thread.
   *
   * @throws IOException where that fails, so that nobody believes it was done
   */
  public void save() throws IOException {
    synchronized (writing) {
      State now = state;
      if (!now.kept() || now.secrets().equals(Secrets.NONE)) {
        Files.deleteIfExists(file);
        return;
      }
      Files.createDirectories(file.getParent());
      byte[] content = json(now.secrets()).toString().getBytes(StandardCharsets.UTF_8);
      WholeFile.writeForOwner(file, content);
    }
  }

  private Optional<Secrets> read() {
    try {
      String text = WholeFile.readText(file, LARGEST);
      if (OwnerOnly.close(file)) {
        log.warn("{} could be read by others and is closed to them now.", file);
      }
      JsonObject json = JsonParser.parseString(text).getAsJsonObject();
      if (json.get("version").getAsInt() != VERSION) {
        throw new IllegalArgumentException("version");
      }
      return Optional.of(
          new Secrets(
              value(json, "token"), value(json, "proxy_user"), value(json, "proxy_password")));
    } catch (NoSuchFileException nothingKept) {
      return Optional.empty();
    } catch (IOException | RuntimeException broken) {
      // The message of a parser may quote the content. The file stays until something is entered.
      log.warn("{} is of no use ({}).", file, broken.getClass().getSimpleName());
      return Optional.empty();
    }
  }

  private static Optional<String> value(JsonObject json, String key) {
    return Optional.ofNullable(json.get(key)).map(JsonElement::getAsString);
  }

  private static JsonObject json(Secrets secrets) {
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    secrets.token().ifPresent(value -> json.addProperty("token", value));
    secrets.proxyUser().ifPresent(value -> json.addProperty("proxy_user", value));
    secrets.proxyPassword().ifPresent(value -> json.addProperty("proxy_password", value));
    return json;
  }
}
