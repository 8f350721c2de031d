package org.invoicelens.train;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32;

/** Vendors, mostly of syllables that chance puts together. */
final class Names {

  /** One vendor in this many is held out. */
  private static final int HELD_OUT_SHARE = 8;

  private static final int SHORTEST = 4;
  private static final int LONGEST = 22;

  private static final String[] ONSETS =
      ("b br c ch d dr f fl g gr h j k kl l m n p pr qu r s sh st t tr v w z sch th x y bl cr pl"
              + " sp")
          .split(" ");
  private static final String[] NUCLEI =
      "a e i o u ai ea ou ie oo a e i o u a e ä ö ü é y au ei".split(" ");
  private static final String[] CODAS =
      "n r s l t m ck nd rt x ng ll ss b p d g n r s f rn lt st".split(" ");
  private static final String[] COMMON =
      ("North River Stone Green Blue Alpine Metro City Harbor Summit Oak Cedar Silver Prime Nova"
              + " Delta Global Union Atlas Bright Clear Swift Royal Grand East West Sun Moon Iron"
              + " Gold")
          .split(" ");
  private static final String[] FORMS =
      ("Ltd|GmbH|Inc.|LLC|& Sons|AG|Co.|S.A.|B.V.|KG|Group|Trading|Supplies|Services|Media|Foods|"
              + "Tools|Print|Logistics|Design|SARL|SAS|S.L.|e.K.|OHG|& Co.|UG|plc|Bakery|Studio")
          .split("\\|");

  private Names() {}

  /** Which world a vendor belongs to, whatever the case of its letters. */
  static Half half(String vendor) {
    CRC32 sum = new CRC32();
    sum.update(vendor.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
    return sum.getValue() % HELD_OUT_SHARE == 0 ? Half.HELD_OUT : Half.TRAINING;
  }

  static String vendor(Dice dice, Half half) {
    while (true) {
      StringBuilder name = new StringBuilder(dice.oneIn(4) ? dice.of(COMMON) : word(dice));
      int more = dice.below(10);
      if (more < 2) {
        name.append(" & ").append(word(dice));
      } else if (more < 5) {
        name.append(' ').append(dice.oneIn(3) ? dice.of(COMMON) : word(dice));
      }
      if (dice.below(10) < 7 || name.length() < SHORTEST + 1) {
        name.append(' ').append(dice.of(FORMS));
      }
      String whole = name.toString();
      if (dice.oneIn(12)) {
        whole = whole.toUpperCase(Locale.ROOT);
      }
      if (whole.length() >= SHORTEST
          && whole.length() <= LONGEST
          && whole.chars().noneMatch(c -> c == 'É')
          && half(whole) == half) {
        return whole;
      }
    }
  }

  static String word(Dice dice) {
    StringBuilder word = new StringBuilder();
    int syllables = 1 + dice.below(3);
    for (int i = 0; i < syllables; i++) {
      word.append(dice.oneIn(17) ? "" : dice.of(ONSETS)).append(dice.of(NUCLEI));
      if ((i == syllables - 1 || dice.oneIn(3)) && !dice.oneIn(7)) {
        word.append(dice.of(CODAS));
      }
    }
    // the vocabulary has no É
    String first = word.substring(0, 1).replace('é', 'e').toUpperCase(Locale.ROOT);
    return first + word.substring(1);
  }

  static String digits(Dice dice, int count) {
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < count; i++) {
      digits.append((char) ('0' + dice.below(10)));
    }
    return digits.toString();
  }

  static String letters(Dice dice, int count) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < count; i++) {
      letters.append((char) ('A' + dice.below(26)));
    }
    return letters.toString();
  }

  /** The number of an invoice. */
  static String number(Dice dice) {
    int year = 2015 + dice.below(15);
    return switch (dice.below(10)) {
      case 0 -> "INV-" + digits(dice, 4 + dice.below(3));
      case 1 -> year + "-" + digits(dice, 3 + dice.below(3));
      case 2 -> year + "/" + digits(dice, 3 + dice.below(2));
      case 3 -> letters(dice, 1 + dice.below(3)) + "-" + digits(dice, 4 + dice.below(3));
      case 4 -> digits(dice, 5 + dice.below(4));
      case 5 -> letters(dice, 2) + digits(dice, 5 + dice.below(2));
      case 6 -> dice.of("RE", "FA", "R-", "F") + digits(dice, 6);
      case 7 -> digits(dice, 2) + "-" + digits(dice, 3) + "-" + digits(dice, 2);
      case 8 -> letters(dice, 1) + digits(dice, 4) + letters(dice, 1);
      default -> letters(dice, 1) + digits(dice, 3) + "-" + digits(dice, 3);
    };
  }
}
