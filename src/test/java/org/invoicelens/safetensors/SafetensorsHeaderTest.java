package org.invoicelens.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.invoicelens.stage.InGerman;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsHeaderTest {

  @TempDir Path folder;

  static Stream<Arguments> brokenHeaders() {
    return Stream.of(
        arguments("[]", 0, "does not begin with {"),
        arguments(" {}", 0, "does not begin with {"),
        arguments("", 0, "does not begin with {"),
        arguments("{", 0, "not valid JSON"),
        arguments("{}{}", 0, "not valid JSON"),
        arguments("{'a':1}", 0, "not valid JSON"),
        arguments("{\"a\":7}", 0, "not valid JSON"),
        arguments("{\"a\":null}", 0, "not valid JSON"),
        arguments("{" + tensor("a", "F32", "[2]", "[0,8]") + ",}", 8, "not valid JSON"),
        arguments("{" + tensor("a", "F4", "[2]", "[0,8]") + "}", 8, "unknown type F4"),
        arguments("{" + tensor("a", "f32", "[2]", "[0,8]") + "}", 8, "unknown type f32"),
        arguments("{\"a\":{\"dtype\":1,\"shape\":[],\"data_offsets\":[0,4]}}", 4, "not a text"),
        arguments("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "lacks"),
        arguments("{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "lacks"),
        arguments("{" + tensor("a", "F32", "[1]", "[0]") + "}", 4, "lacks"),
        arguments("{" + tensor("a", "F32", "[1]", "[0,4,8]") + "}", 4, "more than 2"),
        arguments("{" + tensor("a", "F32", "[-1]", "[0,4]") + "}", 4, "no whole number"),
        arguments("{" + tensor("a", "F32", "[1.0]", "[0,4]") + "}", 4, "no whole number"),
        arguments("{" + tensor("a", "F32", "[1e0]", "[0,4]") + "}", 4, "no whole number"),
        arguments("{" + tensor("a", "F32", "[\"1\"]", "[0,4]") + "}", 4, "no whole number"),
        arguments("{" + tensor("a", "F32", "[true]", "[0,4]") + "}", 4, "no whole number"),
        arguments("{" + tensor("a", "F32", "[NaN]", "[0,4]") + "}", 4, "not valid JSON"),
        arguments("{" + tensor("a", "F32", "[1]", "[0,-4]") + "}", 4, "no whole number"),
        arguments(
            "{" + tensor("a", "F32", "[1]", "[0,99999999999999999999]") + "}",
            4,
            "no whole number"),
        arguments("{" + tensor("a", "F32", "[2]", "[0,8]") + "}", 4, "ends at byte 8"),
        arguments("{" + tensor("a", "F32", "[1]", "[4,0]") + "}", 4, "ends before it begins"),
        arguments("{" + tensor("a", "F32", "[1]", "[0,8]") + "}", 8, "needs 4 bytes"),
        arguments("{" + tensor("a", "F32", "[3]", "[0,8]") + "}", 8, "needs 12 bytes"),
        arguments(
            "{" + tensor("a", "F32", "[4294967296,4294967296]", "[0,0]") + "}",
            0,
            "impossible shape"),
        arguments("{" + tensor("a", "F32", "[2]", "[0,8]") + "}", 9, "tensors fill 8 bytes"),
        arguments("{}", 1, "tensors fill 0 bytes"),
        arguments("{" + tensor("a", "F32", "[1]", "[4,8]") + "}", 8, "begins at byte 4"),
        arguments(
            "{"
                + tensor("a", "F32", "[1]", "[0,4]")
                + ","
                + tensor("b", "F32", "[1]", "[8,12]")
                + "}",
            12,
            "begins at byte 8"),
        arguments(
            "{"
                + tensor("a", "F32", "[2]", "[0,8]")
                + ","
                + tensor("b", "F32", "[2]", "[4,12]")
                + "}",
            12,
            "begins at byte 4"),
        arguments(
            "{"
                + tensor("a", "F32", "[1]", "[0,4]")
                + ","
                + tensor("a", "F32", "[1]", "[4,8]")
                + "}",
            8,
            "tensor a twice"),
        arguments(
            "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
            4,
            "dtype twice"),
        arguments("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__ twice"),
        arguments("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0, "metadata k twice"),
        arguments("{\"__metadata__\":{\"k\":1}}", 0, "not a text"),
        arguments("{\"a\":{\"x\":" + "[".repeat(100_000) + "}}", 0, "not valid JSON"),
        arguments(
            "{" + tensor("a", "F32", "[" + "1,".repeat(20) + "1]", "[0,4]") + "}",
            4,
            "more than 16"));
  }

  @ParameterizedTest
  @MethodSource("brokenHeaders")
  void refusesABrokenHeader(String header, int dataBytes, String fault) throws IOException {
    Path file = write(header.getBytes(StandardCharsets.UTF_8), dataBytes);

    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> SafetensorsHeader.read(file))
        .withMessageStartingWith("model.safetensors: ")
        .withMessageContaining(fault)
        .satisfies(e -> assertThat(e.file()).isEqualTo(file));
  }

  @Test
  void saysInGermanWhatIsWrong() throws Exception {
    Path file =
        write(
            ("{" + tensor("{0}", "F32", "[2]", "[0,8]") + "}").getBytes(StandardCharsets.UTF_8), 4);

    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> InGerman.of(() -> SafetensorsHeader.read(file)))
        .satisfies(e ->
            assertThat(e.fault())
                .isEqualTo("der Tensor {0} endet bei Byte 8 der Daten, die Datei hat davon nur 4"));
  }

  @Test
  void refusesAHeaderThatIsNotUtf8() throws IOException {
    byte[] header = "{\"?\":{}}".getBytes(StandardCharsets.US_ASCII);
    header[2] = (byte) 0xff;

    assertRefused(write(header, 0), "not valid UTF-8");
  }

  @Test
  void refusesMoreTensorsThanAnyModelHas() throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.write('{');
    for (int i = 0; i <= 200_000; i++) {
      header.writeBytes(
          ((i == 0 ? "" : ",") + tensor("t" + i, "U8", "[0]", "[0,0]"))
              .getBytes(StandardCharsets.US_ASCII));
    }
    header.write('}');

    assertRefused(write(header.toByteArray(), 0), "more than 200000 tensors");
  }

  @Test
  void refusesAFileTooShortForALength() throws IOException {
    Path file = Files.write(folder.resolve("model.safetensors"), new byte[7]);

    assertRefused(file, "it has 7 bytes");
  }

  @Test
  void refusesLengthsThatTheFileCannotHold() throws IOException {
    assertRefused(writeLength(3, "{}"), "cut short");
    assertRefused(writeLength(100_000_000, "{}"), "cut short");
    assertRefused(writeLength(100_000_001, "{}"), "claims 100000001 bytes");
    assertRefused(writeLength(Long.MAX_VALUE, "{}"), "claims 9223372036854775807 bytes");
    assertRefused(writeLength(-1, "{}"), "claims 18446744073709551615 bytes");
  }

  @Test
  void refusesAFileCutAnywhere() throws IOException {
    byte[] whole =
        Files.readAllBytes(Path.of("src/test/resources/golden/quant/quant_edge.safetensors"));
    for (int length : new int[] {0, 1, 8, 9, 100, whole.length / 2, whole.length - 1}) {
      Path file =
          Files.write(folder.resolve("cut.safetensors"), java.util.Arrays.copyOf(whole, length));
      assertThatExceptionOfType(SafetensorsException.class)
          .as("%d bytes", length)
          .isThrownBy(() -> SafetensorsHeader.read(file));
    }
  }

  @Test
  void saysThatAFileIsMissing() {
    assertRefused(folder.resolve("none.safetensors"), "does not exist");
  }

  @Test
  void acceptsEmptyTensorsScalarsMetadataAndUnknownKeys() throws IOException {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + tensor("empty", "F32", "[0,5]", "[2,2]")
            + ",\"scalar\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[0,2],\"note\":{\"x\":[]}}}"
            + "   ";

    SafetensorsHeader read =
        SafetensorsHeader.read(write(header.getBytes(StandardCharsets.UTF_8), 2));

    assertThat(read.metadata()).containsExactly(java.util.Map.entry("format", "pt"));
    assertThat(read.tensors().keySet()).containsExactly("empty", "scalar");
    assertThat(read.tensors().get("empty").count()).isZero();
    assertThat(read.tensors().get("scalar").count()).isEqualTo(1);
    assertThat(read.dataSize()).isEqualTo(2);
  }

  private void assertRefused(Path file, String fault) {
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> SafetensorsHeader.read(file))
        .withMessageContaining(fault);
    assertThatExceptionOfType(SafetensorsException.class)
        .isThrownBy(() -> SafetensorsFile.open(file))
        .withMessageContaining(fault);
  }

  private Path write(byte[] header, int dataBytes) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header);
    return Files.write(folder.resolve("model.safetensors"), bytes.array());
  }

  private Path writeLength(long length, String header) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(length).put(header.getBytes(StandardCharsets.US_ASCII));
    return Files.write(folder.resolve("model.safetensors"), bytes.array());
  }

  private static String tensor(String name, String type, String shape, String offsets) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}"
        .formatted(name, type, shape, offsets);
  }
}
