package org.invoicelens.stage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteSizeTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0 bytes, 0 bytes",
    "1, 1 byte, 1 byte",
    "999, 999 bytes, 999 bytes",
    "1000, 1.0 kB, 1000 bytes",
    "1023, 1.0 kB, 1023 bytes",
    "1024, 1.0 kB, 1.0 KiB",
    "999949, 999.9 kB, 976.5 KiB",
    "999950, 1.0 MB, 976.5 KiB",
    "1048575, 1.0 MB, 1.0 MiB",
    "25365479424, 25.4 GB, 23.6 GiB",
    "9223372036854775807, 9.2 EB, 8.0 EiB",
  })
  void isReadable(long bytes, String decimal, String binary) {
    assertThat(ByteSize.text(bytes)).isEqualTo(decimal);
    assertThat(ByteSize.binaryText(bytes)).isEqualTo(binary);
  }

  @Test
  void followsTheUsersNotation() throws Exception {
    assertThat(InGerman.of(() -> ByteSize.text(25_365_479_424L))).isEqualTo("25,4 GB");
    assertThat(InGerman.of(() -> ByteSize.binaryText(25_365_479_424L))).isEqualTo("23,6 GiB");
    assertThat(InGerman.of(() -> ByteSize.text(999))).isEqualTo("999 Byte");
  }
}
