package org.invoicelens.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import org.invoicelens.cli.DoorForTests.Outcome;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.remote.VllmServer;
import org.invoicelens.settings.SettingsStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands where a server answers, over real HTTP. */
class RemotePathTest {

  private static final String KEY = "sk-very-secret-1234567890";
  private static final Path SLIP = Path.of("assets/samples/slip-1.png");

  @TempDir Path folder;
  private final VllmServer vllm = new VllmServer();
  private DoorForTests door;
  private Path config;

  @BeforeEach
  void start() throws Exception {
    vllm.start();
    vllm.key = KEY;
    vllm.answer = "{\"vendor\":\"Acme GmbH\",\"number\":\"4711\",\"total\":\"119.00\"}";
    Path key = Files.writeString(folder.resolve("key"), KEY + "\n");
    config =
        Files.writeString(
            folder.resolve("ours.yaml"),
            """
            name: ours
            repo_id: mistralai/Pixtral-12B-2409
            engine: remote
            remote: {url: %s, key_file: %s, max_retries: 0}
            prompt: {user: Read this invoice.}
            """
                .formatted(vllm.address(), key));
    door = new DoorForTests(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    vllm.close();
  }

  @Test
  void setupReachesTheServerAndDownloadsNothing() {
    Outcome outcome = door.run("setup", "--config", config, "--json");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonObject document = outcome.json();
    assertThat(document.keySet())
        .contains("config", "hardware", "server", "ready")
        .doesNotContain("download", "verification", "model");
    assertThat(document.getAsJsonObject("config").get("engine").getAsString()).isEqualTo("remote");
    JsonArray criteria = document.getAsJsonObject("server").getAsJsonArray("criteria");
    assertThat(criteria).hasSize(2);
    assertThat(folder.resolve("data/models")).doesNotExist();
    assertThat(folder.resolve("data/state/setup.json")).content().contains("OPTIMIZATION");
    assertThat(outcome.out() + outcome.err()).doesNotContain(KEY);

    Outcome told = door.run("setup", "--config", config);
    assertThat(told.out())
        .contains("has the model mistralai/Pixtral-12B-2409")
        .contains("ours is ready to read");
  }

  @Test
  void theCheckOfThisComputerOnlyInformsAndTheServerDecides() {
    Outcome good = door.run("check", "--config", config);
    assertThat(good.code()).as(good.err()).isZero();
    assertThat(good.out()).contains("no graphics card is needed here").contains("Connection");

    vllm.answer = "";
    Outcome silent = door.run("check", "--config", config, "--json");
    assertThat(silent.code()).isEqualTo(6);
    assertThat(silent.errorReason()).isEqualTo("SERVER_FAILED");
    assertThat(silent.json().getAsJsonArray("server")).hasSize(2);
  }

  @Test
  void documentsAreReadByTheServer() {
    Outcome outcome = door.run("extract", SLIP, "--config", config, "--json");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonObject document = outcome.element().getAsJsonArray().get(0).getAsJsonObject();
    assertThat(document.get("answer").getAsString()).isEqualTo(vllm.answer);
    assertThat(document.toString()).contains("Acme GmbH", "4711");
    assertThat(vllm.questions).as("the document is the first question").hasSize(1);
  }

  @Test
  void aServerThatIsGoneEndsWithTheCodeOfTheFifthStage() {
    vllm.close();

    Outcome outcome = door.run("extract", SLIP, "--config", config, "--json");

    assertThat(outcome.code()).isEqualTo(6);
    assertThat(outcome.errorKind()).isEqualTo("initialization");
    assertThat(outcome.errorReason()).isEqualTo("SERVER_FAILED");
  }

  @Test
  void aDocumentThatTheServerRefusesDoesNotKeepTheOthersFromBeingRead() throws Exception {
    Path second = Files.copy(SLIP, folder.resolve("second.png"));
    vllm.fail(VllmServer.refusal(403, "no"));

    Outcome outcome = door.run("extract", SLIP, second, "--config", config, "--json");

    assertThat(outcome.code()).isEqualTo(8);
    assertThat(outcome.out()).contains("SERVER_FAILED").contains("Acme GmbH");
    assertThat(outcome.err()).contains("1 of 2 documents");
  }

  @Test
  void severalDocumentsAreReadAtOnceAndToldInOrder() throws Exception {
    Path documents = Files.createDirectory(folder.resolve("documents"));
    for (int i = 1; i <= 6; i++) {
      Files.copy(SLIP, documents.resolve("slip-" + i + ".png"));
    }
    Files.writeString(documents.resolve("slip-0.png"), "no picture");
    CyclicBarrier together = new CyclicBarrier(2);
    VllmServer.Fault meeting = vllm.whenTogether(together);
    vllm.fail(meeting, meeting, meeting, meeting, meeting, meeting);

    Outcome outcome = door.run("extract", documents, "--config", config, "--json");

    assertThat(outcome.code()).isEqualTo(8);
    JsonArray read = outcome.element().getAsJsonArray();
    assertThat(read).hasSize(7);
    for (int i = 0; i < 7; i++) {
      assertThat(read.get(i).toString()).contains("slip-" + i + ".png");
      assertThat(read.get(i).toString().contains("Acme GmbH")).isEqualTo(i > 0);
    }
  }

  @Test
  void aTestThatFailsEndsWithTheCodeOfTheSixthStage() {
    vllm.answer = "";

    Outcome outcome = door.run("setup", "--config", config, "--json");

    assertThat(outcome.code()).isEqualTo(7);
  }

  @Test
  void aKeyThatIsMissingIsSaidBeforeAnythingIsSent() throws Exception {
    Files.delete(folder.resolve("key"));

    Outcome outcome = door.run("setup", "--config", config, "--json");

    assertThat(outcome.code()).isEqualTo(6);
    assertThat(outcome.json().getAsJsonObject("error").get("detail").getAsString())
        .startsWith("KEY_MISSING");
    assertThat(vllm.http().getRequestCount()).isZero();
  }

  @Test
  void theServerThatWasChosenInTheWindowAnswersHereToo() throws Exception {
    vllm.key = "";
    Path local =
        Files.writeString(
            folder.resolve("local.yaml"),
            """
            name: ours
            repo_id: owner/name
            model_path: models/ours
            prompt: {user: Read this invoice.}
            """);
    SettingsStore settings = new SettingsStore(door.folders());
    RemoteServer server =
        RemoteServer.entered(
            vllm.address().toString(), VllmServer.MODEL, Optional.empty(), Optional.empty());
    settings.change(now -> now.withServer("ours", Optional.of(server)));
    assertThat(settings.save()).isTrue();

    Outcome outcome = door.run("extract", SLIP, "--config", local, "--json");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("Acme GmbH");
  }
}
