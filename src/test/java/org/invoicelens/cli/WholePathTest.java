package org.invoicelens.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;
import org.invoicelens.cli.DoorForTests.Outcome;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.hub.BundledHub;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From nothing to the fields of invoices, on the model that ships. */
class WholePathTest {

  private static final Path SAMPLES = Path.of("assets/samples");
  private static final Path CONFIG = Path.of("config/models/pixtral-mini.yaml");

  @TempDir static Path data;
  @TempDir Path folder;

  private static DoorForTests door;
  private static Outcome demo;

  @BeforeAll
  static void runTheDemoOnce() {
    door = new DoorForTests(data);
    demo = door.run("demo", "--json");
  }

  @Test
  void theDemoRunsAllStagesAndReadsEverySample() {
    assertThat(demo.code()).as(demo.err()).isZero();
    JsonObject document = demo.json();
    assertThat(document.keySet())
        .contains("config", "hardware", "download", "verification", "model", "samples", "summary");
    assertThat(document.getAsJsonObject("download").get("transferred").getAsLong()).isPositive();
    assertThat(document.getAsJsonObject("verification").get("verified").getAsBoolean()).isTrue();
    JsonArray criteria = document.getAsJsonObject("model").getAsJsonArray("criteria");
    assertThat(criteria).isNotEmpty();

    JsonArray samples = document.getAsJsonArray("samples");
    assertThat(samples).hasSize(8);
    int right = 0;
    for (JsonElement sample : samples) {
      assertThat(sample.getAsJsonObject().get("complete").getAsBoolean()).isTrue();
      for (JsonElement field : sample.getAsJsonObject().getAsJsonArray("fields")) {
        right += field.getAsJsonObject().get("right").getAsBoolean() ? 1 : 0;
      }
    }
    JsonObject summary = document.getAsJsonObject("summary");
    assertThat(summary.get("fields").getAsInt()).isEqualTo(40);
    assertThat(summary.get("fields_right").getAsInt()).isEqualTo(right);
    // What the model's README promises of these pictures, less what rounding may turn.
    assertThat(summary.get("wholly_right").getAsInt()).isGreaterThanOrEqualTo(4);
    assertThat(right).isGreaterThanOrEqualTo(34);
  }

  @Test
  void theDemoLeavesTheChoiceOfAnotherModelAlone() {
    assertThat(data.resolve("state/setup.json")).doesNotExist();
  }

  @Test
  void readsAllDocumentsThoughOneIsBad() throws Exception {
    Files.copy(SAMPLES.resolve("slip-3.png"), folder.resolve("b.png"));
    Files.writeString(folder.resolve("a.png"), "no picture");
    Path output = folder.resolve("out.csv");
    Outcome outcome =
        door.run(
            "extract",
            folder,
            SAMPLES.resolve("slip-4.png"),
            "--config",
            CONFIG,
            "--output",
            output,
            "--format",
            "csv");
    assertThat(outcome.code()).isEqualTo(8);
    assertThat(outcome.err())
        .contains("a.png is not a picture")
        .contains("1 of 3 documents")
        .as("was set up and tested before")
        .doesNotContain("Download", "Verification", "Optimisation");
    assertThat(Files.readAllLines(output))
        .hasSize(4)
        .first()
        .asString()
        .endsWith("document,vendor,number,date,currency,total,error");

    Outcome machine =
        door.run(
            "extract",
            SAMPLES.resolve("slip-4.png"),
            folder.resolve("a.png"),
            "--config",
            CONFIG,
            "--json");
    assertThat(machine.code()).isEqualTo(8);
    JsonArray documents = machine.element().getAsJsonArray();
    assertThat(documents).hasSize(2);
    JsonObject read = documents.get(0).getAsJsonObject();
    assertThat(read.getAsJsonObject("fields").keySet())
        .containsExactly("vendor", "number", "date", "currency", "total");
    assertThat(read.get("answer").getAsString()).startsWith("{\"vendor\":");
    assertThat(documents.get(1).getAsJsonObject().getAsJsonObject("error").get("reason").toString())
        .contains("BAD_DOCUMENT");
  }

  @Test
  void printsFieldsForPeople() {
    Outcome outcome = door.run("extract", SAMPLES.resolve("slip-4.png"), "--config", CONFIG);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("slip-4.png").containsPattern("\n  total +41\\.49");
  }

