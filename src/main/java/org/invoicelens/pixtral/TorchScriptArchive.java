package org.invoicelens.pixtral;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive assembled from source, without weights.
 *
 * <p>The archive is a ZIP file of stored entries below one folder: {@code data.pkl}, the module as
 * a pickle (protocol 2) of its class name and attributes; {@code code/__torch__/PACKAGE.py}, the
 * source in the form PyTorch itself writes; {@code constants.pkl}, an empty tuple; {@code version}.
 */
final class TorchScriptArchive {

  private static final String FOLDER = "program/";

  private TorchScriptArchive() {}

  /**
   * Assembles an archive with one class.
   *
   * @param unit the source's name, which is also the package of its class
   * @param className the class, as the source names it
   * @param source the code of {@code __torch__.UNIT.CLASS}
   * @param attributes a value for every attribute the source declares: booleans, integers, doubles,
   *     strings, and empty maps
   */
  static byte[] assemble(
      String unit, String className, String source, Map<String, Object> attributes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "data.pkl", module("__torch__." + unit, className, attributes));
      store(zip, "code/__torch__/" + unit + ".py", source.getBytes(StandardCharsets.UTF_8));
      store(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
      store(zip, "version", "10\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 checksum = new CRC32();
    checksum.update(content);
    ZipEntry entry = new ZipEntry(FOLDER + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** Class, no arguments, new object, state, build. */
  private static byte[] module(String unit, String className, Map<String, Object> attributes) {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    pickle.write(0x80);
    pickle.write(2);
    pickle.writeBytes(("c" + unit + "\n" + className + "\n").getBytes(StandardCharsets.US_ASCII));
    pickle.writeBytes(new byte[] {')', (byte) 0x81, '}', '('});
    attributes.forEach((name, value) -> {
      string(pickle, name);
      value(pickle, value);
    });
    pickle.writeBytes(new byte[] {'u', 'b', '.'});
    return pickle.toByteArray();
  }

  private static void value(ByteArrayOutputStream pickle, Object value) {
    switch (value) {
      case Boolean flag -> pickle.write(flag ? 0x88 : 0x89);
      case Integer number -> {
        pickle.write('J');
        littleEndian(pickle, number);
      }
      case Double number -> {
        pickle.write('G');
        pickle.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
      }
      case String text -> string(pickle, text);
      case Map<?, ?> map when map.isEmpty() -> pickle.write('}');
      default -> throw new IllegalArgumentException("no pickle for " + value);
    }
  }

  private static void string(ByteArrayOutputStream pickle, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    pickle.write('X');
    littleEndian(pickle, bytes.length);
    pickle.writeBytes(bytes);
  }

  private static void littleEndian(ByteArrayOutputStream pickle, int number) {
    pickle.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array());
  }
}
