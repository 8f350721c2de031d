package org.invoicelens.pixtral;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.invoicelens.runtime.CudaRuntime;
import org.invoicelens.runtime.CudaRuntimeException;
import org.invoicelens.runtime.TorchPlatform;

/**
 * Which PyTorch library a process loads, and why.
 *
 * @param origin where it comes from
 * @param path its folder, as the tensor library is told it; empty for the one in the program's jars
 * @param flavor which CUDA it is for, or {@code cpu}; decides which bridge to Java is taken
 */
record LibraryChoice(Origin origin, Optional<String> path, String flavor) {

  static final String PROCESSOR = "cpu";

  /** Where a library comes from. */
  enum Origin {
    /** Somebody named its folder. */
    NAMED,
    /** It was fetched or adopted for the graphics card. */
    GRAPHICS,
    /** It ships with the program. */
    SHIPPED
  }

  /**
   * Chooses: a folder that somebody named wins; then the one for graphics cards, where a card can
   * be used; else the one that ships.
   *
   * @param named the folder or folders somebody named
   * @param shipped where the one that ships lies unpacked, as in a package
   * @param cudaFlavor which CUDA a named library for graphics cards is taken to be for
   * @param runtime finds the one for graphics cards
   * @param card whether a graphics card can be used; asked only where there is a library for it
   * @throws CudaRuntimeException where the one for graphics cards is not whole any more
   */
  static LibraryChoice of(
      Optional<String> named,
      Optional<String> shipped,
      String cudaFlavor,
      Supplier<Optional<CudaRuntime>> runtime,
      BooleanSupplier card)
      throws CudaRuntimeException {
    if (named.isPresent()) {
      return new LibraryChoice(
          Origin.NAMED, named, isForGraphics(named.get()) ? cudaFlavor : PROCESSOR);
    }
    Optional<CudaRuntime> here = runtime.get();
    if (here.isPresent() && card.getAsBoolean()) {
      here.get().requirePresent();
      return new LibraryChoice(
          Origin.GRAPHICS, Optional.of(here.get().folder().toString()), here.get().flavor());
    }
    return new LibraryChoice(Origin.SHIPPED, shipped, PROCESSOR);
  }

  boolean isForGraphics() {
    return !flavor.equals(PROCESSOR);
  }

  /** The tensor library takes the first of several paths that holds PyTorch; so does this. */
  private static boolean isForGraphics(String paths) {
    Optional<TorchPlatform> platform = TorchPlatform.current();
    return platform.isPresent()
        && Arrays.stream(paths.split(File.pathSeparator))
            .flatMap(text -> path(text).stream())
            .map(path -> Files.isRegularFile(path) ? path.toAbsolutePath().getParent() : path)
            .filter(platform.get()::hasTorch)
            .findFirst()
            .filter(platform.get()::hasCuda)
            .isPresent();
  }

  private static Optional<Path> path(String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException notAPath) {
      return Optional.empty();
    }
  }
}
