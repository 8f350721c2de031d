package org.invoicelens.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.invoicelens.config.RemoteServer.Timeouts;

/** The keys of the section {@code remote}, their defaults and their limits. */
final class RemoteBinder {

  private static final int MOST_CONNECTIONS = 64;
  private static final int MOST_RETRIES = 10;
  private static final int LONGEST_WAIT = 3600;

  private final String repoId;
  private final Function<Value, Optional<Path>> path;

  /**
   * @param repoId names the model where the section does not
   * @param path reads a path as all others in the file
   */
  RemoteBinder(String repoId, Function<Value, Optional<Path>> path) {
    this.repoId = repoId;
    this.path = path;
  }

  /** The server; empty where its address is missing or wrong, which is noted. */
  Optional<RemoteServer> bind(Section section) {
    Optional<URI> address =
        section.required("url").text(ServerAddress::refuse).map(ServerAddress::canonical);
    String model = section.value("model").text().orElse(repoId);
    Value variable = section.value("key_env");
    Value file = section.value("key_file");
    if (variable.isPresent() && file.isPresent()) {
      file.refuse(Refusal.of("server.twoKeys"));
    }
    Optional<String> keyVariable = variable.text(RemoteServer::refuseVariable);
    Optional<Path> keyFile = path.apply(file);
    if (address.isPresent()) {
      (variable.isPresent() ? keyVariable : keyFile)
          .ifPresent(key ->
              (variable.isPresent() ? variable : file)
                  .passes(ServerAddress.refuseKey(address.get())));
    }
    int connections = number(section, "connections", 1, MOST_CONNECTIONS, RemoteServer.CONNECTIONS);
    int retries = number(section, "max_retries", 0, MOST_RETRIES, RemoteServer.MAX_RETRIES);
    Timeouts timeouts = section.section("timeouts", RemoteBinder::timeouts);
    return address.map(
        uri -> new RemoteServer(uri, model, keyVariable, keyFile, connections, retries, timeouts));
  }

  private static Timeouts timeouts(Section section) {
    return new Timeouts(
        seconds(section, "connect", Timeouts.DEFAULT.connect()),
        seconds(section, "first_token", Timeouts.DEFAULT.firstToken()),
        seconds(section, "idle", Timeouts.DEFAULT.idle()));
  }

  private static Duration seconds(Section section, String key, Duration otherwise) {
    return Duration.ofSeconds(
        number(section, key, 1, LONGEST_WAIT, Math.toIntExact(otherwise.toSeconds())));
  }

  private static int number(Section section, String key, int least, int most, int otherwise) {
    return section.value(key).whole(least, most).orElse((long) otherwise).intValue();
  }
}
