package org.invoicelens.settings;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Everything the user chose about the program itself. It holds no secret.
 *
 * @param looks how the window looks and speaks
 * @param network how the network is used
 * @param modelFolders where a model's files lie otherwise than its configuration says, by the
 *     configuration's name; absolute paths
 */
public record Settings(Looks looks, NetworkChoice network, Map<String, Path> modelFolders) {

  /** What counts where the user chose nothing. */
  public static final Settings DEFAULT =
      new Settings(Looks.DEFAULT, NetworkChoice.DEFAULT, Map.of());

  public Settings {
    Objects.requireNonNull(looks, "looks");
    Objects.requireNonNull(network, "network");
    modelFolders = Map.copyOf(modelFolders);
  }

  /** The same with other looks. */
  public Settings withLooks(Looks other) {
    return new Settings(other, network, modelFolders);
  }

  /** The same with another use of the network. */
  public Settings withNetwork(NetworkChoice other) {
    return new Settings(looks, other, modelFolders);
  }

  /** The same with a model's files elsewhere; where empty, where its configuration says. */
  public Settings withModelFolder(String model, Optional<Path> folder) {
    Map<String, Path> changed = new TreeMap<>(modelFolders);
    changed.remove(model);
    folder.ifPresent(path -> changed.put(model, path.toAbsolutePath().normalize()));
    return new Settings(looks, network, changed);
  }
}
