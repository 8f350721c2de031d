package org.invoicelens.pixtral;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cuDNN libraries of a PyTorch for Windows, loaded before what needs them.
 *
 * <p>Windows looks for a library that another needs in the program's folder and on the path, not
 * beside the other, but takes one of that name that is loaded already. The tensor library loads all
 * libraries in order except those of cuDNN 9, of whose names it knows nothing. It calls {@link
 * #load} with each library before it loads it.
 */
public final class CudnnLibraries {

  private static final Logger log = LoggerFactory.getLogger(CudnnLibraries.class);

  private static final String NEEDS_THEM = "torch_cuda.dll";

  private CudnnLibraries() {}

  /**
   * Called by the tensor library.
   *
   * @param path the library that is loaded next
   */
  @SuppressWarnings("restricted") // loading native code is what this class is for
  public static void load(String path) {
    Path library = Path.of(path);
    if (library.getFileName().toString().equals(NEEDS_THEM)) {
      loadAll(library.toAbsolutePath().getParent(), file -> System.load(file.toString()));
    }
  }

  /** Loads them in an order that is found by trying: each needs some of the others. */
  static void loadAll(Path folder, Consumer<Path> loader) {
    List<Path> waiting = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "cudnn*.dll")) {
      files.forEach(waiting::add);
    } catch (IOException unreadable) {
      log.warn("{} cannot be listed: {}", folder, unreadable.toString());
    }
    for (int before = -1; !waiting.isEmpty() && waiting.size() != before; ) {
      before = waiting.size();
      waiting.removeIf(file -> isLoaded(file, loader));
    }
    if (!waiting.isEmpty()) {
      log.warn("Not loaded: {}", waiting);
    }
  }

  private static boolean isLoaded(Path file, Consumer<Path> loader) {
    try {
      loader.accept(file);
      return true;
    } catch (UnsatisfiedLinkError needsAnother) {
      log.debug("{} has to wait: {}", file, needsAnother.toString());
      return false;
    }
  }
}
