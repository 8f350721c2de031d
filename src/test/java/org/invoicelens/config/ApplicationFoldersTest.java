package org.invoicelens.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationFoldersTest {

  @TempDir Path folder;
  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();
  private Path program;
  private Path home;

  @BeforeEach
  void prepare() throws Exception {
    program = Files.createDirectories(folder.resolve("program"));
    home = folder.resolve("home");
    properties.put("user.home", home.toString());
    properties.put("user.dir", folder.toString());
    properties.put("os.name", "Linux");
    properties.put("invoicelens.home", program.toString());
  }

  @Test
  void installedOnLinuxFollowsXdg() {
    assertThat(folders())
        .isEqualTo(
            new ApplicationFolders(
                program,
                home.resolve(".local/share/invoicelens"),
                home.resolve(".local/state/invoicelens"),
                home.resolve(".local/state/invoicelens/logs"),
                Optional.of(Path.of("/etc/invoicelens"))));

    environment.put("XDG_DATA_HOME", folder.resolve("d").toString());
    environment.put("XDG_STATE_HOME", folder.resolve("s").toString());

    assertThat(folders().data()).isEqualTo(folder.resolve("d/invoicelens"));
    assertThat(folders().state()).isEqualTo(folder.resolve("s/invoicelens"));
  }

  @Test
  void relativeXdgFoldersAreIgnored() {
    environment.put("XDG_DATA_HOME", "relative");

    assertThat(folders().data()).isEqualTo(home.resolve(".local/share/invoicelens"));
  }

  @Test
  void installedOnWindowsKeepsLargeDataOutOfTheRoamingProfile() {
    properties.put("os.name", "Windows 11");
    environment.put("LOCALAPPDATA", folder.resolve("Local").toString());

    assertThat(folders())
        .isEqualTo(
            new ApplicationFolders(
                program,
                folder.resolve("Local/InvoiceLens/Data"),
                folder.resolve("Local/InvoiceLens/State"),
                folder.resolve("Local/InvoiceLens/Logs")));
  }

  @Test
  void installedOnMacOsUsesTheLibrary() {
    properties.put("os.name", "Mac OS X");

    assertThat(folders().data()).isEqualTo(home.resolve("Library/Application Support/InvoiceLens"));
    assertThat(folders().logs()).isEqualTo(home.resolve("Library/Logs/InvoiceLens"));
  }

  @Test
  void aCheckoutKeepsModelsAndStateInItself() throws Exception {
    Files.createFile(program.resolve("pom.xml"));

    assertThat(folders())
        .isEqualTo(
            new ApplicationFolders(
                program,
                program,
                program.resolve("models/.invoicelens-state"),
                home.resolve(".local/state/invoicelens/logs"),
                Optional.of(Path.of("/etc/invoicelens"))));
  }

  @Test
  void aCheckoutThatMayOnlyBeReadKeepsNothingInItself() throws Exception {
    Files.createFile(program.resolve("pom.xml"));
    assumeTrue(program.toFile().setWritable(false), "the file system knows permissions");
    try {
      assumeFalse(Files.isWritable(program), "the administrator may write everywhere");
      assertThat(folders().data()).isEqualTo(home.resolve(".local/share/invoicelens"));
    } finally {
      program.toFile().setWritable(true);
    }
  }

  @Test
  void oneFolderCanHoldEverything() throws Exception {
    Files.createFile(program.resolve("pom.xml"));
    Path stick = folder.resolve("stick");
    environment.put("INVOICELENS_DATA", stick.toString());

    assertThat(folders())
        .isEqualTo(
            new ApplicationFolders(
                program,
                stick,
                stick.resolve("state"),
                stick.resolve("logs"),
                Optional.of(Path.of("/etc/invoicelens"))));

    properties.put("invoicelens.data", folder.resolve("other").toString());

    assertThat(folders().data()).isEqualTo(folder.resolve("other"));
  }

  @Test
  void theAdministratorsFolderCanBeNamedOnEverySystem() {
    environment.put("INVOICELENS_SITE", folder.resolve("site").toString());
    for (String system : List.of("Linux", "Windows 11", "Mac OS X")) {
      properties.put("os.name", system);
      assertThat(folders().site()).as(system).contains(folder.resolve("site"));
    }
  }

  @Test
  void theAdministratorsConfigurationsReplaceThoseOfTheSameNameAndAddOthers() throws Exception {
    Path shipped = Files.createDirectories(program.resolve("config/models"));
    Path site = Files.createDirectories(folder.resolve("site/models"));
    Files.createFile(shipped.resolve("pixtral.yaml"));
    Files.createFile(shipped.resolve("pixtral-mini.yaml"));
    Files.createFile(shipped.resolve("README.md"));
    Files.createFile(site.resolve("pixtral.yaml"));
    Files.createFile(site.resolve("branch.yaml"));
    environment.put("INVOICELENS_SITE", folder.resolve("site").toString());

    assertThat(folders().allModelConfigs())
        .containsExactly(
            site.resolve("branch.yaml"),
            shipped.resolve("pixtral-mini.yaml"),
            site.resolve("pixtral.yaml"));
    assertThat(folders().modelConfig("pixtral.yaml")).isEqualTo(site.resolve("pixtral.yaml"));
    assertThat(folders().modelConfig("pixtral-mini.yaml"))
        .isEqualTo(shipped.resolve("pixtral-mini.yaml"));
  }

  @Test
  void theProgramFolderIsFoundAboveTheJar() throws Exception {
    properties.remove("invoicelens.home");
    Files.createDirectories(program.resolve("config/models"));
    Path jar = program.resolve("lib/app/invoicelens.jar");

    assertThat(ApplicationFolders.of(properties::get, environment, Optional.of(jar)).program())
        .isEqualTo(program);
    assertThat(folders().program()).isEqualTo(folder);
  }

  private ApplicationFolders folders() {
    return ApplicationFolders.of(properties::get, environment, Optional.empty());
  }
}
