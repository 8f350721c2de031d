package org.invoicelens.pixtral;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The letters that stand for bytes in byte-level vocabularies: printable Latin-1 stands for itself,
 * the other 68 bytes for the letters from U+0100 on, in order.
 */
final class ByteLetters {

  private static final char FIRST_STAND_IN = 0x100;
  private static final char[] LETTERS = new char[256];
  private static final int[] BYTES = new int[FIRST_STAND_IN + 256];

  static {
    Arrays.fill(BYTES, -1);
    char standIn = FIRST_STAND_IN;
    for (int value = 0; value < 256; value++) {
      boolean printable =
          value >= '!' && value <= '~' || value >= 0xa1 && value <= 0xff && value != 0xad;
      LETTERS[value] = printable ? (char) value : standIn++;
      BYTES[LETTERS[value]] = value;
    }
  }

  private ByteLetters() {}

  /** The bytes that a token stands for; its own text where a letter of it stands for none. */
  static byte[] bytes(String token) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(token.length());
    for (int i = 0; i < token.length(); i++) {
      char letter = token.charAt(i);
      if (letter >= BYTES.length || BYTES[letter] < 0) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes.write(BYTES[letter]);
    }
    return bytes.toByteArray();
  }
}
