package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.invoice.SampleInvoices.Comparison;
import org.invoicelens.invoice.SampleInvoices.Sample;
import org.junit.jupiter.api.Test;

class SampleInvoicesTest {

  @Test
  void listsEveryPictureThatShipsWithWhatIsPrintedOnIt() throws Exception {
    Path here = Path.of("").toAbsolutePath();
    List<Sample> samples =
        new SampleInvoices(new ApplicationFolders(here, here, here, here)).list();
    assertThat(samples).hasSizeGreaterThanOrEqualTo(8);
    for (Sample sample : samples) {
      assertThat(Files.size(sample.picture())).isPositive();
      assertThat(sample.printed().complete()).isTrue();
      assertThat(sample.printed().fields())
          .extracting(InvoiceFields.Field::name)
          .containsExactly("vendor", "number", "date", "currency", "total");
    }
    assertThat(samples.get(0).picture()).hasFileName("slip-0.png");
  }

  @Test
  void comparesAmountsByValueAndNamesByTheirLetters() {
    Sample sample =
        new Sample(
            Path.of("a.png"),
            InvoiceFields.parse(
                "{\"total\":5691.0,\"number\":\"05201\",\"vendor\":\"Xehea\",\"date\":\"2019\"}"));
    assertThat(
            sample.compare(
                InvoiceFields.parse(
                    "{\"total\":5691.00,\"number\":\"5201\",\"vendor\":\"Xehea\"}")))
        .containsExactly(
            new Comparison("total", "5691.0", "5691.00", true),
            new Comparison("number", "05201", "5201", false),
            new Comparison("vendor", "Xehea", "Xehea", true),
            new Comparison("date", "2019", "", false));
  }
}
