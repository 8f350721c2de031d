package org.invoicelens.ui.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.invoicelens.stage.InGerman;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessagesTest {

  private static final Pattern KEY = Pattern.compile("[^.\\w]text\\(\\s*\"([\\w.-]+)\"[,)]");

  private static final Pattern MNEMONIC = Pattern.compile("_([A-Za-z])");

  private final ResourceBundle bundle =
      ResourceBundle.getBundle("org.invoicelens.ui.text.messages", Locale.ROOT);

  @Test
  void everyTextThatTheSourcesAskForIsThere() throws Exception {
    Set<String> asked = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java/org/invoicelens/ui"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        Matcher key = KEY.matcher(Files.readString(file));
        while (key.find()) {
          asked.add(key.group(1));
        }
      }
    }
    assertThat(asked).hasSizeGreaterThan(60);
    assertThat(bundle.keySet()).containsAll(asked);
  }

  @Test
  void everyTextIsAPatternWithoutStraightApostrophes() {
    for (String key : bundle.keySet()) {
      assertThat(bundle.getString(key)).as(key).doesNotContain("'");
      assertThat(new MessageFormat(bundle.getString(key), Locale.ENGLISH).format(new Object[9]))
          .as(key)
          .isNotBlank();
    }
  }

  @Test
  void everyStepHasATextForEverySituation() {
    for (String step : List.of("welcome", "hardware", "download", "verification", "start")) {
      assertThat(bundle.keySet())
          .contains(step + ".title", step + ".headline", step + ".sentence", step + ".resume")
          .contains(step + ".failed.headline", step + ".failed.sentence")
          .contains(step + ".stopped.headline", step + ".stopped.sentence");
    }
  }

  /** The buttons that can be seen together. */
  static Stream<List<String>> screens() {
    String back = "wizard.back";
    String workspace = "wizard.workspace";
    String settings = "settings.open";
    String copy = "failure.copy";
    String retry = "failure.retry";
    return Stream.of(
        List.of(settings, workspace, "welcome.stop", "welcome.next"),
        List.of(settings, workspace, "welcome.resume"),
        List.of(settings, workspace, copy, retry),
        List.of(settings, back, workspace, "hardware.stop", "hardware.copy", "hardware.next"),
        List.of(
            settings, back, workspace, "hardware.stop", "hardware.copy", "hardware.next.bundled"),
        List.of(settings, back, workspace, "hardware.copy", "hardware.again", "hardware.next.size"),
        List.of(
            settings,
            back,
            workspace,
            "hardware.copy",
            "hardware.again",
            "hardware.next.bundled.size"),
        List.of(settings, back, workspace, "hardware.copy", "hardware.again", "hardware.resume"),
        List.of(settings, back, workspace, "hardware.copy", "hardware.again", copy, retry),
        List.of(settings, back, workspace, "download.pause", "download.cancel", "download.next"),
        List.of(settings, back, workspace, "download.cancel", "download.resume"),
        List.of(settings, back, workspace, "download.cancel", copy, retry),
        List.of(settings, back, workspace, "verification.stop", "verification.next"),
        List.of(settings, back, workspace, "verification.again", "verification.next"),
        List.of(settings, back, workspace, "verification.again", "verification.resume"),
        List.of(settings, back, workspace, "verification.again", copy, "verification.repair"),
        List.of(
            settings, back, workspace, "hardware.copy", "hardware.again", "hardware.next.start"),
        List.of("page.back", "leave.restart"),
        List.of("page.back", "leave.close"),
        List.of(settings, back, "start.stop", "start.next"),
        List.of(settings, back, "start.resume"),
        List.of(settings, back, copy, retry),
        List.of(
            "workspace.open",
            "workspace.paste",
            "workspace.samples",
            "workspace.another",
            settings,
            "workspace.again",
            "workspace.stop",
            "workspace.copy",
            "workspace.export",
            "preview.fit",
            copy),
        List.of(
            "workspace.open",
            "workspace.paste",
            "workspace.samples",
            "workspace.another",
            settings,
            "workspace.folder"),
        List.of(
            "workspace.open",
            "workspace.paste",
            "workspace.samples",
            "workspace.another",
            settings,
            "workspace.read",
            "workspace.stop",
            "preview.fit",
            "prompt.form",
            "prompt.again",
            "prompt.use",
            "prompt.reset",
            copy));
  }

  @ParameterizedTest
  @MethodSource("screens")
  void buttonsThatAreSeenTogetherHaveMnemonicsOfTheirOwn(List<String> buttons) throws Exception {
    assertThat(mnemonics(buttons)).doesNotHaveDuplicates();
    assertThat(InGerman.of(() -> mnemonics(buttons))).doesNotHaveDuplicates();
  }

  /** The letters behind the underscores; an umlaut would be none that a key combination knows. */
  private static List<String> mnemonics(List<String> buttons) {
    return buttons.stream()
        .map(button -> {
          Matcher letter = MNEMONIC.matcher(Messages.text(button, "1 GB"));
          assertThat(letter.find()).as(button).isTrue();
          return letter.group(1).toLowerCase(Locale.ROOT);
        })
        .toList();
  }

  @Test
  void speaksTheLanguageOfTheUser() throws Exception {
    assertThat(Messages.text("welcome.next")).isEqualTo("_Check this computer");
    assertThat(InGerman.of(() -> Messages.text("welcome.next")))
        .isEqualTo("Diesen Computer _prüfen");
    assertThat(InGerman.of(() -> Messages.text("verification.fact", 2)))
        .isEqualTo("2 Dateien geprüft");
  }
}
