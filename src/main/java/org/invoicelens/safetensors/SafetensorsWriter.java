package org.invoicelens.safetensors;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.invoicelens.stage.WholeFile;

/** Writes safetensors files, each whole or not at all. */
public final class SafetensorsWriter {

  private static final int CHUNK = 1 << 20;

  private SafetensorsWriter() {}

  /**
   * A tensor to be written.
   *
   * @param type the type of an element
   * @param shape the dimensions, outermost first
   * @param data the values, row-major and little-endian
   */
  public record Tensor(SafetensorsType type, long[] shape, MemorySegment data) {

    private static final ValueLayout.OfFloat LITTLE_ENDIAN_FLOAT =
        ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    public Tensor {
      shape = shape.clone();
      long needed = type.size();
      for (long dimension : shape) {
        if (dimension < 0) {
          throw new IllegalArgumentException("shape " + Arrays.toString(shape));
        }
        needed = Math.multiplyExact(needed, dimension);
      }
      if (needed != data.byteSize()) {
        throw new IllegalArgumentException(
            type + Arrays.toString(shape) + " with " + data.byteSize() + " bytes");
      }
    }

    /**
     * A matrix of float32, {@code [rows, columns]}, copied.
     *
     * @throws IllegalArgumentException where the rows differ in length
     */
    public static Tensor ofRows(float[][] rows) {
      int columns = rows.length == 0 ? 0 : rows[0].length;
      long rowBytes = (long) columns * Float.BYTES;
      MemorySegment data = Arena.ofAuto().allocate(Math.max(1, rows.length * rowBytes));
      for (int row = 0; row < rows.length; row++) {
        if (rows[row].length != columns) {
          throw new IllegalArgumentException("row " + row + " has " + rows[row].length + " values");
        }
        MemorySegment.copy(rows[row], 0, data, LITTLE_ENDIAN_FLOAT, row * rowBytes, columns);
      }
      return new Tensor(
          SafetensorsType.F32,
          new long[] {rows.length, columns},
          data.asSlice(0, rows.length * rowBytes));
    }
  }

  /**
   * Writes the tensors under a temporary name beside the target, then replaces the target.
   *
   * @param metadata free text by key; may be empty
   */
  public static void write(Path target, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    write(target, tensors, metadata, written -> {});
  }

  /** Told how many bytes of tensors are written; may throw to end it, with nothing left behind. */
  @FunctionalInterface
  public interface Watch {
    void written(long bytes) throws IOException;
  }

  /** The same, telling of each megabyte. */
  public static void write(
      Path target, Map<String, Tensor> tensors, Map<String, String> metadata, Watch watch)
      throws IOException {
    // Wide types first: every tensor then lies at a multiple of its element's size.
    List<Map.Entry<String, Tensor>> ordered =
        tensors.entrySet().stream()
            .sorted(
                Comparator.comparing(
                        (Map.Entry<String, Tensor> entry) -> -entry.getValue().type().size())
                    .thenComparing(Map.Entry::getKey))
            .toList();
    WholeFile.write(
        target,
        out -> {
          WholeFile.writeFully(out, header(ordered, metadata));
          ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
          long written = 0;
          for (Map.Entry<String, Tensor> entry : ordered) {
            MemorySegment data = entry.getValue().data();
            for (long done = 0; done < data.byteSize(); done += chunk.limit()) {
              chunk.clear().limit((int) Math.min(CHUNK, data.byteSize() - done));
              MemorySegment.copy(data, done, MemorySegment.ofBuffer(chunk), 0, chunk.limit());
              WholeFile.writeFully(out, chunk);
              written += chunk.limit();
              watch.written(written);
            }
          }
        });
  }

  private static ByteBuffer header(
      List<Map.Entry<String, Tensor>> tensors, Map<String, String> metadata) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      if (!metadata.isEmpty()) {
        json.name("__metadata__").beginObject();
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.name(entry.getKey()).value(entry.getValue());
        }
        json.endObject();
      }
      long offset = 0;
      for (Map.Entry<String, Tensor> entry : tensors) {
        Tensor tensor = entry.getValue();
        json.name(entry.getKey()).beginObject();
        json.name("dtype").value(tensor.type().name());
        json.name("shape").beginArray();
        for (long dimension : tensor.shape()) {
          json.value(dimension);
        }
        json.endArray();
        json.name("data_offsets").beginArray().value(offset);
        offset += tensor.data().byteSize();
        json.value(offset).endArray().endObject();
      }
      json.endObject();
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (bytes.length + 7) / 8 * 8;
    ByteBuffer header =
        ByteBuffer.allocate(SafetensorsHeader.LENGTH_BYTES + padded)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(padded)
            .put(bytes);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }
}
