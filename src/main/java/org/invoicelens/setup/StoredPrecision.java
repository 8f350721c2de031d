package org.invoicelens.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.invoicelens.config.Precision;
import org.invoicelens.safetensors.SafetensorsHeader;
import org.invoicelens.safetensors.SafetensorsType;
import org.invoicelens.safetensors.TensorInfo;

/** The precision in which a checkpoint's weights are stored. */
public final class StoredPrecision {

  private StoredPrecision() {}

  /**
   * The precision that keeps what is stored: float32 where any weight is float32, otherwise
   * bfloat16; empty where no file of weights can be read, which loading it will explain.
   */
  public static Optional<Precision> of(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> shards =
          entries.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList();
      for (Path shard : shards) {
        for (TensorInfo tensor : SafetensorsHeader.read(shard).tensors().values()) {
          if (tensor.type() == SafetensorsType.F32) {
            return Optional.of(Precision.FLOAT32);
          }
        }
      }
      return shards.isEmpty() ? Optional.empty() : Optional.of(Precision.BFLOAT16);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
