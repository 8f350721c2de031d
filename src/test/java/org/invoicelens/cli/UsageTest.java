package org.invoicelens.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.invoicelens.cli.DoorForTests.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {

  @TempDir Path folder;
  private DoorForTests door;

  @BeforeEach
  void openDoor() {
    door = new DoorForTests(folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "check",
        "download",
        "verify",
        "setup",
        "move",
        "extract",
        "open",
        "purge",
        "updates",
        "generate",
        "bench",
        "completion"
      })
  void everyCommandExplainsItself(String command) {
    Outcome outcome = door.run(command, "--help");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("Usage: invoicelens " + command).contains("--json");
    assertThat(door.run("--help").out()).contains(command);
  }

  @Test
  void tellsItsVersion() {
    Outcome outcome = door.run("--version");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out().strip()).matches("InvoiceLens \\d+\\.\\d+\\.\\d+.*");
  }

  @Test
  void printsACompletionScriptThatKnowsTheOptions() {
    Outcome outcome = door.run("completion");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .contains("complete -F _complete_invoicelens")
        .contains("--limit-rate")
        .contains("flash_attention_2");
    assertThat(door.run("completion", "--json").json().get("script").getAsString())
        .isEqualTo(outcome.out());
  }

  @Test
  void asksForACommand() {
    assertThat(door.run().code()).isEqualTo(2);
    Outcome outcome = door.run("extrac", "a.png");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("extract");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "download --repo-id pixtral",
        "download --repo-id a/b/../c",
        "download --connections 0",
        "download --connections 33",
        "download --connections many",
        "download --limit-rate 0",
        "download --limit-rate -5",
        "download --read-timeout 0",
        "download --read-timeout NaN",
        "download --endpoint ftp://example.com",
        "download --endpoint huggingface.co",
        "download --proxy nonsense",
        "download --proxy http://me:secret@proxy.example:3128",
        "download --ca-file /nowhere/at/all.pem",
        "setup --quantization int3",
        "setup --device gpu",
        "extract",
        "extract a.png --format ods",
        "extract a.png b.png --format xml",
        "extract a.png --output a.json --again",
        "open a.png",
        "generate --prompt hello",
        "generate --model .",
        "generate --model . --prompt a --prompt-ids 1",
        "generate --model . --prompt-ids 1,x",
        "generate --model . --prompt-ids 1,-2",
        "generate --model . --prompt-ids 99999999999",
        "generate --model . --prompt a --max-tokens 0",
        "generate --model . --prompt a --top-p 0",
        "generate --model . --prompt a --temperature -1",
        "generate --model . --prompt a --dtype float16",
        "generate --model . --prompt a --attention fast",
        "generate --model . --prompt a --device cuda:x",
        "bench --model . --image 100",
        "bench --model . --image 0x5",
        "bench --model . --image 50000x50000",
        "bench --model . --repeat 0",
        "check --frobnicate"
      })
  void refusesWhatCannotBeMeantWithASentence(String line) {
    Outcome outcome = door.run((Object[]) line.split(" "));
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines().toList()).hasSizeGreaterThanOrEqualTo(2);
    assertThat(outcome.err())
        .contains("--help")
        .doesNotContain("Exception")
        .doesNotContain("secret");
    assertThat(folder.resolve("models")).doesNotExist();

    Object[] words = (line + " --json").split(" ");
    Outcome machine = door.run(words);
    assertThat(machine.code()).isEqualTo(2);
    assertThat(machine.errorKind()).isEqualTo("usage");
    assertThat(machine.json().get("exit_code").getAsInt()).isEqualTo(2);
  }

  @Test
  void refusesTwoFormsOfOneResult() {
    Outcome outcome = door.run("extract", "a.png", "--format", "csv", "--json");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.errorKind()).isEqualTo("usage");
  }

  @Test
  void namesEveryFaultOfAConfiguration() throws Exception {
    Path file = folder.resolve("bad.yaml");
    Files.writeString(file, "name: x\nrepo_idd: a/b\ninference: {temperature: warm}\n");
    Outcome outcome = door.run("check", "--config", file);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("bad.yaml:2:")
        .contains("repo_id")
        .contains("bad.yaml:3:")
        .doesNotContain("Exception");
    Outcome machine = door.run("setup", "--json", "--config", file);
    assertThat(machine.code()).isEqualTo(2);
    assertThat(machine.errorKind()).isEqualTo("configuration");
    assertThat(machine.errorReason()).isEqualTo("INVALID");
    assertThat(machine.err()).isNotBlank();
  }

  @Test
  void saysThatAConfigurationIsMissing() {
    Outcome outcome = door.run("setup", "--json", "--config", folder.resolve("no.yaml"));
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.errorReason()).isEqualTo("MISSING");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "frob | Not understood: 'frob'",
        "download --limit-rate abc | 'abc' is not a whole number in range.",
        "download --connections 99999999999 | '99999999999' is not a whole number in range.",
        "generate --model m --prompt-ids 1 --top-p x | 'x' is not a number.",
        "generate --model m --prompt a --prompt-ids 1 | are mutually exclusive"
      })
  void tellsMisuseInPlainWords(String words, String message) {
    Outcome outcome = door.run((Object[]) words.split(" "));
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains(message).doesNotContain("Error:");
  }

  @Test
  void namesAFolderThatDoesNotExistInFull() {
    Path missing = folder.resolve("missing");
    assertThat(door.run("generate", "--model", missing, "--prompt-ids", "1").err())
        .contains("There is no folder " + missing);
  }
}
