package org.invoicelens.ui.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AmountsTest {

  private final Locale before = Locale.getDefault(Locale.Category.FORMAT);

  @BeforeEach
  void english() {
    Locale.setDefault(Locale.Category.FORMAT, Locale.ENGLISH);
  }

  @AfterEach
  void restore() {
    Locale.setDefault(Locale.Category.FORMAT, before);
  }

  @Test
  void sizesOnDiskAreDecimalAndMemoryIsBinary() {
    assertThat(Amounts.bytes(25_374_823_869L)).isEqualTo("25.4 GB");
    assertThat(Amounts.bytes(999)).isEqualTo("999 B");
    assertThat(Amounts.memory(24L << 30)).isEqualTo("24 GiB");
    assertThat(Amounts.memory(0)).isEqualTo("0 B");
  }

  @Test
  void aSharedUnitIsSaidOnce() {
    assertThat(Amounts.bytesOf(10_400_000_000L, 25_400_000_000L)).isEqualTo("10.4 of 25.4 GB");
    assertThat(Amounts.bytesOf(440_000_000L, 25_400_000_000L)).isEqualTo("440 MB of 25.4 GB");
  }

  @Test
  void aHundredPercentMeansAll() {
    assertThat(Amounts.percent(0.9999)).isEqualTo("99%");
    assertThat(Amounts.percent(1)).isEqualTo("100%");
  }

  @Test
  void numbersFollowTheLocale() {
    Locale.setDefault(Locale.Category.FORMAT, Locale.GERMANY);
    assertThat(Amounts.bytes(25_374_823_869L)).isEqualTo("25,4 GB");
  }

  @Test
  void timesToComeAreRoughAndTimesPastAreNot() {
    assertThat(Amounts.about(Duration.ofSeconds(40))).isEqualTo("less than a minute");
    assertThat(Amounts.about(Duration.ofSeconds(65))).isEqualTo("1 minute");
    assertThat(Amounts.about(Duration.ofMinutes(200))).isEqualTo("3 hours");
    assertThat(Amounts.seconds(Duration.ofMillis(940))).isEqualTo("940 ms");
    assertThat(Amounts.seconds(Duration.ofMillis(3210))).isEqualTo("3.2 s");
    assertThat(Amounts.seconds(Duration.ofSeconds(125))).isEqualTo("2 min 5 s");
  }
}
