package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An update to another commit leaves one of both whole, wherever it ends. */
class CommitSwitchTest {

  private static final String WEIGHTS = "model.safetensors";
  private static final byte[] OLD = FaultyHub.bytes(300_000, 1);
  private static final byte[] NEW = FaultyHub.bytes(310_000, 2);
  private static final String COMMIT = "b".repeat(40);

  @TempDir Path folder;

  private void newCommit(FaultyHub hub) {
    hub.files.put(WEIGHTS, NEW);
    hub.files.remove("LICENSE");
    hub.with("generation_config.json", new byte[] {1});
    hub.commit = COMMIT;
  }

  /** Downloads a commit and then the next one; returns the first. */
  private String updated(Fixture run, FaultyHub hub) throws Exception {
    String old = run.download(hub).commit();
    newCommit(hub);
    run.download(hub);
    return old;
  }

  private static FaultyHub hub() throws Exception {
    return new FaultyHub().with("LICENSE", new byte[] {7, 8}).with(WEIGHTS, OLD);
  }

  @Test
  void aBrokenOffUpdateLeavesTheOldCommitWholeAndGoesOn() throws Exception {
    try (FaultyHub hub = hub()) {
      Fixture run = new Fixture(folder.resolve("model"));
      run.retries = 0;
      String old = run.download(hub).commit();
      Files.writeString(ModelFolder.started(run.model), "{}");
      newCommit(hub);
      hub.fault =
          (request, normal) ->
              request.isFor(WEIGHTS) && normal.from > 100_000
                  ? new FaultyHub.Reply().status(500)
                  : normal;
      assertThatThrownBy(() -> run.download(hub)).isInstanceOf(DownloadException.class);
      assertThat(run.content(WEIGHTS)).isEqualTo(OLD);
      Manifest kept = Manifest.read(run.model).orElseThrow();
      assertThat(kept.commit()).isEqualTo(old);
      assertThat(kept.isWhole(run.model) && kept.isPresent(run.model)).isTrue();
      assertThat(ModelFolder.started(run.model)).exists();

      hub.fault = (request, normal) -> normal;
      assertThat(run.download(hub).commit()).isEqualTo(COMMIT);
      assertNew(run.model);
      Path previous = ModelFolder.previous(run.model).resolve(old);
      assertThat(Files.readAllBytes(previous.resolve(WEIGHTS))).isEqualTo(OLD);
      assertThat(previous.resolve("LICENSE")).exists();
      assertThat(ModelFolder.started(previous)).exists();
    }
  }

  @Test
  void aSwitchThatEndsAtAnyStepIsFinishedAtTheNextStart() throws Exception {
    try (FaultyHub hub = hub()) {
      int end = 0;
      boolean ended = true;
      List<String> seen = new ArrayList<>();
      for (; ended; end++) {
        hub.files.clear();
        hub.with("LICENSE", new byte[] {7, 8}).with(WEIGHTS, OLD);
        hub.commit = "a".repeat(40);
        Path model = folder.resolve("model" + end);
        Fixture run = new Fixture(model);
        run.download(hub);
        Manifest old = Manifest.read(model).orElseThrow();
        newCommit(hub);
        Fixture other = new Fixture(ModelFolder.next(model, COMMIT));
        other.download(hub);
        Listing listing = Listing.read(other.model).orElseThrow();
        int last = end;
        int[] step = {0};
        ended = false;
        try {
          CommitSwitch.Steps steps =
              name -> {
                if (step[0]++ == last) {
                  seen.add(name);
                  throw new IOException("killed");
                }
              };
          new CommitSwitch(model, steps).to(old, listing);
        } catch (IOException killed) {
          ended = true;
        }
        assertThat(run.download(hub).commit()).isEqualTo(COMMIT);
        assertNew(model);
        assertThat(
                Files.readAllBytes(
                    ModelFolder.previous(model).resolve(old.commit()).resolve(WEIGHTS)))
            .isEqualTo(OLD);
      }
      assertThat(seen)
          .contains("journal", "away LICENSE", "away " + WEIGHTS, "bring " + WEIGHTS, "manifest");
    }
  }

