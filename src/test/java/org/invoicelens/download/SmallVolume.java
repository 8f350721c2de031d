package org.invoicelens.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assumptions;

/**
 * A volume of a few megabytes in memory, which Linux gives to root; elsewhere tests are skipped.
 */
public record SmallVolume(Path folder) implements AutoCloseable {

  /** An empty one in a new folder of that name. */
  public static SmallVolume mount(Path parent, int megabytes) throws Exception {
    Path folder = Files.createDirectory(parent.resolve("volume"));
    boolean mounted =
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "none", folder.toString());
    Assumptions.assumeThat(mounted).as("a small volume of its own").isTrue();
    return new SmallVolume(folder);
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException noSuchCommand) {
      return false;
    }
  }

  @Override
  public void close() throws InterruptedException {
    run("umount", folder.toString());
  }
}
