package org.invoicelens.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.Precision;
import org.invoicelens.stage.Stage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SetupStateTest {

  @TempDir Path folder;
  private ApplicationFolders folders;
  private Path file;

  @BeforeEach
  void chooseFolders() {
    folders = new ApplicationFolders(folder, folder, folder.resolve("state"), folder);
    file = folder.resolve("state").resolve("setup.json");
  }

  @Test
  void comesBackAsItWasWritten() {
    SetupState first = SetupState.chosen(Path.of("/models/ä.yaml"));
    first.write(folders);
    assertThat(SetupState.read(folders)).contains(first);

    SetupState last =
        first
            .reached(Stage.OPTIMIZATION)
            .verifiedAt(Instant.parse("2026-01-02T03:04:05Z"))
            .loadedAs(Precision.NF4, "cuda:1");
    last.write(folders);
    assertThat(SetupState.read(folders)).contains(last);
    assertThat(last.overrides().precision()).contains(Precision.NF4);
    assertThat(folder.resolve("state").toFile().list()).containsExactly("setup.json");
  }

  @Test
  void isNoneBeforeTheFirstSetup() {
    assertThat(SetupState.read(folders)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"version\":2,\"config\":\"a\",\"reached\":\"HARDWARE\"}",
        "{\"version\":1,\"config\":\"a\",\"reached\":\"MOON\"}",
        "{\"version\":1,\"config\":\"a\",\"reached\":\"HARDWARE\",\"verified\":\"today\"}",
        "{\"version\":1,\"config\":[],\"reached\":\"HARDWARE\"}"
      })
  void isNoneWhereTheFileIsBrokenWhichIsKeptAside(String text) throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    assertThat(SetupState.read(folders)).isEqualTo(Optional.empty());
    assertThat(file).doesNotExist();
    assertThat(file.resolveSibling("setup.json.broken")).hasContent(text);
  }

  @Test
  void costsNothingWhereItCannotBeWritten() throws Exception {
    Files.writeString(folder.resolve("state"), "a file where the folder should be");
    SetupState.chosen(Path.of("a.yaml")).write(folders);
    assertThat(SetupState.read(folders)).isEmpty();
  }
}
