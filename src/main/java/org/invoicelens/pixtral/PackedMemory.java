package org.invoicelens.pixtral;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Main memory in which packed weights lie, outside Java's heap and PyTorch's: both read it where it
 * is.
 */
interface PackedMemory extends AutoCloseable {

  /**
   * Room for the parts of a weight, by suffix; zero or what the weight's parts were before.
   *
   * @throws OutOfMemoryError where there is none
   */
  Map<String, MemorySegment> room(String name, PackedForm form);

  /** Frees it; nothing may use it any more. */
  @Override
  void close();

  /** Memory that the system gives and takes back, and nothing else has. */
  static PackedMemory anonymous() {
    Arena arena = Arena.ofShared();
    return new PackedMemory() {
      @Override
      public Map<String, MemorySegment> room(String name, PackedForm form) {
        Map<String, MemorySegment> parts = new LinkedHashMap<>();
        for (PackedForm.Part part : form.parts()) {
          parts.put(part.suffix(), arena.allocate(part.bytes(), 64));
        }
        return parts;
      }

      @Override
      public void close() {
        arena.close();
      }
    };
  }
}
