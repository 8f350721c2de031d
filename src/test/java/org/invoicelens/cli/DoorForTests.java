package org.invoicelens.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.stage.Cancellation;

/** The command line in this process, with its streams captured and its data in a given folder. */
final class DoorForTests {

  static final Path PROGRAM = Path.of("").toAbsolutePath();

  private final Path data;
  private final Cancellation cancellation;

  /** Whether a window of the same user is open. */
  boolean windowOpen;

  DoorForTests(Path data) {
    this(data, new Cancellation());
  }

  DoorForTests(Path data, Cancellation cancellation) {
    this.data = data;
    this.cancellation = cancellation;
  }

  ApplicationFolders folders() {
    return new ApplicationFolders(PROGRAM, data, data.resolve("state"), data.resolve("logs"));
  }

  static HubSettings settings() {
    return HubSettings.DEFAULT.withReadTimeout(Duration.ofSeconds(10));
  }

  /**
   * How a command ended.
   *
   * @param code its exit code
   * @param out what it wrote to standard output
   * @param err what it wrote to standard error
   */
  record Outcome(int code, String out, String err) {

    JsonObject json() {
      return element().getAsJsonObject();
    }

    JsonElement element() {
      return JsonParser.parseString(out);
    }

    String errorKind() {
      return json().getAsJsonObject("error").get("kind").getAsString();
    }

    String errorReason() {
      return json().getAsJsonObject("error").get("reason").getAsString();
    }
  }

  Outcome run(Object... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    CommandContext context =
        new CommandContext(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            folders(),
            DoorForTests::settings,
            cancellation,
            () -> windowOpen);
    int code = new CommandLineDoor(context).execute(words);
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
