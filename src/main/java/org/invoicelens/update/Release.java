package org.invoicelens.update;

import java.net.URI;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * A version of the program that was published.
 *
 * @param version its number
 * @param date when it was published; empty where the manifest does not say
 * @param page what is new in it, an https address; empty where the manifest names none
 * @param packages what this computer can install of it
 * @param newer whether it is newer than the program that runs
 */
public record Release(
    String version,
    Optional<LocalDate> date,
    Optional<URI> page,
    List<Package> packages,
    boolean newer) {

  public Release {
    packages = List.copyOf(packages);
  }

  /**
   * An installer.
   *
   * @param name its file's name, a plain one
   * @param address where it lies
   * @param size its length in bytes
   * @param sha256 its digest in lower-case hexadecimal
   */
  public record Package(String name, URI address, long size, String sha256) {}
}
