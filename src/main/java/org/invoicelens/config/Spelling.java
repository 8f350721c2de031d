package org.invoicelens.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.invoicelens.stage.Words;

/** Finds the word that was probably meant. */
final class Spelling {

  private static final Words WORDS = Words.of(Spelling.class);

  private Spelling() {}

  /** A sentence that suggests the nearest word, or lists the words where none is near. */
  static String suggest(String written, Collection<String> words) {
    return nearest(written, words)
        .map(word -> WORDS.text("spelling.nearest", word))
        .orElseGet(() -> WORDS.text("spelling.possible", String.join(", ", words)));
  }

  /** The nearest word, where at most a third of its letters differ. */
  static Optional<String> nearest(String written, Collection<String> words) {
    String plain = plain(written);
    return words.stream()
        .filter(word -> distance(plain, plain(word)) <= Math.max(1, word.length() / 3))
        .min(Comparator.comparingInt(word -> distance(plain, plain(word))));
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
  }

  /** Damerau-Levenshtein distance, each pair of letters swapped at most once. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
