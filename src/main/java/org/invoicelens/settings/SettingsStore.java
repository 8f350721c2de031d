package org.invoicelens.settings;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.stage.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings as they are now, and their file {@code settings.json} in the folder of the state.
 *
 * <p>Where the administrator prescribed settings for all users, in a file of the same form, those
 * count wherever this user chose nothing else. Only what the user chose otherwise is written, so
 * that what the administrator changes later is followed; a value the user took away is written as
 * null.
 *
 * <p>A value that cannot be understood counts as not chosen, and so does a whole file; the user's
 * is then kept aside as {@code settings.json.broken}. Thread-safe.
 */
public final class SettingsStore {

  private static final Logger log = LoggerFactory.getLogger(SettingsStore.class);

  private static final int VERSION = 1;
  private static final int LARGEST = 256 << 10;
  private static final String FILE = "settings.json";
  private static final String MODEL_FOLDERS = "model_folders";
  private static final String SERVERS = "servers";

  /** What has an entry for each model, of which each may be chosen otherwise by itself. */
  private static final Set<String> NAMED = Set.of(MODEL_FOLDERS, SERVERS);

  private final Path file;
  private final Settings prescribed;
  private final Object writing = new Object();
  private volatile Settings current;

  /** Reads the settings of these folders. */
  public SettingsStore(ApplicationFolders folders) {
    this.file = folders.state().resolve(FILE);
    this.prescribed = prescribed(folders);
    this.current = read();
  }

  /** What counts now. */
  public Settings current() {
    return current;
  }

  /** Changes the settings for this run; {@link #save} keeps them for later ones. */
  public synchronized void change(UnaryOperator<Settings> change) {
    current = change.apply(current);
  }

  /**
   * Writes what counts now, whoever changed it last; not for the UI thread. A failure is logged and
   * costs no more than choosing again.
   *
   * @return whether it was written
   */
  public boolean save() {
    synchronized (writing) {
      try {
        Files.createDirectories(file.getParent());
        JsonObject chosen = otherwise(json(current), json(prescribed));
        chosen.addProperty("version", VERSION);
        String text =
            new GsonBuilder().setPrettyPrinting().serializeNulls().create().toJson(chosen);
        WholeFile.write(file, text.getBytes(StandardCharsets.UTF_8));
        return true;
      } catch (IOException e) {
        log.warn("{} cannot be written: {}", file, e.toString());
        return false;
      }
    }
  }

  /**
   * Changes where a model's files lie and writes it; not for the UI thread.
   *
   * @throws IOException where it cannot be written, which is logged; then nothing has changed
   */
  public void keepModelFolder(String model, Path folder) throws IOException {
    Optional<Path> before = Optional.ofNullable(current.modelFolders().get(model));
    change(now -> now.withModelFolder(model, Optional.of(folder)));
    if (!save()) {
      change(now -> now.withModelFolder(model, before));
      throw new IOException(file + " cannot be written");
    }
  }

  private static Settings prescribed(ApplicationFolders folders) {
    if (folders.site().isEmpty()) {
      return Settings.DEFAULT;
    }
    Path file = folders.site().get().resolve(FILE);
    try {
      return parse(WholeFile.readText(file, LARGEST), Settings.DEFAULT);
    } catch (NoSuchFileException e) {
      return Settings.DEFAULT;
    } catch (IOException | RuntimeException e) {
      log.warn("{} is of no use, so nothing is prescribed: {}", file, e.toString());
      return Settings.DEFAULT;
    }
  }

  private Settings read() {
    try {
      return parse(WholeFile.readText(file, LARGEST), prescribed);
    } catch (NoSuchFileException e) {
      return prescribed;
    } catch (IOException | RuntimeException e) {
      // Whatever a broken file provokes in the parser means the same here.
      log.warn("{} is of no use: {}", file, e.toString());
      WholeFile.setAside(file);
      return prescribed;
    }
  }

