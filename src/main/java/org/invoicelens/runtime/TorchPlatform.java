package org.invoicelens.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A kind of computer that PyTorch exists for with support for NVIDIA's graphics cards. */
public enum TorchPlatform {
  LINUX("linux-x86_64", "lib", ".so"),
  WINDOWS("win-x86_64", "", ".dll");

  private final String classifier;
  private final String before;
  private final String after;

  TorchPlatform(String classifier, String before, String after) {
    this.classifier = classifier;
    this.before = before;
    this.after = after;
  }

  /** The kind of this computer; empty where there is no such library for it. */
  public static Optional<TorchPlatform> current() {
    return of(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  static Optional<TorchPlatform> of(String system, String processor) {
    if (!List.of("amd64", "x86_64").contains(processor.toLowerCase(Locale.ROOT))) {
      return Optional.empty();
    }
    String name = system.toLowerCase(Locale.ROOT);
    return name.startsWith("linux")
        ? Optional.of(LINUX)
        : name.startsWith("windows") ? Optional.of(WINDOWS) : Optional.empty();
  }

  /** How it is called in the names of files and folders: {@code linux-x86_64}. */
  public String classifier() {
    return classifier;
  }

  /** The files without which there is no support for graphics cards. */
  public List<String> required() {
    return List.of(
        file("c10"), file("c10_cuda"), file("torch"), file("torch_cpu"), file("torch_cuda"));
  }

  /** Whether a folder holds PyTorch at all. */
  public boolean hasTorch(Path folder) {
    return Files.isRegularFile(folder.resolve(file("torch")));
  }

  /** Whether a folder holds PyTorch for graphics cards. */
  public boolean hasCuda(Path folder) {
    return Files.isRegularFile(folder.resolve(file("torch_cuda")));
  }

  /** The file of a library. */
  private String file(String library) {
    return before + library + after;
  }
}
