package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountReadingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "27,80 | 27.80 | ,",
        "27.80 | 27.80 | .",
        "5691.0 | 5691.0 | .",
        "1.428,00 | 1428.00 | ,",
        "1,428.00 | 1428.00 | .",
        "1.234.567,89 | 1234567.89 | ,",
        "12,34,567.00 | 1234567.00 | .",
        "1 428,00 | 1428.00 | ,",
        "1’428.00 | 1428.00 | .",
        "1.234.567 | 1234567 | ,",
        "1,234,567 | 1234567 | .",
        "1 250 | 1250 | ''",
        "1250 | 1250 | ''",
        "0.250 | 0.250 | .",
        "0,250 | 0.250 | ,",
        "1234.567 | 1234.567 | .",
        ".50 | 0.50 | .",
        "12. | 12 | ''",
        "1.428,00 € | 1428.00 | ,",
        "€1,428.00 | 1428.00 | .",
        "EUR 1.428,00 | 1428.00 | ,",
        "CHF 1'428.50 | 1428.50 | .",
        "Fr. 120.- | 120 | ''",
        "120,- | 120 | ''",
        "-15.50 | -15.50 | .",
        "−15,50 | -15.50 | ,",
        "15,50- | -15.50 | ,",
        "(15.50) | -15.50 | .",
        "-$15.50 | -15.50 | .",
        "$-15.50 | -15.50 | .",
        "1.5e3 | 1.5e3 | ''"
      })
  void hasOneMeaning(String text, BigDecimal value, String proven) {
    AmountReading reading = AmountReading.ofMoney(text);
    assertThat(reading.isAmbiguous()).isFalse();
    assertThat(reading.decimal().or(reading::grouped).orElseThrow()).isEqualByComparingTo(value);
    assertThat(reading.provenDecimalSign().map(String::valueOf).orElse("")).isEqualTo(proven);
  }

  @ParameterizedTest
  @CsvSource({"1.250,1.250,1250", "'1,250',1.250,1250", "-12.500,-12.500,-12500"})
  void hasTwoMeanings(String text, BigDecimal decimal, BigDecimal grouped) {
    AmountReading reading = AmountReading.ofMoney(text);
    assertThat(reading.isAmbiguous()).isTrue();
    assertThat(reading.decimal()).contains(decimal);
    assertThat(reading.grouped()).contains(grouped);
    assertThat(reading.provenDecimalSign()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "N/A",
        "twelve",
        "12 34",
        "1.23.456",
        "1,2345.00.1",
        "12.34.56",
        "19%",
        "INV-2026",
        "5 pieces",
        "12-13",
        "99999999999999999999999999999999",
        "."
      })
  void isNoAmount(String text) {
    assertThat(AmountReading.ofMoney(text).isNumber()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"4,4", "4 pcs,4", "'2,5 Std.',2.5", "3x,3", "0.75 h,0.75"})
  void aQuantityMayHaveAUnit(String text, BigDecimal value) {
    assertThat(AmountReading.ofQuantity(text).decimal().orElseThrow()).isEqualByComparingTo(value);
  }

  @ParameterizedTest
  @CsvSource({"19,19", "19 %,19", "'7,7%',7.7", "0.19,19", "0.5 %,0.5", "19.000,19", "0,0"})
  void aRateIsInPercent(String text, BigDecimal value) {
    assertThat(AmountReading.ofRate(text).decimal().orElseThrow()).isEqualByComparingTo(value);
  }

  @Test
  void knowsTheCurrencyBesideIt() {
    assertThat(AmountReading.ofMoney("12,00 €").currency()).contains(new CurrencyReading("EUR"));
    assertThat(AmountReading.ofMoney("¥ 1,200").currency()).contains(new CurrencyReading("JPY"));
    assertThat(AmountReading.ofMoney("12.00").currency()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"EUR,EUR", "eur,EUR", "€,EUR", "$,USD", "Fr.,CHF", "zł,PLN", "Euro,EUR"})
  void knowsCodesSymbolsAndNamesOfCurrencies(String text, String code) {
    assertThat(CurrencyReading.of(text)).contains(new CurrencyReading(code));
  }

  /** XXX is ISO 4217's code for no currency. */
  @ParameterizedTest
  @ValueSource(strings = {"", "EURO0", "XXX", "ABC", "money"})
  void knowsWhatIsNoCurrency(String text) {
    assertThat(CurrencyReading.of(text)).isEmpty();
  }
}
