package org.invoicelens.hub;

import okhttp3.HttpUrl;

/**
 * Where a file was found last, so that its other ranges need no resolving.
 *
 * <p>The address is usually signed and valid for about an hour; its text form shows the host only.
 */
public final class FileAddress {

  private final HttpUrl url;

  FileAddress(HttpUrl url) {
    this.url = url;
  }

  HttpUrl url() {
    return url;
  }

  @Override
  public String toString() {
    return url.host();
  }
}
