package org.invoicelens.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.invoicelens.safetensors.SafetensorsWriter.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @TempDir Path folder;

  @Test
  void readsThePublishedQuantisationTables() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(GOLDEN.resolve("quant/quant.safetensors"))) {
      TensorInfo code = file.tensors().get("nf4.code");
      assertThat(code.type()).isEqualTo(SafetensorsType.F32);
      assertThat(code.shape()).containsExactly(16);

      ByteBuffer values = file.buffer("nf4.code", 0, 64);
      assertThat(values.isDirect()).isTrue();
      assertThat(values.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
      assertThat(values.getFloat(0)).isEqualTo(-1f);
      assertThat(values.getFloat(28)).isEqualTo(0f);
      assertThat(values.getFloat(60)).isEqualTo(1f);
      assertThat(file.buffer("nf4.code", 60, 4).getFloat()).isEqualTo(1f);
      assertThat(file.data("weights").byteSize()).isEqualTo(256L * 128 * 4);
    }
  }

  @Test
  void opensEveryGoldenFile() throws IOException {
    int tensors = 0;
    try (Stream<Path> files = Files.walk(GOLDEN)) {
      for (Path path : files.filter(p -> p.toString().endsWith(".safetensors")).toList()) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
          tensors += file.tensors().size();
        }
      }
    }
    assertThat(tensors).isGreaterThan(300);
  }

  @Test
  void refusesWritingNamesAndStretchesThatAreNotThere() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(GOLDEN.resolve("quant/quant.safetensors"))) {
      assertThat(file.data("nf4.code").isReadOnly()).isTrue();
      assertThatThrownBy(() -> file.data("none")).isInstanceOf(NoSuchElementException.class);
      assertThatThrownBy(() -> file.buffer("nf4.code", 60, 8))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> file.buffer("nf4.code", -4, 4))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void isDeadOnceClosed() throws IOException {
    SafetensorsFile file = SafetensorsFile.open(GOLDEN.resolve("quant/quant.safetensors"));
    MemorySegment code = file.data("nf4.code");
    file.close();
    file.close();

    assertThatIllegalStateException().isThrownBy(() -> code.get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  void readsWhatWasWritten() throws IOException {
    Path path = folder.resolve("logits.safetensors");
    Files.writeString(path, "what was there before");
    float[][] logits = {{1, 2.5f, -3}, {Float.MIN_VALUE, 0, 1e30f}};
    byte[] flags = {1, 0, 1};

    SafetensorsWriter.write(
        path,
        Map.of(
            "flags",
            new Tensor(SafetensorsType.BOOL, new long[] {3}, MemorySegment.ofArray(flags)),
            "logits",
            Tensor.ofRows(logits),
            "none",
            Tensor.ofRows(new float[0][])),
        Map.of("format", "line\nand \"quote\""));

    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertThat(file.metadata()).containsEntry("format", "line\nand \"quote\"");
      assertThat(file.header().dataOffset() % 8).isZero();
      assertThat(file.tensors().get("logits").shape()).containsExactly(2, 3);
      assertThat(file.tensors().get("logits").begin() % 4).isZero();
      assertThat(file.tensors().get("none").shape()).containsExactly(0, 0);
      ByteBuffer values = file.buffer("logits", 0, 24);
      for (float[] row : logits) {
        for (float value : row) {
          assertThat(values.getFloat()).isEqualTo(value);
        }
      }
      assertThat(file.data("flags").toArray(ValueLayout.JAVA_BYTE)).isEqualTo(flags);
    }
    assertThat(folder)
        .isDirectoryContaining(path::equals)
        .isDirectoryNotContaining("glob:**.unfinished");
  }

  @Test
  void leavesTheOldFileWhereWritingFails() throws IOException {
    Path path = Files.createDirectory(folder.resolve("logits.safetensors"));
    Files.writeString(path.resolve("kept"), "kept");

    assertThatThrownBy(() ->
            SafetensorsWriter.write(path, Map.of("a", Tensor.ofRows(new float[1][1])), Map.of()))
        .isInstanceOf(IOException.class);

    assertThat(path.resolve("kept")).hasContent("kept");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(path);
    }
  }

  @Test
  void refusesDataThatDoesNotFitTheShape() {
    assertThatThrownBy(() ->
            new Tensor(SafetensorsType.F32, new long[] {2}, MemorySegment.ofArray(new byte[7])))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Tensor.ofRows(new float[][] {{1}, {1, 2}}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
