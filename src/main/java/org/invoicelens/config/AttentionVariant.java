package org.invoicelens.config;

import java.util.Arrays;
import java.util.Optional;

/** How attention is computed; all variants give the same result up to rounding. */
public enum AttentionVariant {
  /** Two matrix products with a softmax between them. */
  EAGER("eager"),
  /**
   * PyTorch's scaled dot product attention, which chooses its kernel itself. On the processor a
   * prompt may have another of this program's own.
   */
  SDPA("sdpa"),
  /**
   * The flash kernel of scaled dot product attention, where the device has it; on the processor as
   * above.
   */
  FLASH("flash_attention_2");

  private final String id;

  AttentionVariant(String id) {
    this.id = id;
  }

  /** The variant of that name, exactly as in configuration files. */
  public static Optional<AttentionVariant> byId(String id) {
    return Arrays.stream(values()).filter(variant -> variant.id.equals(id)).findFirst();
  }

  /** The name in configuration files and on the command line. */
  public String id() {
    return id;
  }
}
