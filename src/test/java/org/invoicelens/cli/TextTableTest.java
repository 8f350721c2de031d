package org.invoicelens.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TextTableTest {

  @Test
  void alignsColumnsByCharacters() {
    String text = new TextTable("  ").row("a", "x").row("größer", "y").row("b").toString();
    assertThat(text.lines()).containsExactly("  a       x", "  größer  y", "  b");
  }

  @Test
  void givesTheTerminalNoCommands() {
    assertThat(new TextTable("").row("red\u001b[31m\nline").toString().strip())
        .isEqualTo("red [31m line");
  }

  @Test
  void writesTimesAsPeopleReadThem() {
    assertThat(Durations.text(Duration.ofMillis(40))).isEqualTo("40 ms");
    assertThat(Durations.text(Duration.ofSeconds(125))).isEqualTo("2 min 5 s");
    assertThat(Durations.text(Duration.ofMinutes(200))).isEqualTo("3 h 20 min");
  }
}
