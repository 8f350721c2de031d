package org.invoicelens.train;

import java.util.List;
import java.util.Optional;
import org.invoicelens.train.SlipLayout.Facts;
import org.invoicelens.train.SlipLayout.Head;
import org.invoicelens.train.SlipLayout.Sum;

/** Slips without end, each known by its number: the same seed and fonts give the same slips. */
final class SlipSource {

  /** The smallest print, in pixels of the page. */
  static final double SMALLEST = 11;

  static final double LARGEST = 18;

  /** Tries after which less is printed, so that it fits. */
  private static final int PATIENCE = 4;

  private final long seed;
  private final Half vendors;
  private final Half prints;
  private final FontShelf fonts;
  private final List<SlipLayout> layouts;

  /**
   * How a slip is to be, where that is not left to chance.
   *
   * @param smallest print
   * @param largest print
   * @param rich how much stands beside the fields, 0 to 2
   * @param scale pixels of the picture for one of the page, 1 or 2
   */
  record Look(
      double smallest,
      double largest,
      Optional<Integer> rich,
      Optional<Wear> wear,
      Optional<Integer> scale) {

    /** All to chance. */
    static final Look ANY =
        new Look(SMALLEST, LARGEST, Optional.empty(), Optional.empty(), Optional.empty());

    Look worn(Wear so) {
      return new Look(smallest, largest, rich, Optional.of(so), scale);
    }

    Look printed(double from) {
      return new Look(from, largest, rich, wear, scale);
    }

    Look scaled(int by) {
      return new Look(smallest, largest, rich, wear, Optional.of(by));
    }
  }

  /**
   * @param vendors which vendors are on the slips
   * @param prints which layouts and fonts they have
   */
  SlipSource(long seed, Half vendors, Half prints) {
    this.seed = seed;
    this.vendors = vendors;
    this.prints = prints;
    fonts = FontShelf.of(prints);
    layouts = SlipLayout.all(prints);
  }

  FontShelf fonts() {
    return fonts;
  }

  /** The slip of a number, of this size in pixels. */
  Slip slip(long number, int width, int height, Look look) {
    Dice dice = Dice.of(seed, number);
    int worn = dice.below(20);
    Wear wear = look.wear().orElse(worn < 10 ? Wear.NONE : worn < 18 ? Wear.LIGHT : Wear.HEAVY);
    int anyScale = dice.oneIn(3) ? 2 : 1;
    int scale = look.scale().orElse(anyScale);
    for (int tries = 0; ; tries++) {
      double size =
          tries > 3 * PATIENCE
              ? look.smallest()
              : Math.max(look.smallest(), dice.between(look.smallest(), look.largest()) * 0.9);
      int any = dice.below(10);
      int rich = look.rich().orElse(any < 3 ? 0 : any < 7 ? 1 : 2);
      SlipComposer.Composed made =
          SlipComposer.compose(
              dice,
              layout(dice),
              vendors,
              size,
              tries > 2 * PATIENCE ? 0 : tries > PATIENCE ? Math.min(rich, 1) : rich);
      Optional<Slip> slip =
          new SlipPainter(dice, fonts, width, height, scale)
              .paint(
                  made.rows(), Optional.of(made.fields()), wear, dice.of(made.phrases().stamps()));
      if (slip.isPresent()) {
        return slip.get();
      }
    }
  }

  /** In training the plainest layouts are the most common, as they are in life. */
  private SlipLayout layout(Dice dice) {
    if (prints == Half.TRAINING && dice.below(20) < 12) {
      return new SlipLayout(
          Head.PLAIN,
          dice.of(Facts.SPLIT, Facts.INLINE),
          dice.of(Sum.SPLIT, Sum.SPLIT, Sum.INLINE));
    }
    return dice.of(layouts);
  }

  /** A page of letters that mean nothing. */
  Slip letters(long number, int width, int height) {
    Dice dice = Dice.of(seed, number);
    while (true) {
      double size = dice.between(SMALLEST, LARGEST) * 0.9;
      int most = Math.max(1, (int) (height / (Math.max(SMALLEST, size) * 1.5)));
      List<Row> rows =
          SlipComposer.letters(
              dice, Math.max(SMALLEST, size), 1 + dice.below(most), Math.max(4, width / 10));
      Optional<Slip> page =
          new SlipPainter(dice, fonts, width, height, 1 + dice.below(2))
              .paint(rows, Optional.empty(), dice.of(Wear.NONE, Wear.LIGHT), "");
      if (page.isPresent()) {
        return page.get();
      }
    }
  }
}
