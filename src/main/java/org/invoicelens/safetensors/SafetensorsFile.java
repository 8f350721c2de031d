package org.invoicelens.safetensors;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.NoSuchElementException;
import org.invoicelens.stage.Words;

/**
 * A safetensors file mapped into memory, of any size; values are read where they lie.
 *
 * <p>May be read from several threads. After {@link #close()} every segment and buffer taken from
 * it is dead: touching one throws {@link IllegalStateException}. A file that is shortened while it
 * is mapped makes reads fail with {@link InternalError}.
 */
public final class SafetensorsFile implements AutoCloseable {

  private static final Words WORDS = Words.of(SafetensorsFile.class);

  private final SafetensorsHeader header;
  private final Arena arena;
  private final MemorySegment values;

  private SafetensorsFile(SafetensorsHeader header, Arena arena, MemorySegment values) {
    this.header = header;
    this.arena = arena;
    this.values = values;
  }

  /**
   * Maps a file after its header passed every check.
   *
   * @throws SafetensorsException where the file cannot be read or is not sound
   */
  public static SafetensorsFile open(Path file) throws SafetensorsException {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      SafetensorsHeader header = SafetensorsHeader.read(file, channel);
      MemorySegment values =
          channel.map(FileChannel.MapMode.READ_ONLY, header.dataOffset(), header.dataSize(), arena);
      SafetensorsFile opened = new SafetensorsFile(header, arena, values);
      arena = null;
      return opened;
    } catch (SafetensorsException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new SafetensorsException(file, WORDS.text("fault.missing"), e);
    } catch (IOException e) {
      throw new SafetensorsException(file, WORDS.text("fault.unreadable"), e);
    } finally {
      if (arena != null) {
        arena.close();
      }
    }
  }

  /** The file's header. */
  public SafetensorsHeader header() {
    return header;
  }

  /** What the file holds, by name. */
  public Map<String, TensorInfo> tensors() {
    return header.tensors();
  }

  /** Free text that the writer left, by key. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /**
   * One tensor's values as they lie in the file, read-only.
   *
   * @throws NoSuchElementException where the file has no such tensor
   */
  public MemorySegment data(String name) {
    TensorInfo tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new NoSuchElementException("no tensor " + name + " in " + header.file().getFileName());
    }
    return values.asSlice(tensor.begin(), tensor.size());
  }

  /**
   * A stretch of one tensor's values as a direct, read-only, little-endian buffer, for native code
   * that takes an address.
   *
   * @param offset where it begins, in bytes from the tensor's first
   * @param length in bytes
   * @throws NoSuchElementException where the file has no such tensor
   * @throws IndexOutOfBoundsException where the tensor has no such stretch
   */
  public ByteBuffer buffer(String name, long offset, int length) {
    return data(name).asSlice(offset, length).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Unmaps the file. Closing twice does no harm. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
