package org.invoicelens.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.invoicelens.cli.DoorForTests.Outcome;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.BrokenOffSwitch;
import org.invoicelens.download.FolderLock;
import org.invoicelens.download.Manifest;
import org.invoicelens.setup.InstalledModel;
import org.invoicelens.setup.InstalledModels;
import org.invoicelens.setup.SetupPipeline;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.verify.VerificationStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose change to another commit was broken off is whole wherever it is used next. */
class SwitchedModelTest {

  private static final String NAME = "pixtral-mini";
  private static final String SWITCH = ".invoicelens/switch.json";

  @TempDir Path data;

  private final Map<String, byte[]> old = new HashMap<>();
  private final Map<String, byte[]> now = new HashMap<>();

  /** Both are the bundled model; a file is gone, one has come and two have changed. */
  @BeforeEach
  void readModel() throws Exception {
    Path bundled = DoorForTests.PROGRAM.resolve("models/bundled/pixtral-mini");
    try (DirectoryStream<Path> files = Files.newDirectoryStream(bundled)) {
      for (Path file : files) {
        old.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    now.putAll(old);
    now.put("model.safetensors", old.get("model.safetensors").clone());
    now.get("model.safetensors")[now.get("model.safetensors").length - 5] ^= 1;
    now.put("README.md", new byte[] {'n', 'e', 'w'});
    now.put("NOTICE", new byte[] {'n'});
    old.put("docs/LICENSE", new byte[] {'l'});
  }

  private ModelConfig config(SetupPipeline pipeline, Path model) throws Exception {
    return pipeline
        .loadConfig(DoorForTests.PROGRAM.resolve("config/models/" + NAME + ".yaml"))
        .withModelPath(model);
  }

  private boolean leave(Path model, int step) throws Exception {
    return BrokenOffSwitch.leave(model, "owner/" + NAME, old, now, step);
  }

  /** The number of the last step before which a switch can end, found in a folder of its own. */
  private int lastStep() throws Exception {
    int step = 0;
    while (leave(data.resolve("trial" + step), step)) {
      step++;
    }
    return step - 1;
  }

  @Test
  void verifyFindsEveryFileWholeWhereverTheSwitchEnded() throws Exception {
    DoorForTests door = new DoorForTests(data);
    Set<String> commits = new HashSet<>();
    int unfinished = 0;
    int step = 0;
    for (Path model = data.resolve("model0"); leave(model, step); ) {
      unfinished += Files.exists(model.resolve(SWITCH)) ? 1 : 0;
      Outcome outcome = door.run("verify", "--dir", model, "--json");
      assertThat(outcome.code()).as("step %d: %s", step, outcome.err()).isZero();
      Manifest manifest = Manifest.read(model).orElseThrow();
      commits.add(manifest.commit());
      assertThat(outcome.json().get("checksum_matches").getAsInt())
          .as("step %d", step)
          .isEqualTo(manifest.files().size())
          .isEqualTo(manifest.commit().equals(BrokenOffSwitch.OLD) ? old.size() : now.size());
      assertThat(model.resolve(SWITCH)).doesNotExist();
      step++;
      model = data.resolve("model" + step);
    }
    assertThat(unfinished).isGreaterThanOrEqualTo(8);
    // Before it is written down what to do, the old commit is whole; afterwards the new one.
    assertThat(commits).containsExactlyInAnyOrder(BrokenOffSwitch.OLD, BrokenOffSwitch.NEW);
  }

  @Test
  void theListOfModelsAndTheStartFindItWholeToo() throws Exception {
    DoorForTests door = new DoorForTests(data);
    SetupPipeline pipeline = new SetupPipeline(door.folders(), DoorForTests.settings());
    Path model = data.resolve("models/" + NAME);
    int middle = lastStep() / 2;
    leave(model, middle);
    assertThat(model.resolve(SWITCH)).exists();
    InstalledModel listed =
        new InstalledModels(door.folders(), pipeline)
            .list().stream()
                .filter(found -> found.folder().filter(model::equals).isPresent())
                .findFirst()
                .orElseThrow();
    assertThat(listed.state()).isEqualTo(InstalledModel.State.UNVERIFIED);
    assertThat(listed.commit()).isEqualTo(BrokenOffSwitch.NEW);
    VerificationStatus status = pipeline.check(listed, ProgressListener.NONE, new Cancellation());
    assertThat(status.checksumMatches()).isEqualTo(now.size());

    Path other = data.resolve("other/" + NAME);
    leave(other, middle);
    assertThat(pipeline.verified(config(pipeline, other))).isEmpty();
    assertThat(other.resolve(SWITCH)).doesNotExist();
    assertThat(Manifest.read(other).orElseThrow().commit()).isEqualTo(BrokenOffSwitch.NEW);
  }

  @Test
  void aSwitchIsLeftAloneWhileAnotherIsAtWorkInTheFolder() throws Exception {
    DoorForTests door = new DoorForTests(data);
    Path model = data.resolve("model");
    leave(model, lastStep() / 2);
    byte[] journal = Files.readAllBytes(model.resolve(SWITCH));
    try (FolderLock _ = FolderLock.take(model)) {
      assertThat(door.run("verify", "--dir", model).code()).isEqualTo(5);
      assertThat(model.resolve(SWITCH)).hasBinaryContent(journal);
    }
    assertThat(door.run("verify", "--dir", model).code()).isZero();
  }

  @Test
  void aSwitchInAFolderFromElsewhereMovesNothingThroughALink() throws Exception {
    DoorForTests door = new DoorForTests(data);
    Path model = data.resolve("model");
    leave(model, Integer.MAX_VALUE);
    Path outside = Files.createDirectory(data.resolve("outside"));
    Path precious = Files.writeString(outside.resolve("file"), "precious");
    Files.createSymbolicLink(model.resolve("link"), outside);
    Path next = Files.createDirectories(model.resolve(".invoicelens/next"));
    Files.createSymbolicLink(next.resolve("d".repeat(40)), outside);
    Files.createSymbolicLink(
        Files.createDirectory(next.resolve("e".repeat(40))).resolve("link"), outside);
    for (String lists :
        List.of(
            "'d', 'away': ['link/file'], 'bring': []",
            "'d', 'away': [], 'bring': ['file']",
            "'e', 'away': [], 'bring': ['link/file']")) {
      String to = lists.substring(1, 2).repeat(40);
      String journal =
          "{'old': '" + "c".repeat(40) + "', 'new': '" + to + "'" + lists.substring(3) + "}";
      Files.writeString(model.resolve(SWITCH), journal.replace('\'', '"'));
      door.run("verify", "--dir", model);
      assertThat(precious).as(journal).hasContent("precious");
      assertThat(model.resolve(SWITCH)).as(journal).exists();
    }
  }
}
