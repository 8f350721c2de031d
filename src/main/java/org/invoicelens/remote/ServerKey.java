package org.invoicelens.remote;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.hub.AccessToken;
import org.invoicelens.remote.RemoteException.Reason;
import org.invoicelens.stage.WholeFile;
import org.invoicelens.stage.Words;

/** The key of a server, read anew for each connection from where its configuration says it is. */
final class ServerKey {

  private static final Words WORDS = Words.of(ServerKey.class);

  private static final int LARGEST = 4096;

  private ServerKey() {}

  /**
   * The key; empty where none is configured.
   *
   * @throws RemoteException with {@code KEY_MISSING} where one is, but cannot be had
   */
  static Optional<AccessToken> read(RemoteServer server, Map<String, String> environment)
      throws RemoteException {
    if (server.keyVariable().isPresent()) {
      String name = server.keyVariable().get();
      String value = environment.getOrDefault(name, "");
      if (value.isBlank()) {
        throw missing("key.variable", name, null);
      }
      return Optional.of(token(value, "key.variableWrong", name));
    }
    if (server.keyFile().isEmpty()) {
      return Optional.empty();
    }
    Path file = server.keyFile().get();
    String content;
    try {
      content = WholeFile.readText(file, LARGEST);
    } catch (IOException e) {
      throw missing("key.file", file.toString(), e);
    }
    return Optional.of(token(content, "key.fileWrong", file.toString()));
  }

  private static AccessToken token(String text, String key, String place) throws RemoteException {
    try {
      return new AccessToken(text);
    } catch (IllegalArgumentException notOneWord) {
      throw missing(key, place, null);
    }
  }

  private static RemoteException missing(String key, String place, IOException cause) {
    return new RemoteException(
        Reason.KEY_MISSING,
        WORDS.problem(key, place),
        cause == null ? "" : cause.toString(),
        cause);
  }
}