  @Test
  void startsNoModelWhereNoDocumentCanBeOpened() {
    Outcome outcome = door.run("extract", folder.resolve("no.png"), "--json");
    assertThat(outcome.code()).isEqualTo(8);
    assertThat(outcome.err()).doesNotContain("Model start");
  }

  @Test
  void readsNothingThatCouldNotBeWritten() {
    Outcome outcome =
        door.run(
            "extract",
            SAMPLES.resolve("slip-4.png"),
            "--config",
            CONFIG,
            "--output",
            folder.resolve("no/out.json"),
            "--json");
    assertThat(outcome.code()).isEqualTo(8);
    assertThat(outcome.errorReason()).isEqualTo("OUTPUT_NOT_WRITABLE");
    assertThat(outcome.err()).doesNotContain("Model start");
  }

  @Test
  void asksForTheSetupOfAModelThatIsNotThere() {
    Outcome outcome = door.run("extract", SAMPLES.resolve("slip-4.png"), "--json");
    assertThat(outcome.code()).isEqualTo(6);
    assertThat(outcome.errorReason()).isEqualTo("NOT_VERIFIED");
    assertThat(outcome.err()).contains("invoicelens setup");
  }

  @Test
  void setsUpAsAskedThoughAFileHasGoneBad() throws Exception {
    DoorForTests fresh = new DoorForTests(folder);
    assertThat(fresh.run("download", "--config", CONFIG).code()).isZero();
    // A weight is turned over by a broken disk, at the same size and time.
    Path weights = folder.resolve("models/pixtral-mini/model.safetensors");
    flip(weights);
    Outcome verify = fresh.run("verify", "--config", CONFIG, "--json");
    assertThat(verify.code()).isEqualTo(5);
    assertThat(verify.json().get("verified").getAsBoolean()).isFalse();
    assertThat(verify.json().getAsJsonArray("findings").get(0).toString())
        .contains("model.safetensors")
        .contains("WRONG_CHECKSUM");
    assertThat(weights).exists();

    Outcome setup =
        fresh.run(
            "setup", "--config", CONFIG, "--quantization", "none", "--device", "cpu", "--json");
    assertThat(setup.code()).as(setup.err()).isZero();
    assertThat(setup.json().get("ready").getAsBoolean()).isTrue();
    assertThat(setup.json().getAsJsonObject("model").get("device").getAsString()).isEqualTo("cpu");
    assertThat(setup.json().get("fetched_again").toString()).isEqualTo("[\"model.safetensors\"]");
    assertThat(weights)
        .hasSameBinaryContentAs(Path.of("models/bundled/pixtral-mini/model.safetensors"));
    assertThat(folder.resolve("models/pixtral-mini/.invoicelens/replaced/model.safetensors"))
        .doesNotExist();
    assertThat(folder.resolve("state/setup.json")).content().contains("\"device\": \"cpu\"");
  }

  @Test
  void repairsAFolderByWhatItsManifestSays() throws Exception {
    DoorForTests fresh = new DoorForTests(folder);
    Path model = folder.resolve("model");
    Outcome download = fresh.run("download", "--config", CONFIG, "--dir", model, "--json");
    assertThat(download.code()).as(download.err()).isZero();
    JsonObject document = download.json();
    assertThat(document.keySet())
        .containsExactly(
            "model_path",
            "repo_id",
            "commit",
            "files",
            "total_size",
            "transferred",
            "sources",
            "seconds",
            "compatible");
    assertThat(document.getAsJsonArray("files").get(0).getAsJsonObject().keySet())
        .containsExactly("path", "size", "algorithm", "checksum");
    assertThat(document.getAsJsonObject("compatible").get("model").getAsBoolean()).isTrue();

    flip(model.resolve("model.safetensors"));
    Files.delete(model.resolve("config.json"));
    assertThat(fresh.run("verify", "--dir", model).code()).isEqualTo(5);
    Outcome repair = fresh.run("verify", "--dir", model, "--repair", "--json");
    assertThat(repair.code()).as(repair.err()).isZero();
    assertThat(repair.json().get("checksum_matches")).isEqualTo(repair.json().get("file_count"));
    assertThat(fresh.run("verify", "--dir", model).code()).isZero();
  }

