package org.invoicelens.ui.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PageZoomTest {

  private final PageZoom zoom = new PageZoom();

  private double factor() {
    return zoom.factor(1000, 2000, 500, 500);
  }

  @Test
  void fitsThePageFirst() {
    assertThat(factor()).isEqualTo(0.25);
  }

  @Test
  void fitsTheWidth() {
    zoom.fitWidth();
    assertThat(factor()).isEqualTo(0.5);
  }

  @Test
  void keepsAChosenFactorWhateverTheRoom() {
    zoom.set(1);
    assertThat(factor()).isEqualTo(1);
    assertThat(zoom.factor(10, 10, 5000, 5000)).isEqualTo(1);
    zoom.fitPage();
    assertThat(factor()).isEqualTo(0.25);
  }

  @Test
  void staysWithinItsLimits() {
    zoom.set(99);
    assertThat(factor()).isEqualTo(PageZoom.LARGEST);
    zoom.set(0);
    assertThat(factor()).isEqualTo(PageZoom.SMALLEST);
    zoom.fitPage();
    assertThat(zoom.factor(10, 10, 5000, 5000)).isEqualTo(PageZoom.LARGEST_FIT);
    assertThat(zoom.factor(10, 10, -3, 5000)).isEqualTo(PageZoom.SMALLEST);
  }
}
