package org.invoicelens.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C in a process of its own. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "signals are sent with kill")
class InterruptionTest {

  @TempDir Path data;

  /** The command line alone, as the launcher runs it. */
  public static final class Door {
    public static void main(String[] arguments) {
      int code = CommandLineDoor.run(() -> false, arguments);
      Runtime.getRuntime().halt(code);
    }
  }

  private Process start(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dinvoicelens.home=" + Path.of("").toAbsolutePath(),
                "-Dinvoicelens.data=" + data,
                "-cp",
                System.getProperty("java.class.path"),
                Door.class.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).start();
  }

  private static void signal(Process process) throws Exception {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
  }

  @Test
  void stopsTheDownloadAndGoesOnFromThere() throws Exception {
    String config = Path.of("config/models/pixtral-mini.yaml").toAbsolutePath().toString();
    Process process = start("download", "--config", config, "--limit-rate", "400000", "--json");
    try (BufferedReader err =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      String line;
      do {
        line = err.readLine();
      } while (line != null && !line.matches("Download: .*[1-9]\\d* % .*"));
      assertThat(line).as("a line of progress").isNotNull();
      signal(process);
      assertThat(err.lines()).anyMatch(text -> text.startsWith("Stopping."));
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(130);
    JsonObject said =
        JsonParser.parseString(
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .getAsJsonObject();
    assertThat(said.getAsJsonObject("error").get("kind").getAsString()).isEqualTo("cancelled");
    Path weights = data.resolve("models/pixtral-mini/model.safetensors");
    assertThat(weights).doesNotExist();

    DoorForTests.Outcome again =
        new DoorForTests(data).run("download", "--config", config, "--json");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.json().get("transferred").getAsLong())
        .isPositive()
        .isLessThan(again.json().get("total_size").getAsLong());
    assertThat(Files.mismatch(weights, Path.of("models/bundled/pixtral-mini/model.safetensors")))
        .isEqualTo(-1);
  }
}