  private static void flip(Path file) throws Exception {
    var time = Files.getLastModifiedTime(file);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 5] ^= 1;
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, time);
  }

  @Test
  void verifiesAFolderThatWasCopiedFromElsewhere() throws Exception {
    Path bundled = Path.of("models/bundled/pixtral-mini");
    for (String name : new String[] {"config.json", "model.safetensors"}) {
      Files.copy(bundled.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    Outcome outcome = door.run("verify", "--dir", folder, "--json");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.json().get("checksum_matches").getAsInt()).isZero();
    assertThat(outcome.json().get("file_count").getAsInt()).isEqualTo(2);
  }

  @Test
  void repairsAFolderWithoutAManifestOnlyWhereItsSourceIsNamed() throws Exception {
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.copy(Path.of("models/bundled/pixtral-mini/config.json"), model.resolve("config.json"));
    DoorForTests fresh = new DoorForTests(folder);
    assertThat(fresh.run("verify", "--dir", model, "--repair").code()).isEqualTo(2);
    assertThat(model.resolve("model.safetensors")).doesNotExist();
    Outcome named = fresh.run("verify", "--dir", model, "--repair", "--config", CONFIG);
    assertThat(named.code()).as(named.err()).isZero();
    assertThat(model.resolve("model.safetensors")).exists();
  }

  @Test
  void refusesAFolderThatIsNoModel() {
    assertThat(door.run("verify", "--dir", folder, "--json").code()).isEqualTo(5);
    Outcome missing = door.run("verify", "--dir", folder.resolve("no"), "--json");
    assertThat(missing.code()).isEqualTo(5);
    assertThat(missing.errorReason()).isEqualTo("FOLDER_MISSING");
  }

  @Test
  void refusesARepositoryThatTheHubDoesNotHave() {
    DoorForTests fresh = new DoorForTests(folder);
    Outcome outcome =
        fresh.run(
            "download", "--repo-id", "invoicelens/nothing", "--endpoint", "bundled", "--json");
    assertThat(outcome.code()).isEqualTo(4);
    assertThat(outcome.errorReason()).isEqualTo("REPOSITORY_NOT_FOUND");
  }

  @Test
  void saysThatAGatedRepositoryNeedsAToken() throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.setDispatcher(
          new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
              return new MockResponse.Builder()
                  .code(401)
                  .addHeader("X-Error-Code", "GatedRepo")
                  .body("Access to model someone/gated is restricted.")
                  .build();
            }
          });
      server.start();
      String endpoint = server.url("/").toString();
      Outcome outcome =
          new DoorForTests(folder)
              .run("download", "--repo-id", "someone/gated", "--endpoint", endpoint, "--json");
      assertThat(outcome.code()).as(outcome.err()).isEqualTo(4);
      assertThat(outcome.errorReason()).isEqualTo("TOKEN_NEEDED");
      assertThat(outcome.err()).contains("HF_TOKEN");
    }
  }

  @Test
  void saysHowMuchCameFromWhichServer() throws Exception {
    Path bundled = ApplicationFolders.current().bundledModels();
    try (BundledHub hub = BundledHub.open(bundled);
        MockWebServer share = new MockWebServer()) {
      share.setDispatcher(
          new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
              try {
                Path file = bundled.resolve("pixtral-mini" + request.getTarget());
                return new MockResponse.Builder()
                    .body(new Buffer().write(Files.readAllBytes(file)))
                    .build();
              } catch (IOException missing) {
                return new MockResponse.Builder().code(404).build();
              }
            }
          });
      share.start();
      Path config = folder.resolve("mirrored.yaml");
      String mirror = "localhost:" + share.getPort();
      Files.writeString(
          config,
          Files.readString(CONFIG)
              .replaceAll("endpoint: bundled.*", "endpoint: " + hub.endpoint())
              .concat("\nmirrors: [{folder: 'http://" + mirror + "'}]\n"));
      DoorForTests fresh = new DoorForTests(folder);

      Outcome told = fresh.run("download", "--config", config);
      assertThat(told.code()).as(told.err()).isZero();
      assertThat(told.out()).containsPattern("(?m)^from 127.0.0.1:[0-9]+ .*, " + mirror + " ");

      Outcome json =
          fresh.run("download", "--config", config, "--dir", folder.resolve("b"), "--json");
      JsonObject document = json.json();
      long sum = 0;
      for (JsonElement source : document.getAsJsonArray("sources")) {
        sum += source.getAsJsonObject().get("received").getAsLong();
        assertThat(source.getAsJsonObject().get("wrong").getAsBoolean()).isFalse();
      }
      assertThat(sum).isEqualTo(document.get("transferred").getAsLong()).isPositive();
    }
  }

  @Test
  void fetchesAChoiceOfFilesOfAnyRepository() {
    DoorForTests fresh = new DoorForTests(folder);
    Outcome outcome =
        fresh.run(
            "download",
            "--repo-id",
            "invoicelens/pixtral-mini",
            "--endpoint",
            "bundled",
            "--include",
            "*.json",
            "--exclude",
            "tokenizer*",
            "--json");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(folder.resolve("models/pixtral-mini/config.json")).exists();
    assertThat(folder.resolve("models/pixtral-mini/tokenizer.json")).doesNotExist();
    assertThat(folder.resolve("models/pixtral-mini/model.safetensors")).doesNotExist();
    JsonObject compatible = outcome.json().getAsJsonObject("compatible");
    assertThat(compatible.get("model").getAsBoolean()).isFalse();
    assertThat(compatible.getAsJsonArray("obstacles")).isNotEmpty();
  }

  @Test
  void showsWhatThisComputerHas() {
    Outcome outcome = door.run("check", "--config", CONFIG, "--json");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.json().keySet())
        .contains(
            "gpuAvailable",
            "gpuMemory",
            "computeCapability",
            "diskSpace",
            "networkAvailable",
            "tempDir");
    assertThat(door.run("check", "--config", CONFIG).out()).contains("Memory").contains("fits");
  }

  @Test
  void saysWhyTheModelCannotRunHere() throws Exception {
    Path demanding = folder.resolve("demanding.yaml");
    Files.writeString(
        demanding,
        Files.readString(CONFIG)
            .replace("allow_cpu: true", "allow_cpu: false")
            .replace("min_compute_capability: 0", "min_compute_capability: 99"));
    Outcome outcome = door.run("check", "--config", demanding, "--json");
    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.errorKind()).isEqualTo("hardware");
    assertThat(outcome.json().getAsJsonArray("checks")).isNotEmpty();
    assertThat(outcome.err()).isNotBlank();
  }

  @Test
  void repairsAFolderOfAnyRepositoryThoughItIsNoModel() throws Exception {
    DoorForTests fresh = new DoorForTests(folder);
    Path chosen = folder.resolve("chosen");
    Outcome download =
        fresh.run(
            "download",
            "--repo-id",
            "invoicelens/pixtral-mini",
            "--endpoint",
            "bundled",
            "--include",
            "tokenizer*",
            "--dir",
            chosen);
    assertThat(download.code()).as(download.err()).isZero();
    Path file = chosen.resolve("tokenizer_config.json");
    byte[] right = Files.readAllBytes(file);
    Files.writeString(file, "spoilt");
    assertThat(fresh.run("verify", "--dir", chosen).code()).isEqualTo(5);

    Outcome repair = fresh.run("verify", "--dir", chosen, "--repair");
    assertThat(repair.code()).as(repair.err()).isZero();
    assertThat(repair.out()).contains("right digest: 2 of 2 files");
    assertThat(file).hasBinaryContent(right);
  }

  @Test
  void saysWhereOnlyTheStructureCouldBeChecked() throws Exception {
    Files.createDirectories(folder.resolve("copied"));
    for (String name : new String[] {"config.json", "model.safetensors"}) {
      Files.copy(
          Path.of("models/bundled/pixtral-mini", name), folder.resolve("copied").resolve(name));
    }
    Outcome outcome = door.run("verify", "--dir", folder.resolve("copied"));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("2 files; no digests are known, so only the structure was checked");
  }

  @Test
  void keepsCommandsInAFileNameFromTheTerminal() {
    Outcome outcome = door.run("extract", folder.resolve("red\u001b[31m.png"), "--config", CONFIG);
    assertThat(outcome.code()).isEqualTo(8);
    assertThat(outcome.err())
        .doesNotContain("\u001b")
        .contains("1 of 1 document could not be read");
  }
}
