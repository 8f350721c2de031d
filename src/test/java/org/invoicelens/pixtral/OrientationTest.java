package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrientationTest {

  /** The letters stand for the pixels of {@code ab / cd / ef}, row by row once upright. */
  @ParameterizedTest
  @CsvSource({
    "2, ba dc fe",
    "3, fe dc ba",
    "4, ef cd ab",
    "5, ace bdf",
    "6, eca fdb",
    "7, fdb eca",
    "8, bdf ace"
  })
  void bringsThePictureUpright(int orientation, String expected) {
    BufferedImage upright = Orientation.apply(letters(), orientation);

    assertThat(text(upright)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 9})
  void leavesThePictureForAnyOtherNumber(int orientation) {
    BufferedImage picture = letters();

    assertThat(Orientation.apply(picture, orientation)).isSameAs(picture);
  }

  @Test
  void turnsAPartOfAPicture() {
    BufferedImage part = letters().getSubimage(1, 1, 1, 2);

    assertThat(text(Orientation.apply(part, 6))).isEqualTo("fd");
  }

  private static BufferedImage letters() {
    BufferedImage picture = new BufferedImage(2, 3, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 6; i++) {
      picture.getRaster().setSample(i % 2, i / 2, 0, 'a' + i);
    }
    return picture;
  }

  private static String text(BufferedImage picture) {
    StringBuilder text = new StringBuilder();
    for (int y = 0; y < picture.getHeight(); y++) {
      text.append(y == 0 ? "" : " ");
      for (int x = 0; x < picture.getWidth(); x++) {
        text.append((char) picture.getRaster().getSample(x, y, 0));
      }
    }
    return text.toString();
  }
}
