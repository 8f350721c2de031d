package org.invoicelens.download;

import org.invoicelens.hub.FileAnswer;
import org.invoicelens.hub.FileRequest;
import org.invoicelens.hub.FileSource;

/** A server of which a test needs no more than the name: what it did is told by the test. */
record UnaskedServer(String name) implements FileSource {

  @Override
  public FileAnswer open(FileRequest request) {
    throw new AssertionError(name + " is asked for " + request.path());
  }

  @Override
  public void breakOff() {}

  @Override
  public void close() {}
}