  /**
   * @param base what counts where the text says nothing
   */
  private static Settings parse(String text, Settings base) {
    JsonObject json = JsonParser.parseString(text).getAsJsonObject();
    if (json.get("version").getAsInt() != VERSION) {
      throw new IllegalArgumentException("version " + json.get("version"));
    }
    Map<String, Path> folders = new TreeMap<>(base.modelFolders());
    if (json.get(MODEL_FOLDERS) instanceof JsonObject named) {
      for (String model : named.keySet()) {
        if (named.get(model).isJsonNull()) {
          folders.remove(model);
        } else {
          value(named, model, Path::of)
              .filter(Path::isAbsolute)
              .ifPresent(path -> folders.put(model, path.normalize()));
        }
      }
    }
    Map<String, RemoteServer> servers = new TreeMap<>(base.servers());
    if (json.get(SERVERS) instanceof JsonObject named) {
      for (String model : named.keySet()) {
        if (named.get(model).isJsonNull()) {
          servers.remove(model);
        } else {
          server(named.get(model)).ifPresent(server -> servers.put(model, server));
        }
      }
    }
    Looks looks = base.looks();
    NetworkChoice network = base.network();
    UpdateChoice updates = base.updates();
    return new Settings(
        new Looks(
            value(json, "theme", Looks.Theme::valueOf).orElse(looks.theme()),
            value(json, "scale_percent", Integer::parseInt).orElse(looks.scale()),
            value(json, "language", Looks.Language::valueOf).orElse(looks.language()),
            value(json, "motion", Looks.Motion::valueOf).orElse(looks.motion())),
        new NetworkChoice(
            value(json, "proxy_mode", NetworkChoice.ProxyMode::valueOf).orElse(network.proxyMode()),
            optional(json, "proxy", SettingsStore::address, network.proxy()),
            optional(json, "ca_file", Path::of, network.caFile()),
            value(json, "limit_bytes_per_second", Long::parseLong).orElse(network.limitRate())),
        new UpdateChoice(
            value(json, "look_for_updates", Boolean::parseBoolean).orElse(updates.atStart()),
            optional(json, "updates_address", SettingsStore::address, updates.address()),
            optional(json, "updates_key", key -> key, updates.key())),
        folders,
        servers);
  }

  /** A server; empty where it is not one that a user could enter. */
  private static Optional<RemoteServer> server(JsonElement element) {
    try {
      JsonObject json = element.getAsJsonObject();
      return Optional.of(
          RemoteServer.entered(
              json.get("url").getAsString(),
              json.get("model").getAsString(),
              value(json, "key_env", name -> name),
              value(json, "key_file", Path::of)));
    } catch (RuntimeException e) {
      // Whatever another form provokes means the same here.
      log.warn("A server in the settings is not understood and left out");
      return Optional.empty();
    }
  }

  private static JsonObject json(RemoteServer server) {
    JsonObject json = new JsonObject();
    json.addProperty("url", server.address().toString());
    json.addProperty("model", server.model());
    server.keyVariable().ifPresent(name -> json.addProperty("key_env", name));
    server.keyFile().ifPresent(file -> json.addProperty("key_file", file.toString()));
    return json;
  }

  /** A value that can be missing: null in the file takes away what would count otherwise. */
  private static <V> Optional<V> optional(
      JsonObject json, String key, Function<String, V> reader, Optional<V> base) {
    JsonElement element = json.get(key);
    return element != null && element.isJsonNull()
        ? Optional.empty()
        : value(json, key, reader).or(() -> base);
  }

  private static URI address(String text) {
    URI uri = URI.create(text);
    if (uri.getUserInfo() != null) {
      throw new IllegalArgumentException("a name and a password are no setting");
    }
    return uri;
  }

  private static <V> Optional<V> value(JsonObject json, String key, Function<String, V> reader) {
    JsonElement element = json.get(key);
    if (element == null || !element.isJsonPrimitive()) {
      return Optional.empty();
    }
    try {
      return Optional.of(reader.apply(element.getAsString()));
    } catch (IllegalArgumentException e) {
      log.warn("The setting {} is not understood and left out", key);
      return Optional.empty();
    }
  }

  private static JsonObject json(Settings settings) {
    JsonObject json = new JsonObject();
    json.addProperty("theme", settings.looks().theme().name());
    json.addProperty("scale_percent", settings.looks().scale());
    json.addProperty("language", settings.looks().language().name());
    json.addProperty("motion", settings.looks().motion().name());
    json.addProperty("proxy_mode", settings.network().proxyMode().name());
    settings.network().proxy().ifPresent(uri -> json.addProperty("proxy", uri.toString()));
    settings.network().caFile().ifPresent(path -> json.addProperty("ca_file", path.toString()));
    json.addProperty("limit_bytes_per_second", settings.network().limitRate());
    UpdateChoice updates = settings.updates();
    json.addProperty("look_for_updates", updates.atStart());
    updates.address().ifPresent(uri -> json.addProperty("updates_address", uri.toString()));
    updates.key().ifPresent(key -> json.addProperty("updates_key", key));
    JsonObject folders = new JsonObject();
    settings.modelFolders().forEach((model, path) -> folders.addProperty(model, path.toString()));
    json.add(MODEL_FOLDERS, folders);
    JsonObject servers = new JsonObject();
    settings.servers().forEach((model, server) -> servers.add(model, json(server)));
    json.add(SERVERS, servers);
    return json;
  }

  /** The entries of one object that another has not, and null for those it has in addition. */
  private static JsonObject otherwise(JsonObject json, JsonObject than) {
    JsonObject result = new JsonObject();
    for (String key : than.keySet()) {
      if (!json.has(key)) {
        result.add(key, JsonNull.INSTANCE);
      }
    }
    for (String key : json.keySet()) {
      if (json.get(key) instanceof JsonObject inner && NAMED.contains(key)) {
        result.add(key, otherwise(inner, than.getAsJsonObject(key)));
      } else if (!json.get(key).equals(than.get(key))) {
        result.add(key, json.get(key));
      }
    }
    return result;
  }
}
