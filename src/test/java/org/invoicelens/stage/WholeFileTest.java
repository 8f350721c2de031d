package org.invoicelens.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {

  @TempDir Path folder;

  @Test
  void replacesWhatWasThereAndLeavesNothingBeside() throws Exception {
    Path file = Files.writeString(folder.resolve("a.json"), "old and longer");
    WholeFile.write(file, bytes("new"));
    assertThat(file).hasContent("new");
    assertThat(names()).containsExactly("a.json");
  }

  @Test
  void afterAFailureTheOldContentIsThereAndNothingBeside() throws Exception {
    Path file = Files.writeString(folder.resolve("a.json"), "old");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() ->
            WholeFile.write(
                file,
                out -> {
                  out.write(ByteBuffer.wrap(bytes("half of the n")));
                  throw new IOException("No space left on device");
                }))
        .withMessageContaining("No space");
    assertThat(file).hasContent("old");
    assertThat(names()).containsExactly("a.json");
  }

  @Test
  void whatAKilledProcessLeftBesideCanBeRemovedAndNothingElse() throws Exception {
    Path file = Files.writeString(folder.resolve("a.json"), "old");
    for (String name :
        new String[] {
          ".a.json." + java.util.UUID.randomUUID(),
          ".b.json." + java.util.UUID.randomUUID(),
          ".a.json.mine"
        }) {
      Files.writeString(folder.resolve(name), "half of the n");
    }
    WholeFile.removeUnfinished(file);
    assertThat(names()).hasSize(3).contains("a.json", ".a.json.mine");
  }

  @Test
  void replacesALinkAndNotWhatItLeadsTo() throws Exception {
    Path other = Files.writeString(folder.resolve("other"), "not ours");
    Path link = Files.createSymbolicLink(folder.resolve("a.json"), other);
    WholeFile.write(link, bytes("ours"));
    assertThat(other).hasContent("not ours");
    assertThat(link).hasContent("ours");
    assertThat(Files.isSymbolicLink(link)).isFalse();
  }

  @Test
  void readsNoMoreThanItShould() throws Exception {
    Path file = Files.writeString(folder.resolve("a.json"), "1234");
    assertThat(WholeFile.readText(file, 4)).isEqualTo("1234");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> WholeFile.readText(file, 3))
        .withMessageContaining("more than 3 bytes");
    Files.write(file, new byte[] {(byte) 0xff});
    assertThatExceptionOfType(CharacterCodingException.class)
        .isThrownBy(() -> WholeFile.readText(file, 3));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Stream<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }
}
