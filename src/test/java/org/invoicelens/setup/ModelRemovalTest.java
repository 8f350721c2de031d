package org.invoicelens.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.FolderLock;
import org.invoicelens.setup.InstalledModel.State;
import org.invoicelens.setup.ModelRemoval.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRemovalTest {

  @TempDir Path own;

  private ModelFolders models;
  private ModelRemoval removal;

  @BeforeEach
  void folders() throws Exception {
    models = new ModelFolders(own);
    models.configure("small", "models/small");
    removal = new ModelRemoval(models.folders);
  }

  private InstalledModel model() throws Exception {
    return models.list().getFirst();
  }

  @Test
  void aModelGoesWithItsFolderAndWhatIsCachedForIt() throws Exception {
    Path folder = models.verified("small");
    Path packed = models.folders.data().resolve("cache/" + ModelFolders.COMMIT + "-int8");
    ModelFolders.file(packed, "layer-0", 40);
    Path other = ModelFolders.file(models.folders.data().resolve("cache"), "other", 1);
    assertThat(removal.remove(model()).freed()).isEqualTo(70);
    assertThat(folder).doesNotExist();
    assertThat(packed).doesNotExist();
    assertThat(other).exists();
    assertThat(model().state()).isEqualTo(State.NOT_INSTALLED);
  }

  @Test
  void filesOfOthersStayAndAreNamed() throws Exception {
    Path folder = models.verified("small");
    Path notes = Files.writeString(folder.resolve("notes.txt"), "mine");
    Path deep = Files.writeString(folder.resolve("weights/mine.txt"), "mine");
    Outcome outcome = removal.remove(model());
    assertThat(outcome.freed()).isEqualTo(30);
    assertThat(outcome.foreign())
        .containsExactly(Path.of("notes.txt"), Path.of("weights/mine.txt"));
    assertThat(notes).hasContent("mine");
    assertThat(deep).hasContent("mine");
    assertThat(folder.resolve("config.json")).doesNotExist();
    assertThat(folder.resolve(".invoicelens")).doesNotExist();
  }

  @Test
  void noLinkIsFollowed() throws Exception {
    Path elsewhere = Files.createDirectories(own.resolve("elsewhere"));
    Path weights = ModelFolders.file(elsewhere, "model.safetensors", 20);
    Path folder = models.folder("small");
    ModelFolders.file(folder, "config.json", 10);
    Files.createSymbolicLink(folder.resolve("weights"), elsewhere);
    Files.createSymbolicLink(folder.resolve("tokenizer.json"), weights);
    ModelFolders.note(folder, "config.json", "weights/model.safetensors", "tokenizer.json");
    Path inOwn = Files.createDirectories(folder.resolve(".invoicelens/replaced"));
    Files.createSymbolicLink(inOwn.resolve("old"), elsewhere);
    Outcome outcome = removal.remove(model());
    assertThat(outcome.freed()).isEqualTo(10);
    assertThat(weights).hasSize(20);
    assertThat(outcome.foreign()).containsExactly(Path.of("tokenizer.json"), Path.of("weights"));
  }

  @Test
  void spaceIsFreedAndTheModelStays() throws Exception {
    Path folder = models.verified("small");
    ModelFolders.partial(folder, 7);
    ModelFolders.file(folder, ".invoicelens/replaced/weights/old.safetensors", 3_000_000_000L);
    ModelFolders.file(folder, ".invoicelens/previous/" + "a".repeat(40) + "/weights", 100);
    ModelFolders.file(folder, ".invoicelens/next/" + "b".repeat(40) + "/weights", 1000);
    ModelFolders.file(models.folders.data().resolve("cache"), ModelFolders.COMMIT + "-nf4", 2);
    assertThat(model().sizes().spare()).isEqualTo(3_000_001_109L);
    assertThat(removal.freeSpace(model())).isEqualTo(3_000_001_109L);
    assertThat(model().state()).isEqualTo(State.READY);
    assertThat(model().sizes().spare()).isZero();
    assertThat(model().sizes().files()).isEqualTo(30);
  }

  @Test
  void roomThatAnUnfinishedDownloadReservedIsFreedWithIt() throws Exception {
    Path folder = models.verified("small");
    ModelFolders.reserved(folder, 7, 1000);
    assertThat(removal.freeSpace(model())).isEqualTo(1000);
    assertThat(model().sizes().spare()).isZero();
    ModelFolders.reserved(folder, 7, 1000);
    assertThat(removal.remove(model()).freed()).isEqualTo(1030);
  }

  @Test
  void withoutAManifestNobodyKnowsWhatIsTheModels() throws Exception {
    Path folder = models.verified("small");
    Files.writeString(folder.resolve(".invoicelens/manifest.json"), "{");
    Outcome outcome = removal.remove(model());
    assertThat(outcome.freed()).isZero();
    assertThat(outcome.foreign())
        .containsExactly(Path.of("config.json"), Path.of("weights/model.safetensors"));
  }

  @Test
  void aFolderThatIsGoneIsNothingToRemove() throws Exception {
    assertThat(removal.remove(model())).isEqualTo(new Outcome(0, List.of()));
    assertThat(removal.freeSpace(model())).isZero();
    assertThat(models.folder("small")).doesNotExist();
  }

  @Test
  void nothingIsRemovedWhileADownloadIsAtWork() throws Exception {
    Path folder = models.verified("small");
    InstalledModel model = model();
    try (FolderLock _ = FolderLock.take(folder)) {
      assertThatThrownBy(() -> removal.remove(model))
          .isInstanceOfSatisfying(
              DownloadException.class,
              e -> assertThat(e.reason()).isEqualTo(DownloadException.Reason.IN_USE));
    }
    assertThat(model().state()).isEqualTo(State.READY);
  }

  @Test
  void whatShipsIsNeverRemoved() throws Exception {
    Path ships = models.folders.bundledModels().resolve("small");
    ModelFolders.file(ships, "config.json", 10);
    ModelFolders.note(ships, "config.json");
    Files.createDirectories(models.folder("small").getParent());
    Files.createSymbolicLink(models.folder("small"), ships);
    assertThat(model().sizes().files()).isEqualTo(10);
    assertThatThrownBy(() -> removal.remove(model())).isInstanceOf(DownloadException.class);
    assertThat(ships.resolve("config.json")).exists();
  }
}
