package org.invoicelens.hub;

/** A server that a repository's files can be fetched from. Thread-safe. */
public interface FileSource extends AutoCloseable {

  /** Host, port and path of its address, which tell it from others; for messages. */
  String name();

  /**
   * Asks for a file or a part of it; follows redirects.
   *
   * @return an answer with status 200, 206 or 416; everything else is a failure
   */
  FileAnswer open(FileRequest request) throws HubException;

  /** Breaks off every request and every body under way; later requests are not affected. */
  void breakOff();

  @Override
  void close();
}
