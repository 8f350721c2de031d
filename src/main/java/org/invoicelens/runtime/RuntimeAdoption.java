package org.invoicelens.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.TorchBuild;
import org.invoicelens.stage.WholeFile;
import org.invoicelens.stage.Words;

/**
 * The taking over of a folder of the user's that holds PyTorch for graphics cards, such as an
 * unpacked libtorch or one that the Deep Java Library fetched. Nothing is copied or changed in it.
 *
 * <p>Its version is what the folder says: our own manifest, libtorch's {@code build-version}, the
 * {@code version.py} of a Python package, or the name that the Deep Java Library gives its folder.
 */
public final class RuntimeAdoption {

  private static final Words WORDS = Words.of(RuntimeAdoption.class);

  private static final int LARGEST = 64 << 10;
  private static final Pattern VERSION_PY =
      Pattern.compile("(?m)^__version__\\s*(?::[^=]*)?=\\s*['\"]([^'\"]+)['\"]");
  private static final Pattern DJL_FOLDER =
      Pattern.compile("([0-9.]+)(-[0-9]+)?-(cu[0-9]{3})-(\\w+-\\w+)");

  private final ApplicationFolders folders;
  private final TorchBuild build;

  public RuntimeAdoption(ApplicationFolders folders, TorchBuild build) {
    this.folders = folders;
    this.build = build;
  }

  /**
   * Takes a folder, which counts from the next start on.
   *
   * @param named the folder of the libraries, or the one that was unpacked
   * @throws CudaRuntimeException {@code NOT_ADOPTABLE} where it is not such a one
   */
  public CudaRuntime adopt(Path named) throws CudaRuntimeException {
    TorchPlatform platform =
        TorchPlatform.current().orElseThrow(() -> RuntimeInstaller.noPlatform(build));
    return adopt(named, platform);
  }

  CudaRuntime adopt(Path named, TorchPlatform platform) throws CudaRuntimeException {
    Path folder = libraries(named.toAbsolutePath().normalize(), platform);
    for (String name : platform.required()) {
      if (!Files.isRegularFile(folder.resolve(name))) {
        throw refused("lacks", folder, name, "");
      }
    }
    String wanted = build.version() + "+" + build.flavor();
    Optional<String> version = version(folder, platform);
    if (version.isEmpty()) {
      throw refused("versionUnknown", folder, wanted, "");
    }
    if (!version.get().equals(wanted)) {
      throw refused("otherVersion", folder, version.get(), wanted);
    }
    CudaRuntime runtime = new CudaRuntime(folder, true, platform, build.version(), build.flavor());
    runtime.requirePresent();
    try {
      runtime.remember(folders);
    } catch (IOException unwritable) {
      throw RuntimeInstaller.notWritable(folders.state(), unwritable);
    }
    return runtime;
  }

  private static Path libraries(Path named, TorchPlatform platform) throws CudaRuntimeException {
    for (String below : List.of("", "lib", "libtorch/lib", "torch/lib", "native/lib")) {
      Path folder = named.resolve(below);
      if (platform.hasTorch(folder)) {
        return folder.normalize();
      }
    }
    throw refused("noTorch", named, "", "");
  }

  /** Version and flavor, such as {@code 2.7.1+cu128}. */
  private static Optional<String> version(Path folder, TorchPlatform platform) {
    Path above = Optional.ofNullable(folder.getParent()).orElse(folder);
    return RuntimeManifest.read(folder)
        .filter(manifest -> manifest.platform().equals(platform.classifier()))
        .map(manifest -> manifest.version() + "+" + manifest.flavor())
        .or(() -> text(above.resolve("build-version")))
        .or(() -> text(folder.resolve("build-version")))
        .or(() ->
            text(above.resolve("version.py"))
                .map(VERSION_PY::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1)))
        .or(() ->
            Optional.ofNullable(folder.getFileName())
                .map(name -> DJL_FOLDER.matcher(name.toString()))
                .filter(Matcher::matches)
                .filter(name -> name.group(4).equals(platform.classifier()))
                .map(name -> name.group(1) + "+" + name.group(3)));
  }

  private static Optional<String> text(Path file) {
    try {
      return Optional.of(WholeFile.readText(file, LARGEST).strip()).filter(text -> !text.isEmpty());
    } catch (IOException none) {
      return Optional.empty();
    }
  }

  private static CudaRuntimeException refused(String why, Path folder, String a, String b) {
    return new CudaRuntimeException(
        CudaRuntimeException.Reason.NOT_ADOPTABLE,
        WORDS.problem("notAdoptable." + why, folder, a, b),
        why + " " + a,
        null);
  }
}
