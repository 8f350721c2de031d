package org.invoicelens.download;

import java.nio.file.Path;

/** A download in a process of its own, to be killed. Arguments: model folder, endpoint. */
final class DownloadInChild {

  private DownloadInChild() {}

  public static void main(String[] arguments) throws Exception {
    Fixture run = new Fixture(Path.of(arguments[0]));
    DownloadResult result = run.download(arguments[1], FaultyHub.REPOSITORY);
    System.out.println("transferred " + result.transferred());
  }
}
