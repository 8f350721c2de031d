package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultNameTest {

  @ParameterizedTest
  @CsvSource({
    "a.pdf, a.pdf",
    "2026/11/a.pdf, 2026/11/a.pdf",
    "../../etc/a.pdf, __/__/etc/a.pdf",
    ".hidden.png, _hidden.png",
    "con.png, _con.png",
    "Lpt1/a.png, _Lpt1/a.png",
    "lpt1x.png, lpt1x.png",
    "Müller & Söhne.pdf, Müller & Söhne.pdf",
    "Mu\u0308ller.pdf, Müller.pdf"
  })
  void staysWithinItsFolderAndSuitsEverySystem(Path document, String name) {
    assertThat(ResultName.of(document)).isEqualTo(name);
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "such names cannot be there")
  void replacesWhatOtherSystemsDoNotTake() {
    assertThat(ResultName.of(Path.of("a:b?<c>|\"d*\u001b\\e.pdf"))).isEqualTo("a_b__c___d___e.pdf");
    assertThat(ResultName.of(Path.of("folder./a.pdf "))).isEqualTo("folder_/a.pdf_");
  }

  @Test
  void shortensLongNamesAndKeepsThemApart() {
    String long1 = ResultName.of(Path.of("ä".repeat(110) + "1.pdf"));
    String long2 = ResultName.of(Path.of("ä".repeat(110) + "2.pdf"));
    assertThat(long1).isNotEqualTo(long2);
    assertThat(long1.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(180);
  }
}
