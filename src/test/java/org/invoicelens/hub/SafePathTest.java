package org.invoicelens.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.invoicelens.stage.InGerman;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafePathTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        "model-00001-of-00006.safetensors",
        "sub/folder/file",
        ".gitattributes",
        "a b.txt",
        "Größe.json",
        "console.log",
        "sub/.invoicelens/x"
      })
  void ordinaryNamesAreSafe(String path) {
    assertThat(SafePath.fault(path)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/etc/passwd",
        "../x",
        "a/../x",
        "a/..",
        "a//b",
        "a/",
        "./a",
        "C:x",
        "C:/x",
        "C:\\x",
        "\\\\server\\share",
        "//server/share",
        "a\\b",
        "..\\x",
        "file:stream",
        "CON",
        "nul.txt",
        "sub/Aux",
        "com1.json",
        "LPT\u00b9",
        "NUL .txt",
        "name.",
        "name ",
        "a/b. /c",
        "tab\tname",
        "line\nname",
        "zero\u0000",
        "right\u202eleft",
        "zero\u200bwidth",
        "what?",
        "star*",
        ".invoicelens/manifest.json",
        ".InvoiceLens/lock",
        ".invoicelens",
        "INVOIC~1/lock"
      })
  void namesThatAnySystemTakesOtherwiseAreNot(String path) {
    assertThat(SafePath.fault(path)).isPresent();
  }

  @Test
  void longNamesAreRefused() {
    assertThat(SafePath.fault("a".repeat(255))).isEmpty();
    assertThat(SafePath.fault("a".repeat(256))).isPresent();
    assertThat(SafePath.fault("ü".repeat(128))).isPresent();
    assertThat(SafePath.fault("a/".repeat(600) + "a")).isPresent();
  }

  @Test
  void twinsAreRefused() {
    assertThat(SafePath.fault(List.of("a", "b", "c/a"))).isEmpty();
    assertThat(SafePath.fault(List.of("readme.md", "README.md"))).isPresent();
    assertThat(SafePath.fault(List.of("caf\u00e9", "cafe\u0301"))).isPresent();
    assertThat(SafePath.fault(List.of("model", "Model/config.json"))).isPresent();
    assertThat(SafePath.fault(List.of("same", "same"))).isPresent();
  }

  @Test
  void whatIsWrongIsSaidInTheUsersLanguage() throws Exception {
    assertThat(SafePath.fault(List.of("a", "../b"))).contains("\"../b\" leads out of its folder");
    assertThat(InGerman.of(() -> SafePath.fault(List.of("a", "A"))))
        .contains("„A“ ist auf manchen Dateisystemen derselbe Name wie „a“");
    assertThat(SafePath.fault("a".repeat(1025)).orElseThrow()).endsWith("than 1024 characters");
  }
}
