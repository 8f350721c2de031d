package org.invoicelens.train;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.invoicelens.train.Row.Cell;
import org.invoicelens.train.Row.Frame;
import org.invoicelens.train.Row.Place;

/** Makes up a slip: its fields, and the rows in which they are printed. */
final class SlipComposer {

  private final Dice dice;
  private final Phrases phrases;
  private final SlipLayout layout;
  private final double size;
  private final List<Row> rows = new ArrayList<>();

  /** A slip that is not drawn yet. */
  record Composed(SlipFields fields, List<Row> rows, Phrases phrases) {}

  /**
   * @param size of the common print, in pixels
   */
  private SlipComposer(Dice dice, SlipLayout layout, double size) {
    this.dice = dice;
    this.layout = layout;
    this.size = size;
    phrases = Phrases.any(dice);
  }

  /**
   * Makes up a slip.
   *
   * @param half which vendors may be on it
   * @param rich how much stands on it beside the fields: 0 little, 1 some goods, 2 addresses, due
   *     dates and the like as well
   */
  static Composed compose(Dice dice, SlipLayout layout, Half half, double size, int rich) {
    return new SlipComposer(dice, layout, size).compose(half, rich);
  }

  private Composed compose(Half half, int rich) {
    String vendor = Names.vendor(dice, half);
    String number = Names.number(dice);
    LocalDate date = date();
    Money money = Money.any(dice, phrases);
    BigDecimal total = Money.amount(dice);
    head(vendor, rich == 2);
    rows.add(Row.empty(size, dice.oneIn(6) ? Frame.RULE_ABOVE : Frame.NONE));
    if (dice.oneIn(3)) {
      String title = dice.of(phrases.title());
      rows.add(Row.of(title, edge(), size * dice.between(1, 1.4), true, Frame.NONE));
    }
    facts(number, date);
    if (rich == 2 && dice.oneIn(4)) {
      rows.add(pair(dice.of(phrases.due()), print(date())));
    }
    if (rich == 2 && dice.oneIn(5)) {
      rows.add(pair(dice.of(phrases.customer()), Names.digits(dice, 4 + dice.below(3))));
    }
    rows.add(Row.empty(size, dice.oneIn(4) ? Frame.RULE_ABOVE : Frame.NONE));
    List<SlipFields.Item> items = items(money, total, rich == 0 ? 0 : dice.below(rich + 2));
    if (dice.oneIn(3)) {
      taxes(money, total, !items.isEmpty());
    }
    if (dice.oneIn(3)) {
      rows.add(Row.empty(size, dice.oneIn(3) ? Frame.RULE_ABOVE : Frame.NONE));
    }
    total(money, total);
    if (rich == 2 && dice.oneIn(4)) {
      rows.add(Row.empty(size, Frame.NONE));
      String thanks =
          dice.oneIn(5)
              ? "IBAN " + Names.letters(dice, 2) + Names.digits(dice, 6)
              : dice.of(phrases.thanks());
      rows.add(Row.of(thanks, edge(), size * 0.9, false, Frame.NONE));
    }
    SlipFields fields = new SlipFields(vendor, number, date, money.currency(), total, items);
    return new Composed(fields, rows, phrases);
  }

  private Place edge() {
    return dice.of(Place.LEFT, Place.CENTRE, Place.RIGHT);
  }

  private void head(String vendor, boolean address) {
    Frame frame =
        switch (layout.head()) {
          case PLAIN -> Frame.NONE;
          case BAND -> Frame.BAND;
          case LOGO -> Frame.MARK;
          case RULED -> Frame.RULE_BELOW;
          case BOXED -> Frame.BOX;
        };
    Place place = frame == Frame.MARK ? Place.LEFT : edge();
    rows.add(Row.of(vendor, place, size * dice.between(1, 1.35), dice.oneIn(2), frame));
    if (address && dice.oneIn(3)) {
      String street =
          Names.word(dice) + " " + dice.of(phrases.street()) + " " + (1 + dice.below(199));
      rows.add(Row.of(street, place, size * 0.9, false, Frame.NONE));
    }
    if (address && dice.oneIn(4)) {
      String town = Names.digits(dice, 5) + " " + Names.word(dice);
      rows.add(Row.of(town, place, size * 0.9, false, Frame.NONE));
    }
  }

