package org.invoicelens;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {

  @Test
  void looksForADisplayWhereOneHasAName() {
    assertThat(Main.hasDisplay("Linux", Map.of())).isFalse();
    assertThat(Main.hasDisplay("Linux", Map.of("DISPLAY", ""))).isFalse();
    assertThat(Main.hasDisplay("Linux", Map.of("DISPLAY", ":0"))).isTrue();
    assertThat(Main.hasDisplay("Linux", Map.of("WAYLAND_DISPLAY", "wayland-0"))).isTrue();
    assertThat(Main.hasDisplay("Windows 11", Map.of())).isTrue();
    assertThat(Main.hasDisplay("Mac OS X", Map.of())).isTrue();
  }

  @Test
  void opensTheWindowForDocumentsAndForNothingAtAll(@TempDir Path folder) throws Exception {
    Path invoice = Files.createFile(folder.resolve("Rechnung äöü.pdf"));
    assertThat(documents()).contains(List.of());
    assertThat(documents("open")).contains(List.of());
    assertThat(documents("open", "a.pdf")).contains(List.of(Path.of("a.pdf").toAbsolutePath()));
    assertThat(documents(invoice.toString())).contains(List.of(invoice));
    assertThat(documents("open", "--help")).isEmpty();
    assertThat(documents("open", "no\0path")).isEmpty();
    assertThat(documents("demo")).isEmpty();
    assertThat(documents("extract", invoice.toString())).isEmpty();
    assertThat(documents(folder.resolve("missing.pdf").toString())).isEmpty();
  }

  private static Optional<List<Path>> documents(String... arguments) {
    return Main.documents(arguments);
  }
}
