package org.invoicelens.safetensors;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/** A stretch of a file as a stream; reading it does not move the channel's position. */
final class ChannelSlice extends InputStream {

  private final FileChannel channel;
  private final long end;
  private long position;

  ChannelSlice(FileChannel channel, long begin, long length) {
    this.channel = channel;
    this.position = begin;
    this.end = begin + length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    int wanted = (int) Math.min(length, end - position);
    if (wanted == 0) {
      return -1;
    }
    int count = channel.read(ByteBuffer.wrap(bytes, offset, wanted), position);
    if (count > 0) {
      position += count;
    }
    return count;
  }
}
