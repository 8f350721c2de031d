package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;

import org.invoicelens.invoice.IbanReading.Fault;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BankReadingTest {

  @ParameterizedTest
  @CsvSource({
    "DE89 3704 0044 0532 0130 00,DE89370400440532013000",
    "de89370400440532013000,DE89370400440532013000",
    "IBAN: DE89 3704 0044 0532 0130 00,DE89370400440532013000",
    "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000,DE89370400440532013000",
    "AT61 1904 3002 3457 3201,AT611904300234573201",
    "GB29 NWBK 6016 1331 9268 19,GB29NWBK60161331926819",
    "FR14 2004 1010 0505 0001 3M02 606,FR1420041010050500013M02606",
    "CH93 0076 2011 6238 5295 7,CH9300762011623852957",
    "NL91 ABNA 0417 1643 00,NL91ABNA0417164300",
    "NO93 8601 1117 947,NO9386011117947"
  })
  void knowsARightIban(String text, String iban) {
    assertThat(IbanReading.of(text).fault()).isEmpty();
    assertThat(IbanReading.of(text).value()).contains(iban);
  }

  /** What is read wrong most: a zero as an O, a one as an I, two digits in each other's place. */
  @ParameterizedTest
  @CsvSource({
    "DE89370400440532O13000,SIGNS",
    "DE8937040044053201300O,SIGNS",
    "DE8937O400440532013000,SIGNS",
    "GB29NWBK6016I331926819,SIGNS",
    "NL91A8NA0417164300,SIGNS",
    "DE89370400440532031000,CHECK_DIGITS",
    "DE98370400440532013000,CHECK_DIGITS",
    "FR1420041010050500013MO2606,CHECK_DIGITS",
    "DE8937040044053201300,LENGTH",
    "DE893704004405320130000,LENGTH",
    "DE02,LENGTH",
    "XX89370400440532013000,COUNTRY",
    "US89370400440532013000,COUNTRY",
    "0E89370400440532013000,FORM",
    "DEB9370400440532013000,FORM",
    "DE89-3704-0044,FORM",
    "532013000,FORM"
  })
  void doubtsAMisreadIbanAndNeverPutsItRight(String text, Fault fault) {
    IbanReading reading = IbanReading.of(text);
    assertThat(reading.fault()).contains(fault);
    assertThat(reading.value()).isEmpty();
    assertThat(reading.compact()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "COBADEFF,COBADEFF",
    "COBA DE FF XXX,COBADEFFXXX",
    "bic: marKdef1100,MARKDEF1100",
    "SWIFT: UBSWCHZH80A,UBSWCHZH80A"
  })
  void knowsABic(String text, String bic) {
    assertThat(BicReading.of(text).value()).contains(bic);
    assertThat(BicReading.of(text).isDoubted()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"COBADEF", "COBADEFFX", "COBA0EFF", "COBAXXFF", "Deutsche Bank", "370 400 44"})
  void knowsWhatIsNoBic(String text) {
    assertThat(BicReading.of(text).isDoubted()).isTrue();
    assertThat(BicReading.of(text).value()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "COBADEFF,DE89370400440532013000,true",
    "UBSWCHZH,DE89370400440532013000,false",
    "AGRIMQMX,FR1420041010050500013M02606,true",
    "BARCJESH,GB29NWBK60161331926819,true",
    "UBSWCHZH,DE98370400440532013000,true",
    "UBSWCHZH,'',true",
    "'',DE89370400440532013000,true"
  })
  void bankAndAccountAreOfOneCountry(String bic, String iban, boolean fits) {
    assertThat(BicReading.of(bic).fits(IbanReading.of(iban))).isEqualTo(fits);
  }
}
