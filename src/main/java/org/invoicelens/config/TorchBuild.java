package org.invoicelens.config;

import java.util.List;
import java.util.Map;

/**
 * A build of PyTorch for NVIDIA's graphics cards: where it is to be had and what it needs.
 *
 * <p>Written in {@code config/runtimes/pytorch-cuda.yaml}; an administrator replaces it with a file
 * of that name in {@code runtimes/} of the folder of his own. Immutable.
 *
 * @param version of PyTorch, such as {@code 2.7.1}
 * @param flavor which CUDA it is for, such as {@code cu128}
 * @param address the folder on a server with {@code files.txt} and the files that it names; no
 *     slash at its end
 * @param platforms those it exists for, as the server's folders are called: {@code linux-x86_64}
 * @param driverLinux the oldest driver it runs with on Linux
 * @param driverWindows the oldest driver it runs with on Windows
 * @param minComputeCapability the oldest cards it holds code for
 * @param downloadBytes about how much is fetched, for what is said before the server was asked
 * @param unpackedBytes about how much it is on the disk, likewise
 * @param largestBytes the most that its files may have together, unpacked: more is no PyTorch
 * @param sha256 the digest of files as they are fetched, by their names, where somebody wrote them
 *     down
 */
public record TorchBuild(
    String version,
    String flavor,
    String address,
    List<String> platforms,
    String driverLinux,
    String driverWindows,
    double minComputeCapability,
    long downloadBytes,
    long unpackedBytes,
    long largestBytes,
    Map<String, String> sha256) {

  /** The name of its file. */
  public static final String FILE = "pytorch-cuda.yaml";

  public TorchBuild {
    platforms = List.copyOf(platforms);
    sha256 = Map.copyOf(sha256);
  }

  /** Version and flavor, such as {@code 2.7.1-cu128}. */
  public String id() {
    return version + "-" + flavor;
  }

  /** The same from another server. */
  public TorchBuild withAddress(String other) {
    return new TorchBuild(
        version,
        flavor,
        other,
        platforms,
        driverLinux,
        driverWindows,
        minComputeCapability,
        downloadBytes,
        unpackedBytes,
        largestBytes,
        sha256);
  }

  /** Whether a text can be the address: encrypted, or a server inside this computer. */
  public static boolean isAddress(String text) {
    return !text.equals(ModelConfig.BUNDLED) && HubAddress.refuseEndpoint(text).isEmpty();
  }
}
