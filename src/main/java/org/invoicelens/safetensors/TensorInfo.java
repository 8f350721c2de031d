package org.invoicelens.safetensors;

import java.util.Arrays;

/**
 * What the header says of one tensor: values row-major and little-endian, from {@code begin} to
 * {@code end} of the data that follows the header.
 *
 * @param name the tensor's name
 * @param type the type of an element
 * @param shape the dimensions, outermost first; empty for a single value
 * @param begin the first byte, counted from the end of the header
 * @param end the byte after the last
 */
public record TensorInfo(String name, SafetensorsType type, long[] shape, long begin, long end) {

  public TensorInfo {
    shape = shape.clone();
  }

  /** The dimensions, outermost first, as a copy. */
  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** All values together, in bytes. */
  public long size() {
    return end - begin;
  }

  /** How many values there are. */
  public long count() {
    return size() / type.size();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorInfo that
        && name.equals(that.name)
        && type == that.type
        && Arrays.equals(shape, that.shape)
        && begin == that.begin
        && end == that.end;
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + Long.hashCode(begin);
  }

  @Override
  public String toString() {
    return name + " " + type + Arrays.toString(shape) + " at " + begin;
  }
}