  private void facts(String number, LocalDate date) {
    String numberLabel = dice.of(phrases.number());
    String dateLabel = dice.of(phrases.date());
    String printed = print(date);
    boolean numberFirst = dice.below(3) > 0;
    switch (layout.facts()) {
      case SPLIT, INLINE -> {
        Place place = layout.facts() == SlipLayout.Facts.SPLIT ? Place.RIGHT : Place.BEHIND;
        Row first = Row.pair(numberLabel, number, place, size, false, Frame.NONE);
        Row second = Row.pair(dateLabel, printed, place, size, false, Frame.NONE);
        rows.add(numberFirst ? first : second);
        rows.add(numberFirst ? second : first);
      }
      case STACKED -> {
        Place place = dice.of(Place.LEFT, Place.LEFT, Place.RIGHT);
        stack(numberFirst ? numberLabel : dateLabel, numberFirst ? number : printed, place);
        stack(numberFirst ? dateLabel : numberLabel, numberFirst ? printed : number, place);
      }
      case COLUMNS -> {
        Place place = dice.of(Place.MIDDLE, Place.RIGHT);
        rows.add(
            Row.pair(
                numberFirst ? numberLabel : dateLabel,
                numberFirst ? dateLabel : numberLabel,
                place,
                size * 0.9,
                false,
                Frame.NONE));
        rows.add(
            Row.pair(
                numberFirst ? number : printed,
                numberFirst ? printed : number,
                place,
                size,
                dice.oneIn(4),
                Frame.NONE));
      }
      case SENTENCE -> {
        rows.add(Row.pair(numberLabel, number, Place.BEHIND, size, false, Frame.NONE));
        rows.add(Row.pair(dice.of(phrases.from()), printed, Place.BEHIND, size, false, Frame.NONE));
      }
    }
  }

  private void stack(String label, String value, Place place) {
    rows.add(Row.of(label, place, size * 0.9, false, Frame.NONE));
    rows.add(Row.of(value, place, size, dice.oneIn(4), Frame.NONE));
  }

  private Row pair(String label, String value) {
    return Row.pair(label, value, dice.of(Place.RIGHT, Place.BEHIND), size, false, Frame.NONE);
  }

  private List<SlipFields.Item> items(Money money, BigDecimal total, int count) {
    List<SlipFields.Item> items = new ArrayList<>();
    long rest = total.unscaledValue().longValue();
    for (int i = 0; i < count; i++) {
      boolean all = i == count - 1 && dice.oneIn(2);
      long cents = all ? rest : Math.min(rest, Math.max(1, (long) (rest * dice.between(0, 1))));
      rest -= cents;
      BigDecimal amount = BigDecimal.valueOf(cents, 2);
      String description = dice.of(phrases.items());
      items.add(new SlipFields.Item(description, amount));
      String printed = dice.oneIn(5) ? (1 + dice.below(9)) + " x " + description : description;
      rows.add(Row.pair(printed, money.plain(amount), Place.RIGHT, size * 0.95, false, Frame.NONE));
    }
    return items;
  }

  private void taxes(Money money, BigDecimal total, boolean goods) {
    BigDecimal tax = total.multiply(new BigDecimal("0.16")).setScale(2, RoundingMode.HALF_UP);
    if (goods && dice.oneIn(2)) {
      String label = dice.of(phrases.subtotal());
      String net = money.plain(total.subtract(tax));
      rows.add(Row.pair(label, net, Place.RIGHT, size, false, Frame.NONE));
    }
    rows.add(
        Row.pair(dice.of(phrases.tax()), money.plain(tax), Place.RIGHT, size, false, Frame.NONE));
  }

