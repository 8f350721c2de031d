package org.invoicelens.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ConfigLoader;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.Checksum;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.Manifest;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.settings.SettingsStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelPlaceTest {

  private static final Path CONFIG = Path.of("config/models/pixtral.yaml").toAbsolutePath();

  @TempDir Path own;

  private ApplicationFolders folders;
  private ModelConfig config;

  @BeforeEach
  void configure() throws Exception {
    folders =
        new ApplicationFolders(
            own.resolve("program"), own.resolve("data"), own.resolve("state"), own);
    Path schemas = Files.createDirectories(folders.program().resolve("assets/schema"));
    for (String schema : List.of("invoice.schema.json", "slip.schema.json")) {
      Files.copy(Path.of("assets/schema", schema), schemas.resolve(schema));
    }
    config = new ConfigLoader(folders).load(CONFIG);
  }

  @Test
  void countsWhatIsThereAndWhatIsStillToCome() throws Exception {
    Files.createDirectories(config.modelPath());
    Files.write(config.modelPath().resolve("a.safetensors"), new byte[1_000_000]);
    ModelPlace place = ModelPlace.of(config);
    assertThat(place.present()).isEqualTo(1_000_000);
    assertThat(place.missing()).isEqualTo(place.needed() - 1_000_000);
    assertThat(place.remaining()).isEqualTo(place.free() - place.missing());
  }

  @Test
  void countsOfAnUnfinishedFileWhatCameAndNotItsLength() throws Exception {
    Files.createDirectories(config.modelPath());
    Files.write(config.modelPath().resolve("a.safetensors"), new byte[1000]);
    ModelFolders.partial(config.modelPath(), 7);
    assertThat(ModelPlace.of(config).present()).isEqualTo(1007);
  }

  @Test
  void countsRoomThatAnUnfinishedFileHasReservedAsRoomForTheModel() throws Exception {
    Files.createDirectories(config.modelPath());
    ModelFolders.reserved(config.modelPath(), 7, 10_000_000_000_000L);
    ModelPlace place = ModelPlace.of(config);
    assertThat(place.present()).isEqualTo(7);
    assertThat(place.free()).isGreaterThanOrEqualTo(10_000_000_000_000L - 7);
  }

  @Test
  void aChosenFolderGetsOneOfTheModelsNameUnlessItHoldsAModel() throws Exception {
    ModelConfig small = config("pixtral-mini");
    Path disk = Files.createDirectories(own.resolve("disk"));
    assertThat(ModelPlace.inAnother(small, disk, folders).folder())
        .isEqualTo(disk.resolve("pixtral-mini"));
    Path colleagues = Files.createDirectories(own.resolve("theirs/.invoicelens")).getParent();
    assertThat(ModelPlace.inAnother(small, colleagues, folders).folder()).isEqualTo(colleagues);
  }

  private ModelConfig config(String name) throws Exception {
    return new ConfigLoader(folders)
        .load(Path.of("config/models/" + name + ".yaml").toAbsolutePath());
  }

  @Test
  void aModelNeverGoesIntoTheProgramsFolder() {
    assertThatThrownBy(
            () -> ModelPlace.inAnother(config, folders.program().resolve("models"), folders))
        .isInstanceOfSatisfying(
            DownloadException.class,
            e -> assertThat(e.problem().what()).contains("belongs to the program"));
  }

  @Test
  void aFileIsNoFolder() throws Exception {
    Path file = Files.createFile(own.resolve("pixtral-mini"));
    ModelConfig small = config("pixtral-mini");
    assertThatThrownBy(() -> ModelPlace.inAnother(small, file, folders))
        .isInstanceOf(DownloadException.class);
  }

  private void assertRefused(Path chosen, String words) {
    assertThatThrownBy(() -> ModelPlace.toMoveTo(config, chosen, folders))
        .isInstanceOfSatisfying(
            DownloadException.class, e -> assertThat(e.problem().what()).contains(words));
  }

  @Test
  void aModelIsMovedWhereThereIsRoomForWhatIsHereAndNotForTheWholeOfIt() throws Exception {
    Files.createDirectories(config.modelPath());
    Files.write(config.modelPath().resolve("a.safetensors"), new byte[1_000_000]);
    Path disk = Files.createDirectories(own.resolve("disk"));
    ModelPlace place = ModelPlace.toMoveTo(config, disk, folders);
    assertThat(place.folder()).isEqualTo(disk.resolve("pixtral-12b"));
    assertThat(place.needed()).isEqualTo(1_000_000);
  }

  @Test
  void aModelIsNotMovedToWhereItLiesNorIntoItselfNorIntoTheProgram() throws Exception {
    Files.createDirectories(config.modelPath());
    assertRefused(config.modelPath().getParent(), "already");
    assertRefused(config.modelPath(), "already");
    assertRefused(config.modelPath().resolve("sub"), "cannot be moved");
    assertRefused(folders.program().resolve("models"), "belongs to the program");
    Path into = Files.createDirectories(own.resolve("deep/pixtral-12b/v1"));
    config = config.withModelPath(into);
    assertRefused(own.resolve("deep"), "cannot be moved");
  }

  @Test
  void aModelThatIsNotThereCannotBeMoved() {
    assertRefused(own, "cannot be read");
  }

  private Path brought(String repository, long noted) throws Exception {
    Path folder = own.resolve("usb" + noted + repository.length()).resolve("pixtral-12b");
    ModelFolders.file(folder, "config.json", 10);
    new Manifest(
            repository,
            ModelFolders.COMMIT,
            Map.of(
                "config.json",
                new Manifest.Entry(
                    new Checksum(Checksum.Algorithm.SHA256, "0".repeat(64), noted), 0)))
        .write(folder);
    return folder;
  }

  @Test
  void aModelIsFoundWhereAllItsFilesLieAndTheSettingsKeepThat() throws Exception {
    Path folder = brought(config.repoId(), 10);
    SettingsStore settings = new SettingsStore(folders);
    assertThat(ModelMove.find(config, folder.getParent(), folders, settings)).isEqualTo(folder);
    assertThat(new SettingsStore(folders).current().modelFolders())
        .containsEntry("pixtral-12b", folder);
  }

  @Test
  void aModelIsNotFoundInAFolderOfAnotherNorWhereAFileHasAnotherSizeNorWhereNothingIsNoted()
      throws Exception {
    SettingsStore settings = new SettingsStore(folders);
    for (Path folder :
        List.of(
            brought("other/model", 10),
            brought(config.repoId(), 11),
            Files.createDirectories(own.resolve("empty")))) {
      assertThatThrownBy(() -> ModelMove.find(config, folder, folders, settings))
          .isInstanceOfSatisfying(
              DownloadException.class, e -> assertThat(e.problem().what()).contains("are not in"));
    }
    assertThat(settings.current().modelFolders()).isEmpty();
  }

  @Test
  void aPlaceThatCannotBeWrittenDownIsNotKept() throws Exception {
    Path folder = brought(config.repoId(), 10);
    SettingsStore settings = new SettingsStore(folders);
    Files.writeString(folders.state(), "a file where the folder should be");
    assertThatThrownBy(() -> ModelMove.find(config, folder, folders, settings))
        .isInstanceOfSatisfying(
            DownloadException.class, e -> assertThat(e.problem().what()).contains("cannot note"));
    assertThat(settings.current().modelFolders()).isEmpty();
  }

  @Test
  void bothDoorsLookForAModelWhereTheUserKeepsIt() throws Exception {
    SettingsStore settings = new SettingsStore(folders);
    settings.change(now -> now.withModelFolder("pixtral-12b", Optional.of(own.resolve("usb"))));
    settings.save();
    SetupPipeline pipeline = new SetupPipeline(folders, HubSettings.fromEnvironment());
    assertThat(pipeline.loadConfig(CONFIG).modelPath()).isEqualTo(own.resolve("usb"));
  }
}