  @Test
  void goesBackToThePreviousCommitAndForwardAgainWithoutTheServer() throws Exception {
    try (FaultyHub hub = hub()) {
      Fixture run = new Fixture(folder.resolve("model"));
      String old = run.download(hub).commit();
      Files.writeString(ModelFolder.started(run.model), "{\"old\":1}");
      newCommit(hub);
      run.download(hub);
      assertNew(run.model);

      assertThat(new PreviousCommit(run.model).restore().commit()).isEqualTo(old);
      assertThat(run.content(WEIGHTS)).isEqualTo(OLD);
      assertThat(run.content("LICENSE")).isEqualTo(new byte[] {7, 8});
      assertThat(run.model.resolve("generation_config.json")).doesNotExist();
      assertThat(ModelFolder.started(run.model)).hasContent("{\"old\":1}");
      Manifest manifest = Manifest.read(run.model).orElseThrow();
      assertThat(manifest.commit()).isEqualTo(old);
      assertThat(ProvedFiles.read(run.model).holdAll(manifest.checksums())).isTrue();

      assertThat(new PreviousCommit(run.model).restore().commit()).isEqualTo(COMMIT);
      assertNew(run.model);
    }
  }

  @Test
  void aWayBackThatEndsAtItsBeginningIsFoundAgain() throws Exception {
    try (FaultyHub hub = hub()) {
      Fixture run = new Fixture(folder.resolve("model"));
      String old = updated(run, hub);
      Files.createDirectories(ModelFolder.next(run.model));
      Files.move(ModelFolder.previous(run.model).resolve(old), ModelFolder.next(run.model, old));
      assertThat(new PreviousCommit(run.model).restore().commit()).isEqualTo(old);
      assertThat(run.content(WEIGHTS)).isEqualTo(OLD);
    }
  }

  @Test
  void withoutAPreviousCommitThatIsWholeThereIsNoWayBack() throws Exception {
    try (FaultyHub hub = hub()) {
      Fixture run = new Fixture(folder.resolve("model"));
      assertThatThrownBy(() -> new PreviousCommit(run.model).restore())
          .isInstanceOf(DownloadException.class);
      String old = updated(run, hub);
      Files.delete(ModelFolder.previous(run.model).resolve(old).resolve("LICENSE"));
      assertThatThrownBy(() -> new PreviousCommit(run.model).restore())
          .isInstanceOf(DownloadException.class)
          .hasMessageContaining("No previous version");
      assertNew(run.model);
    }
  }

  @Test
  void anotherCommitOfTheSameFilesGivesUpNothing() throws Exception {
    try (FaultyHub hub = hub()) {
      Fixture run = new Fixture(folder.resolve("model"));
      String old = updated(run, hub);
      Files.writeString(ModelFolder.started(run.model), "{}");
      hub.commit = "c".repeat(40);
      assertThat(run.download(hub).commit()).isEqualTo("c".repeat(40));
      assertThat(ModelFolder.started(run.model)).exists();
      assertThat(ModelFolder.previous(run.model).resolve(old)).exists();
      assertThat(Manifest.read(run.model).orElseThrow().commit()).isEqualTo("c".repeat(40));
    }
  }

  private static void assertNew(Path model) throws IOException {
    assertThat(Files.readAllBytes(model.resolve(WEIGHTS))).isEqualTo(NEW);
    assertThat(model.resolve("LICENSE")).doesNotExist();
    assertThat(ModelFolder.started(model)).doesNotExist();
    assertThat(ModelFolder.switchJournal(model)).doesNotExist();
    assertThat(ModelFolder.next(model, COMMIT)).doesNotExist();
    Manifest manifest = Manifest.read(model).orElseThrow();
    assertThat(manifest.commit()).isEqualTo(COMMIT);
    assertThat(ProvedFiles.read(model).holdAll(manifest.checksums())).isTrue();
  }
}
