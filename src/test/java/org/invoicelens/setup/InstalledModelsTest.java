package org.invoicelens.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.Precision;
import org.invoicelens.setup.InstalledModel.CacheEntry;
import org.invoicelens.setup.InstalledModel.Start;
import org.invoicelens.setup.InstalledModel.State;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledModelsTest {

  @TempDir Path own;

  private ModelFolders models;

  @BeforeEach
  void folders() throws Exception {
    models = new ModelFolders(own);
    models.configure("small", "models/small");
  }

  private InstalledModel only() throws Exception {
    List<InstalledModel> list = models.list();
    assertThat(list).hasSize(1);
    return list.getFirst();
  }

  @Test
  void aModelWithoutAFolderIsNotInstalled() throws Exception {
    InstalledModel model = only();
    assertThat(model.state()).isEqualTo(State.NOT_INSTALLED);
    assertThat(model.name()).isEqualTo("small");
    assertThat(model.repository()).isEqualTo("owner/small");
    assertThat(model.sizes().total()).isZero();
    assertThat(model.sizes().whole()).isEqualTo(30);
  }

  @Test
  void aModelThatAServerReadsForNeedsNothingHere() throws Exception {
    Path config = models.configure("small", "models/small");
    Files.writeString(
        config,
        "engine: remote\nremote: {url: https://vllm.example.com/v1, model: of-the-house}\n",
        StandardOpenOption.APPEND);
    InstalledModel model = only();
    assertThat(model.state()).isEqualTo(State.ON_SERVER);
    assertThat(model.sizes().total()).isZero();
    models.verified("small");
    assertThat(only().state()).as("its files are still told of").isEqualTo(State.READY);
  }

  @Test
  void aVerifiedModelIsReadyUntilAFileChanges() throws Exception {
    Path folder = models.verified("small");
    Files.writeString(
        folder.resolve(".invoicelens/started.json"),
        "{\"version\":1,\"precision\":\"int8\",\"device_map\":\"auto\",\"device\":\"cuda:0\","
            + "\"attention\":\"eager\",\"inference_ms\":5}");
    LastUse.write(folder, Instant.parse("2026-03-01T10:00:00Z"));
    InstalledModel model = only();
    assertThat(model.state()).isEqualTo(State.READY);
    assertThat(model.repository()).isEqualTo("owner/name");
    assertThat(model.commit()).isEqualTo(ModelFolders.COMMIT);
    assertThat(model.sizes().files()).isEqualTo(30);
    assertThat(model.start()).contains(new Start(Precision.INT8, "cuda:0"));
    assertThat(model.history().used()).contains(Instant.parse("2026-03-01T10:00:00Z"));
    assertThat(model.history().verified()).isPresent();
    assertThat(model.history().downloaded()).isPresent();

    ModelFolders.file(folder, "config.json", 11);
    assertThat(only().state()).isEqualTo(State.CHANGED);
    Files.delete(folder.resolve("config.json"));
    assertThat(only().state()).isEqualTo(State.CHANGED);
  }

  @Test
  void whatIsCompleteButUnprovedIsUnverified() throws Exception {
    models.downloaded("small");
    assertThat(only().state()).isEqualTo(State.UNVERIFIED);
  }

  @Test
  void anUnfinishedDownloadCountsWhatHasCome() throws Exception {
    Path folder = models.folder("small");
    ModelFolders.file(folder, "config.json", 10);
    ModelFolders.note(folder, "config.json");
    ModelFolders.list(folder, "config.json", "tokenizer.json");
    assertThat(only().state()).isEqualTo(State.PARTLY);
    ModelFolders.list(folder, "config.json");
    assertThat(only().state()).isEqualTo(State.UNVERIFIED);

    ModelFolders.partial(folder, 7);
    InstalledModel model = only();
    assertThat(model.state()).isEqualTo(State.PARTLY);
    assertThat(model.sizes().partial()).isEqualTo(7);
    assertThat(model.sizes().files() + model.sizes().partial()).isEqualTo(17);
    assertThat(model.sizes().reserved()).isZero();
  }

  @Test
  void roomThatIsReservedForAnUnfinishedDownloadIsSpareAndNotMistakenForData() throws Exception {
    ModelFolders.reserved(models.folder("small"), 0, 1000);
    assertThat(only().state()).isEqualTo(State.PARTLY);
    ModelFolders.reserved(models.folder("small"), 7, 1000);
    InstalledModel.Sizes sizes = only().sizes();
    assertThat(sizes.partial()).isEqualTo(7);
    assertThat(sizes.reserved()).isEqualTo(993);
    assertThat(sizes.spare()).isEqualTo(1000);
  }

  @Test
  void sizesOfManyGigabytesAreCountedWhole() throws Exception {
    Path folder = models.folder("small");
    ModelFolders.file(folder, "model.safetensors", 3_000_000_000L);
    ModelFolders.note(folder, "model.safetensors");
    ModelFolders.file(folder, ".invoicelens/replaced/old.safetensors", 3_000_000_001L);
    InstalledModel model = only();
    assertThat(model.sizes().files()).isEqualTo(3_000_000_000L);
    assertThat(model.sizes().replaced()).isEqualTo(3_000_000_001L);
    assertThat(model.sizes().total()).isEqualTo(6_000_000_001L);
  }

  @Test
  void ofTheCacheOnlyWhatBelongsToTheCommitIsListed() throws Exception {
    models.verified("small");
    Path cache = models.folders.data().resolve("cache");
    String packed = ModelFolders.COMMIT + "-int8";
    ModelFolders.file(cache, packed + "/layer-0", 40);
    ModelFolders.file(cache, packed + "/layer-1", 2);
    ModelFolders.file(cache, "of-another-model/layer-0", 100);
    assertThat(only().sizes().cache()).containsExactly(new CacheEntry(cache.resolve(packed), 42));
  }

  @Test
  void aFolderOnADiskThatIsGoneIsAState() throws Exception {
    models.configure("small", own.resolve("unplugged/models/small").toString());
    assertThat(only().state()).isEqualTo(State.FOLDER_MISSING);
    Files.createDirectories(own.resolve("unplugged/models"));
    assertThat(only().state()).isEqualTo(State.NOT_INSTALLED);
  }

  @Test
  void aBrokenConfigurationIsListedLastWithItsFault() throws Exception {
    Files.writeString(models.folders.modelConfigs().resolve("broken.yaml"), "name: [");
    List<InstalledModel> list = models.list();
    assertThat(list).extracting(InstalledModel::name).containsExactly("small", "broken.yaml");
    assertThat(list.getLast().state()).isEqualTo(State.CONFIGURATION_BROKEN);
    assertThat(list.getLast().fault()).isPresent();
    assertThat(list.getLast().folder()).isEmpty();
  }

  @Test
  void aModelFolderWithoutAConfigurationIsListedAndOtherFoldersAreNot() throws Exception {
    models.verified("left-over");
    Files.createDirectories(models.folder("photographs"));
    List<InstalledModel> list = models.list();
    assertThat(list).extracting(InstalledModel::name).containsExactly("left-over", "small");
    InstalledModel model = list.getFirst();
    assertThat(model.state()).isEqualTo(State.READY);
    assertThat(model.config()).isEqualTo(Optional.empty());
    assertThat(model.repository()).isEqualTo("owner/name");
  }

  @Test
  void aBrokenManifestLeavesTheModelToBeDownloaded() throws Exception {
    Path folder = models.downloaded("small");
    Files.writeString(folder.resolve(".invoicelens/manifest.json"), "{");
    Files.writeString(folder.resolve(".invoicelens/used.json"), "{");
    InstalledModel model = only();
    assertThat(model.state()).isEqualTo(State.NOT_INSTALLED);
    assertThat(model.commit()).isEmpty();
    assertThat(model.history().used()).isEmpty();
  }
}
