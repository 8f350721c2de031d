package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** What is drawn from logits. */
class SamplerTest {

  private static final float[] LOGITS = {
    (float) Math.log(0.1), (float) Math.log(0.6), (float) Math.log(0.25), (float) Math.log(0.05)
  };

  @Test
  void equalSeedsDrawEqually() {
    Sampler one = new Sampler(1, 1, 7);
    Sampler other = new Sampler(1, 1, 7);
    for (int i = 0; i < 100; i++) {
      assertThat(one.next(LOGITS, all())).isEqualTo(other.next(LOGITS, all()));
    }
  }

  @Test
  void drawsFollowTheProbabilities() {
    int[] counts = draw(new Sampler(1, 1, 1), 20_000);
    assertThat(counts[0] / 20_000.0).isBetween(0.09, 0.11);
    assertThat(counts[1] / 20_000.0).isBetween(0.58, 0.62);
    assertThat(counts[2] / 20_000.0).isBetween(0.23, 0.27);
    assertThat(counts[3] / 20_000.0).isBetween(0.04, 0.06);
  }

  @Test
  void onlyTheFewestTokensThatReachTheMassAreDrawn() {
    int[] counts = draw(new Sampler(1, 0.8, 1), 20_000);
    assertThat(counts[0]).isZero();
    assertThat(counts[3]).isZero();
    assertThat(counts[1] / 20_000.0).isBetween(0.69, 0.72);
  }

  @Test
  void lowTemperaturesDrawTheLikeliest() {
    assertThat(draw(new Sampler(0.01, 1, 1), 1000)[1]).isEqualTo(1000);
    assertThat(draw(new Sampler(1, 1e-9, 1), 1000)[1]).isEqualTo(1000);
  }

  @Test
  void highTemperaturesLevelTheProbabilities() {
    for (int count : draw(new Sampler(1000, 1, 1), 20_000)) {
      assertThat(count / 20_000.0).isBetween(0.23, 0.27);
    }
  }

  @Test
  void whatIsNotAllowedIsNeverDrawn() {
    BitSet allowed = new BitSet();
    allowed.set(0);
    allowed.set(3);
    Sampler sampler = new Sampler(1, 1, 1);
    int[] counts = new int[LOGITS.length];
    for (int i = 0; i < 20_000; i++) {
      counts[sampler.next(LOGITS, allowed)]++;
    }
    assertThat(counts[1] + counts[2]).isZero();
    assertThat(counts[0] / 20_000.0).isBetween(0.65, 0.69);
  }

  private static BitSet all() {
    BitSet all = new BitSet();
    all.set(0, LOGITS.length);
    return all;
  }

  private static int[] draw(Sampler sampler, int times) {
    int[] counts = new int[LOGITS.length];
    for (int i = 0; i < times; i++) {
      counts[sampler.next(LOGITS, all())]++;
    }
    return counts;
  }
}
