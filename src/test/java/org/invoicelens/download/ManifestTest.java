package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {

  private static final Checksum SHA256 =
      new Checksum(Checksum.Algorithm.SHA256, "ab".repeat(32), 25_000_000_000L);
  private static final Checksum GIT = new Checksum(Checksum.Algorithm.GIT_SHA1, "cd".repeat(20), 0);
  private static final Manifest MANIFEST =
      new Manifest(
          "owner/name",
          "12".repeat(20),
          Map.of(
              "model.safetensors", new Manifest.Entry(SHA256, 1_700_000_000_123L),
              "sub/config.json", new Manifest.Entry(GIT, 5)));

  @TempDir Path folder;

  @Test
  void isReadAsItWasWritten() throws Exception {
    MANIFEST.write(folder);
    assertThat(Manifest.read(folder)).contains(MANIFEST);
  }

  @Test
  void isEmptyWhereThereIsNone() throws Exception {
    assertThat(Manifest.read(folder)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"version\":2}",
        "{\"version\":1,\"repository\":\"a/b\",\"commit\":\"c\"}",
        "{\"version\":1,\"repository\":\"a/b\",\"commit\":\"c\",\"files\":{\"f\":{\"size\":-1}}}",
        "{\"version\":1,\"repository\":\"a/b\",\"commit\":\"c\",\"files\":{\"f\":{\"size\":1,"
            + "\"algorithm\":\"MD5\",\"digest\":\"00\",\"modified\":0}}}"
      })
  void aSpoiltOneCountsAsNone(String content) throws Exception {
    Files.createDirectories(folder.resolve(".invoicelens"));
    Files.writeString(folder.resolve(".invoicelens/manifest.json"), content);
    assertThat(Manifest.read(folder)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../f", "/f", "C:f", "a/../../f", ".invoicelens/journal", "NUL"})
  void oneWithANameThatLeadsOutOfTheFolderCountsAsNone(String name) throws Exception {
    Checksum checksum = new Checksum(Checksum.Algorithm.SHA256, "0".repeat(64), 1);
    new Manifest("a/b", "c", Map.of("f", new Manifest.Entry(checksum, 0))).write(folder);
    assertThat(Manifest.read(folder)).isPresent();

    Path file = folder.resolve(".invoicelens/manifest.json");
    Files.writeString(file, Files.readString(file).replace("\"f\":", "\"" + name + "\":"));

    assertThat(Manifest.read(folder)).isEmpty();
  }

  @Test
  void tellsAllFilesAsTheResultOfADownload() {
    DownloadResult result = MANIFEST.asDownloadResult(folder);
    assertThat(result.checksums())
        .isEqualTo(Map.of("model.safetensors", SHA256, "sub/config.json", GIT));
    assertThat(result.totalSize()).isEqualTo(25_000_000_000L);
    assertThat(result.transferred()).isZero();
  }
}
