package org.invoicelens.train;

import java.awt.Font;
import java.awt.GraphicsEnvironment;
import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The fonts that slips are printed in, of those installed here. None ships with the program; {@code
 * docs/mini-model.md} names the Debian packages.
 */
final class FontShelf {

  /** Those of slips that are learned from, the most common ones six times. */
  static final List<String> TRAINING = training();

  /** Those of held-out slips. */
  static final List<String> HELD_OUT =
      List.of(
          "Noto Sans",
          "Linux Biolinum O",
          "C059",
          "Inconsolata",
          "Roboto Condensed",
          "URW Bookman",
          "Nimbus Mono PS");

  /** How often each of the most common fonts stands on the list. */
  private static final int COMMON = 6;

  /** How wide a font is drawn, as a share of its own width: no two founders draw alike. */
  private static final double[] WIDTHS = {1, 1, 1, 1, 0.88, 0.94, 1.06, 1.12};

  /** Java's own, where none of a list is installed. */
  private static final List<String> ALWAYS = List.of(Font.SANS_SERIF, Font.SERIF, Font.MONOSPACED);

  private static final Map<String, Font> CUT = new ConcurrentHashMap<>();

  private static List<String> training() {
    String common =
        """
        DejaVu Sans; DejaVu Serif; DejaVu Sans Mono; DejaVu Sans Condensed;
        Liberation Sans; Liberation Serif; Liberation Mono; Liberation Sans Narrow\
        """;
    String others =
        """
        Open Sans; Lato; Roboto; Carlito; Caladea; Cantarell; Inter; FreeSans; FreeSerif;
        Linux Libertine O; Cabin; Hack; Courier Prime; P052; Noto Serif; Nimbus Sans;
        Nimbus Roman; Andika; Anonymous Pro; Arapey; Averia Sans GWF; Averia Serif GWF;
        B612; Baskervald ADF Std; Berenis ADF Pro; Charis SIL; Clear Sans; CMU Bright;
        CMU Concrete; CMU Sans Serif; CMU Serif; CMU Typewriter Text; Comic Neue; Dosis;
        EB Garamond 12; Fantasque Sans Mono; Fira Code; Gentium Plus; GFS Artemisia;
        GFS Didot; GFS Neohellenic Rg; Gillius ADF; Gillius ADF Cond; Go; Go Mono; Hermit;
        Ikarius ADF Std; JetBrains Mono; Junicode Two Beta; Jura; Karla; Kinnari;
        League Mono; League Spartan; Libris ADF Std; Linux Libertine Mono O; M PLUS 1;
        M PLUS Code Latin 60; Manrope; Mekanus ADF Std; mononoki; Nimbus Sans Narrow;
        Old Standard TT; Open Sans Condensed; osifont; Oxygen-Sans; Oxygen Mono; Play;
        Prociono; PT Mono; PT Sans; PT Sans Narrow; PT Serif; Quattrocento; Quicksand;
        Rasa; Roboto Slab; Romande ADF Std; Sora; STIX; Switzera ADF; TeX Gyre Adventor;
        Tiresias Infofont; Tribun ADF Std; Tuffy; Universalis ADF Std; Verana Sans;
        Vollkorn; Yrsa\
        """;
    List<String> all = new ArrayList<>(names(others));
    for (int i = 0; i < COMMON; i++) {
      all.addAll(names(common));
    }
    return List.copyOf(all);
  }

  private static List<String> names(String list) {
    return List.of(list.strip().split(";\\s+"));
  }

  private final List<String> families;
  private final List<String> missing;
  private final double[] widths;

  private FontShelf(List<String> families, List<String> missing, double[] widths) {
    this.families = families;
    this.missing = missing;
    this.widths = widths;
  }

  /** What is installed of a list. */
  static FontShelf of(Half half) {
    List<String> wanted = half == Half.TRAINING ? TRAINING : HELD_OUT;
    Set<String> installed =
        new HashSet<>(
            Arrays.asList(
                GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames()));
    List<String> here = wanted.stream().filter(installed::contains).toList();
    List<String> missing =
        wanted.stream().filter(family -> !installed.contains(family)).distinct().toList();
    return new FontShelf(
        here.isEmpty() ? ALWAYS : here, missing, half == Half.TRAINING ? WIDTHS : new double[] {1});
  }

  List<String> families() {
    return families;
  }

  /** Families of the list that are not installed here. */
  List<String> missing() {
    return missing;
  }

  /**
   * How wide the font of a slip is drawn, as a share of its own width. Where there is no choice no
   * dice are thrown, so that held-out slips stay those by which earlier models were measured.
   */
  double width(Dice dice) {
    return widths.length == 1 ? widths[0] : widths[dice.below(widths.length)];
  }

  /** A font of the size nearest among halves of a pixel, so that few are cut. */
  static Font font(String family, int style, double size, double width) {
    double halves = Math.round(size * 2) / 2.0;
    return CUT.computeIfAbsent(
        family + "/" + style + "/" + halves + "/" + width,
        key -> {
          Font font = new Font(family, style, 12).deriveFont((float) halves);
          return width == 1 ? font : font.deriveFont(AffineTransform.getScaleInstance(width, 1));
        });
  }
}
