package org.invoicelens.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchBuildTest {

  private static final String WHOLE =
      """
      version: 2.7.1
      flavor: cu128
      address: https://files.example.com/pytorch/
      platforms: [linux-x86_64]
      min_driver: {linux: 525.60.13, windows: 528.33}
      min_compute_capability: 7.5
      download_bytes: 2500000000
      unpacked_bytes: 5000000000
      largest_bytes: 12000000000
      sha256:
        - {file: libc10.so.gz, digest: %s}
      """
          .formatted("ab".repeat(32));

  @TempDir Path folder;

  private TorchBuild load(String text) throws Exception {
    Path file = Files.writeString(folder.resolve(TorchBuild.FILE), text);
    return new ConfigLoader(folders(Optional.empty())).loadTorchBuild(file);
  }

  private ApplicationFolders folders(Optional<Path> site) {
    Path program = Path.of("").toAbsolutePath();
    return new ApplicationFolders(program, folder, folder, folder, site);
  }

  private ConfigException refused(String text) {
    return catchThrowableOfType(ConfigException.class, () -> load(text));
  }

  @Test
  void isReadCompletely() throws Exception {
    TorchBuild build = load(WHOLE);
    assertThat(build.id()).isEqualTo("2.7.1-cu128");
    assertThat(build.address()).isEqualTo("https://files.example.com/pytorch");
    assertThat(build.sha256()).containsEntry("libc10.so.gz", "ab".repeat(32));
    assertThat(build.driverWindows()).isEqualTo("528.33");
  }

  @Test
  void theAddressIsEncryptedBecauseNobodyPublishesDigests() {
    ConfigException plain =
        refused(WHOLE.replace("https://files.example.com", "http://files.example.com"));
    assertThat(plain.faults()).singleElement().extracting("path").isEqualTo("$.address");
    assertThat(TorchBuild.isAddress("http://127.0.0.1:8080")).isTrue();
    assertThat(TorchBuild.isAddress("bundled")).isFalse();
  }

  @Test
  void whatIsWrongIsSaidAllAtOnce() {
    ConfigException wrong =
        refused(
            WHOLE
                .replace("version: 2.7.1", "version: ../2")
                .replace("cu128", "rocm")
                .replace("linux-x86_64", "amiga")
                .replace("largest_bytes", "largest"));
    assertThat(wrong.faults())
        .extracting("path")
        .contains("$.version", "$.flavor", "$.platforms[0]", "$.largest", "$.largest_bytes");
  }

  @Test
  void theAdministratorsTakesThePlaceOfTheOneThatShips() throws Exception {
    Path site = Files.createDirectories(folder.resolve("site/runtimes")).getParent();
    ApplicationFolders folders = folders(Optional.of(site));
    assertThat(folders.torchBuild()).startsWith(folders.program());
    Path own = Files.writeString(site.resolve("runtimes").resolve(TorchBuild.FILE), WHOLE);
    assertThat(folders.torchBuild()).isEqualTo(own);
  }
}
