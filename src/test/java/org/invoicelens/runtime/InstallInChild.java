package org.invoicelens.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.TorchBuild;
import org.invoicelens.download.RateLimit;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.stage.Cancellation;

/** An installation in a process of its own, to be killed. Arguments: data folder, address. */
final class InstallInChild {

  private InstallInChild() {}

  public static void main(String[] arguments) throws Exception {
    Path data = Path.of(arguments[0]);
    TorchBuild build =
        new TorchBuild(
            "2.7.1",
            "cu128",
            arguments[1],
            List.of("linux-x86_64"),
            "1",
            "1",
            7.5,
            1,
            1,
            50_000_000,
            Map.of());
    new RuntimeInstaller(
            new ApplicationFolders(data, data, data.resolve("state"), data.resolve("logs")),
            build,
            TorchPlatform.LINUX,
            HubSettings.DEFAULT.withoutProxy(),
            new RateLimit(0),
            progress -> {},
            new Cancellation())
        .install();
  }
}
