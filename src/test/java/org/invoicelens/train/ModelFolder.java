package org.invoicelens.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Folders of models for tests of the trainer. */
final class ModelFolder {

  private ModelFolder() {}

  /** Copies everything but the weights. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      List<Path> small = files.filter(file -> file.toString().endsWith(".json")).toList();
      for (Path file : small) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** Sets the longest side of a picture, in pixels. */
  static void limit(Path folder, int pixels) throws IOException {
    Path file = folder.resolve("preprocessor_config.json");
    Files.writeString(
        file, Files.readString(file).replaceFirst("(\"longest_edge\": )\\d+", "$1" + pixels));
  }

  /** Makes it a model of next to nothing: one layer on each side, 32 wide. */
  static void shrink(Path folder) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(
        file,
        Files.readString(file)
            .replace("\"hidden_size\":192", "\"hidden_size\":32")
            .replace("\"intermediate_size\":512", "\"intermediate_size\":48")
            .replace("\"num_hidden_layers\":4", "\"num_hidden_layers\":1")
            .replace("\"num_attention_heads\":6", "\"num_attention_heads\":2")
            .replace("\"num_key_value_heads\":6", "\"num_key_value_heads\":1")
            .replace("\"head_dim\":32", "\"head_dim\":16"));
  }
}
