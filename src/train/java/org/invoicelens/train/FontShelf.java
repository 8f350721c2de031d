package org.invoicelens.train;

import java.awt.Font;
import java.awt.GraphicsEnvironment;
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

  /** Those of slips that are learned from, the most common ones three times. */
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

  /** Java's own, where none of a list is installed. */
  private static final List<String> ALWAYS = List.of(Font.SANS_SERIF, Font.SERIF, Font.MONOSPACED);

  private static final Map<String, Font> CUT = new ConcurrentHashMap<>();

  private static List<String> training() {
    List<String> common =
        List.of(
            "DejaVu Sans",
            "DejaVu Serif",
            "DejaVu Sans Mono",
            "DejaVu Sans Condensed",
            "Liberation Sans",
            "Liberation Serif",
            "Liberation Mono",
            "Liberation Sans Narrow");
    List<String> others =
        List.of(
            "Open Sans",
            "Lato",
            "Roboto",
            "Carlito",
            "Caladea",
            "Cantarell",
            "Inter",
            "FreeSans",
            "FreeSerif",
            "Linux Libertine O",
            "Cabin",
            "Hack",
            "Courier Prime",
            "P052",
            "Noto Serif",
            "Nimbus Sans",
            "Nimbus Roman");
    List<String> all = new ArrayList<>(others);
    for (int i = 0; i < 3; i++) {
      all.addAll(common);
    }
    return List.copyOf(all);
  }

  private final List<String> families;
  private final List<String> missing;

  private FontShelf(List<String> families, List<String> missing) {
    this.families = families;
    this.missing = missing;
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
    return new FontShelf(here.isEmpty() ? ALWAYS : here, missing);
  }

  List<String> families() {
    return families;
  }

  /** Families of the list that are not installed here. */
  List<String> missing() {
    return missing;
  }

  /** A font of the size nearest among halves of a pixel, so that few are cut. */
  static Font font(String family, int style, double size) {
    double halves = Math.round(size * 2) / 2.0;
    return CUT.computeIfAbsent(
        family + "/" + style + "/" + halves,
        key -> new Font(family, style, 12).deriveFont((float) halves));
  }
}
