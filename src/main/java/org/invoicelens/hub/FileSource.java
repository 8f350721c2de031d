package org.invoicelens.hub;

import org.invoicelens.config.ModelConfig;

/** A server that a repository's files can be fetched from. Thread-safe. */
public interface FileSource extends AutoCloseable {

  /**
   * A mirror that has not been asked yet. No token goes there.
   *
   * @throws HubException where the address, the proxy or the file of certificates is not usable
   */
  static FileSource of(HubSettings settings, ModelConfig.Mirror mirror) throws HubException {
    return switch (mirror.kind()) {
      case HUB -> HubClient.forMirror(settings, mirror.address());
      case FOLDER -> new MirrorFolder(settings, mirror.address());
    };
  }

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
