package org.invoicelens.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A native library with the interface of a driver's, compiled for a test. */
final class StandInLibrary {

  private StandInLibrary() {}

  /** Compiles a source in C; where there is no compiler, the test is left out. */
  static String compile(String source, Path folder) throws Exception {
    Path library = folder.resolve("stand-in.so");
    Process compiler;
    try {
      compiler =
          new ProcessBuilder("gcc", "-shared", "-fPIC", "-x", "c", "-o", library.toString(), "-")
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      assumeTrue(false, "there is no C compiler here");
      throw e;
    }
    compiler.getOutputStream().write(source.getBytes(StandardCharsets.UTF_8));
    compiler.getOutputStream().close();
    String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(compiler.waitFor()).as(output).isZero();
    assertThat(library).isNotEmptyFile();
    return library.toString();
  }
}
