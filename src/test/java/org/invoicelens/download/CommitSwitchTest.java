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
