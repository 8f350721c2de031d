package org.invoicelens.settings;

import java.util.List;
import java.util.Objects;

/**
 * How the window looks and speaks.
 *
 * @param theme light, dark, or as the system has it
 * @param scale the size of everything in percent, one of {@link #SCALES}; other values become the
 *     nearest of them
 * @param language the language of the window
 * @param motion whether things move on their way
 */
public record Looks(Theme theme, int scale, Language language, Motion motion) {

  /** The sizes to choose from, in percent. */
  public static final List<Integer> SCALES = List.of(100, 110, 125, 150, 175, 200);

  /** As the system has it. */
  public static final Looks DEFAULT = new Looks(Theme.SYSTEM, 100, Language.SYSTEM, Motion.SYSTEM);

  /** Light or dark. */
  public enum Theme {
    SYSTEM,
    LIGHT,
    DARK
  }

  /** A language the window speaks. */
  public enum Language {
    SYSTEM,
    ENGLISH,
    GERMAN
  }

  /** Whether things move on their way. */
  public enum Motion {
    SYSTEM,
    FULL,
    REDUCED
  }

  public Looks {
    Objects.requireNonNull(theme, "theme");
    Objects.requireNonNull(language, "language");
    Objects.requireNonNull(motion, "motion");
    scale = nearest(scale);
  }

  /** The same with another theme. */
  public Looks withTheme(Theme other) {
    return new Looks(other, scale, language, motion);
  }

  /** The same in another size. */
  public Looks withScale(int other) {
    return new Looks(theme, other, language, motion);
  }

  /** The same in another language. */
  public Looks withLanguage(Language other) {
    return new Looks(theme, scale, other, motion);
  }

  /** The same with other motion. */
  public Looks withMotion(Motion other) {
    return new Looks(theme, scale, language, other);
  }

  /**
   * The same one size larger, or smaller where {@code steps} is negative; never beyond the ends.
   */
  public Looks scaledBy(int steps) {
    int place = Math.clamp(SCALES.indexOf(scale) + steps, 0, SCALES.size() - 1);
    return withScale(SCALES.get(place));
  }

  private static int nearest(int scale) {
    return SCALES.stream()
        .reduce((a, b) -> Math.abs((long) b - scale) < Math.abs((long) a - scale) ? b : a)
        .orElseThrow();
  }
}
