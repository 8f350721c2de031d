package org.invoicelens.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every source file is formatted by google-java-format. {@code ./mvnw test -Dtest=SourceFormatTest
 * -Dformat.write=true} formats them.
 */
class SourceFormatTest {

  @Test
  void everySourceFileIsFormatted() throws Exception {
    boolean write = Boolean.getBoolean("format.write");
    Formatter formatter = new Formatter();
    List<Path> unformatted = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String source = Files.readString(file);
        String formatted =
            formatter.formatSourceAndFixImports(RemoveUnusedImports.removeUnusedImports(source));
        if (!formatted.equals(source)) {
          if (write) {
            Files.writeString(file, formatted);
          } else {
            unformatted.add(file);
          }
        }
      }
    }
    assertThat(unformatted)
        .as("not formatted; run ./mvnw test -Dtest=SourceFormatTest -Dformat.write=true")
        .isEmpty();
  }
}
