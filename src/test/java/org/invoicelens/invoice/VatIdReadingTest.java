package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;

import org.invoicelens.invoice.VatIdReading.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VatIdReadingTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ATU13585627",
        "BE0428759497",
        "BG175074752",
        "CY10259033P",
        "CZ25123891",
        "DE136695976",
        "DK13585628",
        "EE100931558",
        "EL094259216",
        "ESB58378431",
        "ESJ99216582",
        "ES54362315K",
        "ESX5253868R",
        "FI20774740",
        "FR40303265045",
        "FR83404833048",
        "FRK7399859412",
        "GB980780684",
        "GBGD001",
        "XI980780684",
        "HR33392005961",
        "HU12892312",
        "IE6433435F",
        "IE6433435OA",
        "IE8D79739I",
        "IT00743110157",
        "LT119511515",
        "LT100001919017",
        "LU15027442",
        "LV40003521600",
        "MT11679112",
        "NL004495445B01",
        "NL123456789B13",
        "PL8567346215",
        "PT501964843",
        "RO18547290",
        "SE556188840401",
        "SI50223054",
        "SK2022749619",
        "CHE107787577",
        "CHE107787577MWST",
        "NO995525828MVA"
      })
  void knowsARightIdAndWhereADigitOfItIsAnother(String id) {
    VatIdReading right = VatIdReading.of(id);
    assertThat(right.fault()).as(id).isEmpty();
    assertThat(right.value()).contains(id);
    if (id.startsWith("GBGD")) {
      return;
    }
    int at = id.replaceAll("\\D+$", "").length() - 3;
    char other = id.charAt(at) == '9' ? '8' : (char) (id.charAt(at) + 1);
    VatIdReading wrong = VatIdReading.of(id.substring(0, at) + other + id.substring(at + 1));
    assertThat(wrong.fault()).as(id).isPresent();
    assertThat(wrong.value()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "DE 136 695 976,DE136695976",
    "USt-IdNr.: DE136695976,DE136695976",
    "ATU 1358-5627,ATU13585627",
    "CHE-107.787.577 MWST,CHE107787577MWST",
    "BE 0428.759.497,BE0428759497",
    "995 525 828 MVA,NO995525828MVA",
    "ie6433435f,IE6433435F"
  })
  void seesThroughWhatIsPrintedForTheEye(String text, String id) {
    assertThat(VatIdReading.of(text).value()).contains(id);
  }

  @ParameterizedTest
  @CsvSource({
    "136695976,COUNTRY",
    "0E136695976,COUNTRY",
    "OE136695976,COUNTRY",
    "GR094259216,COUNTRY",
    "12/345/67890,COUNTRY",
    "see above,COUNTRY",
    "DE13669597,FORM",
    "DE13669597O,FORM",
    "ATI13585627,FORM",
    "CHE10778757,FORM",
    "DE136695967,CHECK_DIGITS",
    "FR41303265045,CHECK_DIGITS",
    "FRK6399859412,CHECK_DIGITS",
    "ES54362315L,CHECK_DIGITS",
    "ESJ99216583,CHECK_DIGITS",
    "IE6433435G,CHECK_DIGITS"
  })
  void saysWhatIsWrong(String text, Fault fault) {
    assertThat(VatIdReading.of(text).fault()).contains(fault);
    assertThat(VatIdReading.of(text).value()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "US12-3456789", "AU51824753556", "EU372000041"})
  void doubtsNothingWhereNothingIsKnown(String text) {
    assertThat(VatIdReading.of(text).fault()).isEmpty();
  }

  @Test
  void nothingWrittenBringsItToFall() {
    for (String text : new String[] {"DE", "D", "١٢٣", "FR" + "9".repeat(500), "IE+", "\u0000"}) {
      assertThat(VatIdReading.of(text).value()).isEmpty();
    }
  }
}
