package org.invoicelens.download;

import java.nio.file.Path;

/** Holds the right to a model folder in a process of its own until its input ends. */
final class FolderLockInChild {

  private FolderLockInChild() {}

  public static void main(String[] arguments) throws Exception {
    try (FolderLock _ = FolderLock.take(Path.of(arguments[0]))) {
      System.out.println("taken");
      System.in.read();
    }
  }
}
