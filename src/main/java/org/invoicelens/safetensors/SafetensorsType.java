package org.invoicelens.safetensors;

/** The element type of a tensor, under the name that the file gives it. Every type fills bytes. */
public enum SafetensorsType {
  BOOL(1),
  U8(1),
  I8(1),
  F8_E4M3(1),
  F8_E5M2(1),
  F8_E8M0(1),
  U16(2),
  I16(2),
  F16(2),
  BF16(2),
  U32(4),
  I32(4),
  F32(4),
  U64(8),
  I64(8),
  F64(8),
  C64(8);

  private final int size;

  SafetensorsType(int size) {
    this.size = size;
  }

  /** One element, in bytes. */
  public int size() {
    return size;
  }
}
