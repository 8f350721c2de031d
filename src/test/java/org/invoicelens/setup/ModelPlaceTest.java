package org.invoicelens.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ConfigLoader;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
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
    Files.createDirectories(folders.program());
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

  @Test
  void bothDoorsLookForAModelWhereTheUserKeepsIt() throws Exception {
    SettingsStore settings = new SettingsStore(folders);
    settings.change(
        now -> now.withModelFolder("pixtral-12b", java.util.Optional.of(own.resolve("usb"))));
    settings.save();
    SetupPipeline pipeline = new SetupPipeline(folders, HubSettings.fromEnvironment());
    assertThat(pipeline.loadConfig(CONFIG).modelPath()).isEqualTo(own.resolve("usb"));
  }
}
