package org.invoicelens.hub;

import java.util.Optional;

/**
 * A plain folder of one repository's files on a server, such as a share of the company's.
 *
 * <p>It knows neither commits nor digests: whether a file is the right one is for the caller to
 * prove. No token goes there. Thread-safe.
 */
final class MirrorFolder implements FileSource {

  private final HubClient client;

  /**
   * A folder that has not been asked yet.
   *
   * @param address such as {@code http://share/pixtral-12b}; a file lies at its path below
   * @throws HubException where the address, the proxy or the file of certificates is not usable
   */
  MirrorFolder(HubSettings settings, String address) throws HubException {
    client = HubClient.forMirror(settings, address);
  }

  @Override
  public String name() {
    return client.name();
  }

  @Override
  public FileAnswer open(FileRequest request) throws HubException {
    FileAddress address = request.address().orElseGet(() -> client.below(request.path()));
    return client.open(request.at(Optional.of(address)));
  }

  @Override
  public void breakOff() {
    client.breakOff();
  }

  @Override
  public void close() {
    client.close();
  }
}
