package org.invoicelens.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import org.invoicelens.stage.Words;

/**
 * The header of a safetensors file, checked against the file's size before anything in it is
 * trusted.
 *
 * <p>The file is an 8-byte little-endian length, a JSON object of that length, and the values. The
 * header is refused unless the tensors fill the rest of the file exactly, without a hole, an
 * overlap or a byte left over; that is what the reference implementation demands.
 *
 * @param file where it was read
 * @param dataOffset where the values begin in the file, in bytes
 * @param dataSize all values together, in bytes
 * @param tensors what the file holds, by name, in the order of the header; not modifiable
 * @param metadata free text that the writer left, by key; not modifiable
 */
public record SafetensorsHeader(
    Path file,
    long dataOffset,
    long dataSize,
    Map<String, TensorInfo> tensors,
    Map<String, String> metadata) {

  private static final Words WORDS = Words.of(SafetensorsHeader.class);

  /** The longest header that the format allows, in bytes. */
  public static final long LONGEST = 100_000_000;

  static final int LENGTH_BYTES = 8;

  public SafetensorsHeader {
    tensors = Collections.unmodifiableMap(tensors);
    metadata = Collections.unmodifiableMap(metadata);
  }

  /**
   * Reads and checks the header of a file, not its values.
   *
   * @throws SafetensorsException where the file cannot be read or is not sound
   */
  public static SafetensorsHeader read(Path file) throws SafetensorsException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return read(file, channel);
    } catch (SafetensorsException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new SafetensorsException(file, WORDS.text("fault.missing"), e);
    } catch (IOException e) {
      throw new SafetensorsException(file, WORDS.text("fault.unreadable"), e);
    }
  }

  static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
    long fileSize = channel.size();
    if (fileSize < LENGTH_BYTES) {
      throw new SafetensorsException(
          file, WORDS.text("fault.tooShort", Long.toString(fileSize)), null);
    }
    ByteBuffer prefix = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (prefix.hasRemaining() && channel.read(prefix, prefix.position()) >= 0) {
      // A read may bring fewer bytes than asked for.
    }
    long length = prefix.flip().getLong();
    if (length < 0 || length > LONGEST) {
      throw new SafetensorsException(
          file,
          WORDS.text("fault.headerTooLong", Long.toUnsignedString(length), Long.toString(LONGEST)),
          null);
    }
    if (length > fileSize - LENGTH_BYTES) {
      throw new SafetensorsException(
          file,
          WORDS.text(
              "fault.cutShort", Long.toString(LENGTH_BYTES + length), Long.toString(fileSize)),
          null);
    }
    return new HeaderParser(file, LENGTH_BYTES + length, fileSize)
        .parse(new ChannelSlice(channel, LENGTH_BYTES, length));
  }
}
