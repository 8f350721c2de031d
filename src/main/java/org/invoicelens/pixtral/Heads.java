package org.invoicelens.pixtral;

/**
 * The heads of an attention.
 *
 * @param queries how many there are
 * @param keys how many share their keys and values with some of them, or as many
 * @param width numbers of each
 */
record Heads(int queries, int keys, int width) {

  /** Numbers of a token's queries. */
  int ofQueries() {
    return queries * width;
  }

  /** Numbers of a token's keys, as of its values. */
  int ofKeys() {
    return keys * width;
  }
}
