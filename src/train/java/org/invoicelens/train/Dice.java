package org.invoicelens.train;

import java.util.List;
import java.util.Random;

/** Chance from a seed: the same throws on every computer, since {@link Random} is specified. */
final class Dice {

  private final Random random;

  private Dice(Random random) {
    this.random = random;
  }

  /** The throws for one thing of many, such as the slip with a number. */
  static Dice of(long seed, long number) {
    // seeds that lie side by side would begin alike: mixed as by SplitMix64
    long mixed = seed * 0x9e3779b97f4a7c15L + number;
    mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
    return new Dice(new Random(mixed ^ mixed >>> 31));
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /** A number from {@code low} on and below {@code high}. */
  double between(double low, double high) {
    return low + random.nextDouble() * (high - low);
  }

  boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  @SafeVarargs
  final <T> T of(T... values) {
    return values[random.nextInt(values.length)];
  }

  <T> T of(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  long number() {
    return random.nextLong();
  }
}
