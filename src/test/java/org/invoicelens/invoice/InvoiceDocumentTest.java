package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

class InvoiceDocumentTest {

  @Test
  void everyPageIsTurnedClockwise() {
    BufferedImage page = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
    page.setRGB(0, 0, 0xff0000);
    InvoiceDocument document = new InvoiceDocument("a", List.of(page, page));
    assertThat(document.turned(0).pages().getFirst()).isSameAs(page);
    assertThat(document.turned(1).pages())
        .allSatisfy(turned -> {
          assertThat(turned.getWidth()).isEqualTo(2);
          assertThat(turned.getRGB(1, 0)).isEqualTo(0xffff0000);
        });
    assertThat(document.turned(2).pages().getFirst().getRGB(2, 1)).isEqualTo(0xffff0000);
    assertThat(document.turned(-1).pages().getFirst().getRGB(0, 2)).isEqualTo(0xffff0000);
    assertThat(document.turned(5).pages().getFirst().getRGB(1, 0)).isEqualTo(0xffff0000);
  }
}
