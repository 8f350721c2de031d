package org.invoicelens.hardware;

import java.util.Arrays;
import java.util.Optional;

/** The version of an NVIDIA driver, such as 570.86.10; compares number by number. */
record DriverVersion(String text) implements Comparable<DriverVersion> {

  private static final String FORM = "[0-9]{1,6}(\\.[0-9]{1,6}){0,3}";

  static DriverVersion parse(String text) {
    return tryParse(text).orElseThrow(() -> new IllegalArgumentException("driver version " + text));
  }

  static Optional<DriverVersion> tryParse(String text) {
    return text.matches(FORM) ? Optional.of(new DriverVersion(text)) : Optional.empty();
  }

  @Override
  public int compareTo(DriverVersion other) {
    return Arrays.compare(numbers(), other.numbers());
  }

  @Override
  public String toString() {
    return text;
  }

  private int[] numbers() {
    return Arrays.stream(text.split("\\.")).mapToInt(Integer::parseInt).toArray();
  }
}
