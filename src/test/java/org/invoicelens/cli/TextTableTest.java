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
  void writesAmountsAsPeopleReadThem() {
    assertThat(Amounts.bytes(0)).isEqualTo("0 bytes");
    assertThat(Amounts.bytes(999)).isEqualTo("999 bytes");
    assertThat(Amounts.bytes(999_960)).isEqualTo("1.0 MB");
    assertThat(Amounts.bytes(25_374_823_869L)).isEqualTo("25.4 GB");
    assertThat(Amounts.memory(24L << 30)).isEqualTo("24.0 GiB");
    assertThat(Amounts.time(Duration.ofMillis(40))).isEqualTo("40 ms");
    assertThat(Amounts.time(Duration.ofSeconds(125))).isEqualTo("2 min 5 s");
    assertThat(Amounts.time(Duration.ofMinutes(200))).isEqualTo("3 h 20 min");
  }
}
