package org.invoicelens.pixtral;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;

/**
 * Tokens that come one by one, as text: what is given out is never taken back, because bytes wait
 * until their character is whole. Not thread-safe.
 */
public final class TextStream {

  private final IntFunction<byte[]> bytes;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer waiting = ByteBuffer.allocate(0);

  TextStream(IntFunction<byte[]> bytes) {
    this.bytes = bytes;
  }

  /** Takes the next token and returns the text that is certain now; often empty. */
  public String add(int id) {
    return decode(bytes.apply(id), false);
  }

  /** Returns what was still waiting. The stream must not be used afterwards. */
  public String end() {
    return decode(new byte[0], true);
  }

  private String decode(byte[] more, boolean last) {
    ByteBuffer in = ByteBuffer.allocate(waiting.remaining() + more.length);
    in.put(waiting).put(more).flip();
    // A byte never becomes more than one UTF-16 unit.
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    decoder.decode(in, out, last);
    if (last) {
      decoder.flush(out);
    }
    waiting = in;
    return out.flip().toString();
  }
}
