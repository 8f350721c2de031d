package org.invoicelens.settings;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.invoicelens.config.RemoteServer;

/**
 * Everything the user chose about the program itself. It holds no secret.
 *
 * @param looks how the window looks and speaks
 * @param network how the network is used
 * @param updates whether and where it looks for a newer version of itself
 * @param modelFolders where a model's files lie otherwise than its configuration says, by the
 *     configuration's name; absolute paths
 * @param servers which server answers in the place of a model, by the configuration's name
 */
public record Settings(
    Looks looks,
    NetworkChoice network,
    UpdateChoice updates,
    Map<String, Path> modelFolders,
    Map<String, RemoteServer> servers) {

  /** What counts where the user chose nothing. */
  public static final Settings DEFAULT =
      new Settings(Looks.DEFAULT, NetworkChoice.DEFAULT, UpdateChoice.DEFAULT, Map.of(), Map.of());

  public Settings {
    Objects.requireNonNull(looks, "looks");
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(updates, "updates");
    modelFolders = Map.copyOf(modelFolders);
    servers = Map.copyOf(servers);
  }

  /** Settings by which every model runs on this computer. */
  public Settings(
      Looks looks, NetworkChoice network, UpdateChoice updates, Map<String, Path> modelFolders) {
    this(looks, network, updates, modelFolders, Map.of());
  }

  /** The same with other looks. */
  public Settings withLooks(Looks other) {
    return new Settings(other, network, updates, modelFolders, servers);
  }

  /** The same with another use of the network. */
  public Settings withNetwork(NetworkChoice other) {
    return new Settings(looks, other, updates, modelFolders, servers);
  }

  /** The same with another way to look for newer versions. */
  public Settings withUpdates(UpdateChoice other) {
    return new Settings(looks, network, other, modelFolders, servers);
  }

  /** The same with a model's files elsewhere; where empty, where its configuration says. */
  public Settings withModelFolder(String model, Optional<Path> folder) {
    Map<String, Path> changed = new TreeMap<>(modelFolders);
    changed.remove(model);
    folder.ifPresent(path -> changed.put(model, path.toAbsolutePath().normalize()));
    return new Settings(looks, network, updates, changed, servers);
  }

  /** The same with a server in the place of a model; where empty, as its configuration says. */
  public Settings withServer(String model, Optional<RemoteServer> server) {
    Map<String, RemoteServer> changed = new TreeMap<>(servers);
    changed.remove(model);
    server.ifPresent(chosen -> changed.put(model, chosen));
    return new Settings(looks, network, updates, modelFolders, changed);
  }
}