  private void total(Money money, BigDecimal total) {
    String label = money.label(dice, dice.of(phrases.total()));
    String value = money.full(total);
    double large = size * dice.between(1, 1.25);
    boolean bold = dice.oneIn(2);
    switch (layout.sum()) {
      case SPLIT -> rows.add(Row.pair(label, value, Place.RIGHT, large, bold, Frame.NONE));
      case INLINE -> rows.add(Row.pair(label, value, Place.BEHIND, large, bold, Frame.NONE));
      case BAND -> rows.add(Row.pair(label, value, Place.RIGHT, large, bold, Frame.BAND));
      case BOXED -> rows.add(Row.pair(label, value, Place.RIGHT, large, bold, Frame.BOX));
      case STACKED -> {
        Place place = dice.of(Place.LEFT, Place.RIGHT, Place.CENTRE);
        rows.add(Row.of(label, place, size * 0.9, false, Frame.NONE));
        rows.add(Row.of(value, place, large, bold, Frame.NONE));
      }
    }
  }

  private LocalDate date() {
    return LocalDate.of(2015 + dice.below(15), 1 + dice.below(12), 1 + dice.below(28));
  }

  /** A date as people write it; where a month is a number, the day stands before it. */
  private String print(LocalDate date) {
    int day = date.getDayOfMonth();
    int year = date.getYear();
    String month = phrases.months().get(date.getMonthValue() - 1);
    int form = month.isEmpty() ? dice.below(4) : dice.below(8);
    if (form < 4) {
      String pattern =
          dice.of("%3$d-%2$02d-%1$02d", "%02d.%02d.%d", "%02d/%02d/%d", "%02d.%02d.%d");
      return pattern.formatted(day, date.getMonthValue(), year);
    }
    String brief = month.substring(0, 3);
    if (phrases == Phrases.GERMAN) {
      return day + ". " + month + " " + year;
    }
    if (phrases != Phrases.ENGLISH) {
      return day + " " + month + " " + year;
    }
    return switch (form) {
      case 4 -> day + " " + brief + " " + year;
      case 5 -> brief + " " + day + ", " + year;
      case 6 -> day + " " + month + " " + year;
      default -> "%02d-%s-%d".formatted(day, brief, year);
    };
  }

  /** Rows of words and numbers that mean nothing, to learn letters from. */
  static List<Row> letters(Dice dice, double size, int count, int longest) {
    List<Row> rows = new ArrayList<>();
    Phrases phrases = Phrases.any(dice);
    for (int i = 0; i < count; i++) {
      StringBuilder line = new StringBuilder();
      int length = 3 + dice.below(longest - 2);
      while (line.length() < length) {
        line.append(line.isEmpty() ? "" : " ").append(scrap(dice, phrases));
      }
      String text = line.substring(0, Math.min(length, line.length())).strip();
      Place place = dice.oneIn(3) ? dice.of(Place.CENTRE, Place.RIGHT) : Place.LEFT;
      rows.add(new Row(List.of(new Cell(text, place)), size, dice.oneIn(4), Frame.NONE));
    }
    return rows;
  }

  private static String scrap(Dice dice, Phrases phrases) {
    return switch (dice.below(9)) {
      case 0, 1 -> Names.word(dice);
      case 2 -> Names.word(dice).toLowerCase(java.util.Locale.ROOT);
      case 3 -> Names.number(dice);
      case 4 -> Names.digits(dice, 1 + dice.below(6));
      case 5 -> Names.letters(dice, 1 + dice.below(4));
      case 6 -> new Money("EUR", dice.below(6), Money.Sign.SYMBOL_BEFORE).full(Money.amount(dice));
      case 7 -> dice.of(phrases.items());
      default -> dice.of(phrases.total());
    };
  }
}
