package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DateReadingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2026-11-14 | 2026-11-14",
        "2026/3/4 | 2026-03-04",
        "2026.03.04 | 2026-03-04",
        "20261114 | 2026-11-14",
        "2026-11-14T00:00:00Z | 2026-11-14",
        "14.11.2026 | 2026-11-14",
        "3.4.2026 | 2026-04-03",
        "03.04.26 | 2026-04-03",
        "3. 4. 2026 | 2026-04-03",
        "14/11/2026 | 2026-11-14",
        "11/14/2026 | 2026-11-14",
        "11-14-26 | 2026-11-14",
        "04/04/2026 | 2026-04-04",
        "01.02.97 | 1997-02-01",
        "14 November 2026 | 2026-11-14",
        "November 14, 2026 | 2026-11-14",
        "Nov 14th, 2026 | 2026-11-14",
        "14-Nov-2026 | 2026-11-14",
        "14 Nov 26 | 2026-11-14",
        "Saturday, 14 November 2026 | 2026-11-14",
        "14. März 2026 | 2026-03-14",
        "14. Mrz. 2026 | 2026-03-14",
        "14. Dez. 2026 | 2026-12-14",
        "Samstag, den 14. Oktober 2026 | 2026-10-14",
        "7. Jänner 2026 | 2026-01-07",
        "1er février 2026 | 2026-02-01",
        "14 août 2026 | 2026-08-14",
        "le 14 juil. 2026 | 2026-07-14",
        "3 May 2026 | 2026-05-03",
        "29.02.2024 | 2024-02-29"
      })
  void hasOneMeaning(String text, LocalDate date) {
    DateReading reading = DateReading.of(text);
    assertThat(reading.isAmbiguous()).isFalse();
    assertThat(reading.in(true)).contains(date);
    assertThat(reading.in(false)).contains(date);
  }

  @ParameterizedTest
  @CsvSource({"03/04/2026", "3-4-2026", "03 04 2026"})
  void hasTwoMeanings(String text) {
    DateReading reading = DateReading.of(text);
    assertThat(reading.isAmbiguous()).isTrue();
    assertThat(reading.in(true)).contains(LocalDate.of(2026, 4, 3));
    assertThat(reading.in(false)).contains(LocalDate.of(2026, 3, 4));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "30 days",
        "2026",
        "14.13.2026",
        "29.02.2026",
        "31/11/2026",
        "2026-13-01",
        "14 Foo 2026",
        "14 jui 2026",
        "14 November",
        "November 2026",
        "1/2/3/2026",
        "14.11.20261",
        "14 November 99999999999",
        "INV 14 November 2026"
      })
  void isNoDate(String text) {
    assertThat(DateReading.of(text).isDate()).isFalse();
  }
}
