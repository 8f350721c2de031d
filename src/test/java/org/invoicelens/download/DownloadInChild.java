package org.invoicelens.download;

import java.nio.file.Path;
import java.util.Arrays;
import org.invoicelens.config.ModelConfig;

/**
 * A download in a process of its own, to be killed. Arguments: model folder, endpoint, and further
 * Hubs as mirrors.
 */
final class DownloadInChild {

  private DownloadInChild() {}

  public static void main(String[] arguments) throws Exception {
    Fixture run = new Fixture(Path.of(arguments[0]));
    run.mirrors =
        Arrays.stream(arguments)
            .skip(2)
            .map(address -> new ModelConfig.Mirror(ModelConfig.Mirror.Kind.HUB, address))
            .toList();
    DownloadResult result = run.download(arguments[1], FaultyHub.REPOSITORY);
    System.out.println("transferred " + result.transferred());
  }
}
