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
import org.junit.jupiter.api.Test;

class MessagesTest {

  private static final Pattern KEY = Pattern.compile("[^.\\w]text\\(\\s*\"([\\w.-]+)\"[,)]");

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
}
