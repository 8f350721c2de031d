package org.invoicelens.runtime;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.TorchBuild;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PyTorch for graphics cards that is here: one that was fetched into a folder of ours, or a folder
 * of the user's that was adopted and is remembered in {@code runtime.json} beside the settings. The
 * adopted one counts where both are there.
 *
 * @param folder the libraries lie in it
 * @param adopted whether the folder is the user's
 * @param platform the kind of computer it is for
 * @param version of PyTorch
 * @param flavor which CUDA it is for
 */
public record CudaRuntime(
    Path folder, boolean adopted, TorchPlatform platform, String version, String flavor) {

  private static final Logger log = LoggerFactory.getLogger(CudaRuntime.class);

  private static final int VERSION = 1;
  private static final int LARGEST = 64 << 10;

  /** The one that is here for this computer, whole by what its folder says; empty without one. */
  public static Optional<CudaRuntime> find(ApplicationFolders folders, TorchBuild build) {
    return TorchPlatform.current().flatMap(platform -> find(folders, build, platform));
  }

  static Optional<CudaRuntime> find(
      ApplicationFolders folders, TorchBuild build, TorchPlatform platform) {
    return remembered(folders, build, platform).or(() -> own(folders, build, platform));
  }

  /** Where the one that is fetched lies. */
  static Path ownFolder(ApplicationFolders folders, TorchBuild build, TorchPlatform platform) {
    return folders.runtimes().resolve("pytorch-" + build.id() + "-" + platform.classifier());
  }

  /** The one that was fetched; empty where there is none that was unpacked to its end. */
  static Optional<CudaRuntime> own(
      ApplicationFolders folders, TorchBuild build, TorchPlatform platform) {
    Path folder = ownFolder(folders, build, platform);
    return RuntimeManifest.read(folder)
        .filter(manifest -> manifest.version().equals(build.version()))
        .filter(manifest -> manifest.flavor().equals(build.flavor()))
        .filter(manifest -> manifest.platform().equals(platform.classifier()))
        .map(_ -> new CudaRuntime(folder, false, platform, build.version(), build.flavor()));
  }

  private static Optional<CudaRuntime> remembered(
      ApplicationFolders folders, TorchBuild build, TorchPlatform platform) {
    Path file = file(folders);
    try {
      JsonObject json = JsonParser.parseString(WholeFile.readText(file, LARGEST)).getAsJsonObject();
      if (json.get("version").getAsInt() != VERSION) {
        throw new IllegalArgumentException("version " + json.get("version"));
      }
      Path folder = Path.of(json.get("adopted").getAsString());
      return json.get("torch").getAsString().equals(build.version())
              && json.get("flavor").getAsString().equals(build.flavor())
          ? Optional.of(new CudaRuntime(folder, true, platform, build.version(), build.flavor()))
          : Optional.empty();
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (IOException | RuntimeException spoilt) {
      // Whatever a broken file provokes in the parser means the same here.
      log.warn("{} cannot be understood and is kept aside: {}", file, spoilt.toString());
      WholeFile.setAside(file);
      return Optional.empty();
    }
  }

  /** Remembers that a folder of the user's counts from now on. */
  void remember(ApplicationFolders folders) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    json.addProperty("adopted", folder.toString());
    json.addProperty("torch", version);
    json.addProperty("flavor", flavor);
    Files.createDirectories(folders.state());
    WholeFile.write(file(folders), json.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Forgets the folder of the user's, in which nothing changes. */
  static void forget(ApplicationFolders folders) throws IOException {
    Files.deleteIfExists(file(folders));
  }

  private static Path file(ApplicationFolders folders) {
    return folders.state().resolve("runtime.json");
  }

  /**
   * Proves by names and sizes that it is still all there; takes a moment. Of a folder of the user's
   * only the libraries are known without which there is no support for graphics cards.
   *
   * @throws CudaRuntimeException {@code VANISHED} or {@code CHANGED}
   */
  public void requirePresent() throws CudaRuntimeException {
    Optional<RuntimeManifest> manifest = RuntimeManifest.read(folder);
    if (manifest.isPresent()) {
      manifest.get().requirePresent(folder);
      return;
    }
    if (!adopted) {
      throw RuntimeManifest.vanished(folder.resolve(RuntimeManifest.FILE));
    }
    for (String name : platform.required()) {
      if (!Files.isRegularFile(folder.resolve(name))) {
        throw RuntimeManifest.vanished(folder.resolve(name));
      }
    }
  }

  /**
   * Proves every file by the digest it had when it was unpacked; of a folder of the user's, which
   * has none, as {@link #requirePresent}.
   *
   * @return whether there were digests
   * @throws CudaRuntimeException {@code VANISHED} or {@code CHANGED}
   */
  public boolean verify(ProgressListener listener, Cancellation cancellation)
      throws CudaRuntimeException, CancelledException {
    requirePresent();
    Optional<RuntimeManifest> manifest = RuntimeManifest.read(folder);
    if (manifest.isPresent()) {
      manifest.get().verify(folder, listener, cancellation);
    }
    return manifest.isPresent();
  }

  /** What it takes on the disk, in bytes; 0 for a folder of the user's. */
  public long size() {
    return adopted ? 0 : RuntimeManifest.read(folder).map(RuntimeManifest::size).orElse(0L);
  }
}
