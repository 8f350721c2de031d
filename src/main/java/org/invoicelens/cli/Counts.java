package org.invoicelens.cli;

/** Numbers of things, in words: "1 file", "3 files". */
final class Counts {

  private Counts() {}

  static String files(int count) {
    return count == 1 ? "1 file" : count + " files";
  }
}
