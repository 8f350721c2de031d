package org.invoicelens.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;
import org.invoicelens.config.ApplicationFolders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SecretsFileTest {

  private static final Secrets ENTERED =
      new Secrets(Optional.of("hf_secret"), Optional.of("me"), Optional.of("s3cret"));

  @TempDir Path own;

  private ApplicationFolders folders() {
    return new ApplicationFolders(own, own, own.resolve("state"), own);
  }

  private SecretsFile open() {
    return new SecretsFile(folders());
  }

  private Path file() {
    return own.resolve("state").resolve("secrets.json");
  }

  @Test
  void whatIsOnlyForThisRunIsWrittenNowhere() throws Exception {
    SecretsFile secrets = open();
    secrets.change(ENTERED, false);
    secrets.save();
    assertThat(secrets.current()).isEqualTo(ENTERED);
    assertThat(file()).doesNotExist();
    assertThat(open().current()).isEqualTo(Secrets.NONE);
    assertThat(open().isKept()).isFalse();
  }

  @Test
  void whatIsKeptIsThereAgainAndGoneWhenTheUserThinksBetterOfIt() throws Exception {
    SecretsFile secrets = open();
    secrets.change(ENTERED, true);
    secrets.save();
    assertThat(open().current()).isEqualTo(ENTERED);
    assertThat(open().isKept()).isTrue();
    secrets.change(ENTERED, false);
    secrets.save();
    assertThat(file()).doesNotExist();
    try (Stream<Path> left = Files.list(file().getParent())) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "permissions are POSIX ones")
  void onlyTheOwnerMayReadTheFile() throws Exception {
    SecretsFile secrets = open();
    secrets.change(ENTERED, true);
    secrets.save();
    assertThat(permissions()).isEqualTo("rw-------");
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(open().current()).isEqualTo(ENTERED);
    assertThat(permissions()).isEqualTo("rw-------");
  }

  private String permissions() throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file()));
  }

  @Test
  void aBrokenFileCountsAsNone() throws Exception {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "{ hf_secret");
    assertThat(open().current()).isEqualTo(Secrets.NONE);
  }

  @Test
  void noTextFormShowsASecret() {
    assertThat(ENTERED.toString()).doesNotContain("hf_secret").doesNotContain("s3cret");
  }
}
