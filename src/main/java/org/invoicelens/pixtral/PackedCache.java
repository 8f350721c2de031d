package org.invoicelens.pixtral;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.invoicelens.config.Precision;
import org.invoicelens.safetensors.SafetensorsException;
import org.invoicelens.safetensors.SafetensorsFile;
import org.invoicelens.safetensors.SafetensorsWriter;
import org.invoicelens.safetensors.TensorInfo;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packed weights of a model on disk, so that the next start maps them in place of packing anew.
 *
 * <p>One safetensors file for a commit and a form of packing, named by both. It can be removed at
 * any time. For models on the processor: there packing takes longest.
 *
 * @param folder where the file lies; other models may use it too
 * @param commit the model's, which begins the file's name
 * @param contents a digest of the model's files; a file made from others is not used
 * @param smallest bytes of packed weights from which on keeping them is worth it
 */
public record PackedCache(Path folder, String commit, String contents, long smallest) {

  private static final Logger log = LoggerFactory.getLogger(PackedCache.class);

  private static final Words WORDS = Words.of(PackedCache.class);

  /** To be raised when packing gives other bytes. */
  private static final String VERSION = "1";

  private static final int COMMIT_IN_NAME = 12;
  private static final String END = ".safetensors";

  /** What must stay free beside the file, in bytes. */
  private static final long SPARE = 2L << 30;

  /** Bytes from which on packing takes seconds. */
  private static final long WORTH_IT = 200L << 20;

  public PackedCache(Path folder, String commit, String contents) {
    this(folder, commit, contents, WORTH_IT);
  }

  /** Whether this cache has a use: for what is packed, and large, in main memory. */
  private boolean serves(Checkpoint checkpoint, LoadOptions options) {
    return options.precision().isQuantized()
        && options.device().equals("cpu")
        && commit.matches("[0-9a-f]{40}")
        && bytes(checkpoint, options) >= smallest;
  }

  private static long bytes(Checkpoint checkpoint, LoadOptions options) {
    return checkpoint.weights().stream()
        .filter(Checkpoint.Weight::packable)
        .mapToLong(weight -> PackedForm.of(weight.source().shape(), options).bytes())
        .sum();
  }

  Path file(LoadOptions options) {
    String form = options.precision().id();
    if (options.precision().bits() == 4) {
      form += "-" + options.groupSize();
    }
    if (options.precision() == Precision.NF4 && options.doubleQuant()) {
      form += "-double";
    }
    return folder.resolve(begin() + form + END);
  }

  private String begin() {
    return commit.substring(0, COMMIT_IN_NAME) + "-";
  }

  /**
   * The packed weights of a checkpoint as they lie on disk; empty where they do not, or are not
   * those of these files.
   */
  Optional<PackedMemory> open(Checkpoint checkpoint, LoadOptions options) {
    if (!serves(checkpoint, options)) {
      return Optional.empty();
    }
    Path file = file(options);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    SafetensorsFile opened = null;
    try {
      opened = SafetensorsFile.open(file);
      if (metadata().equals(opened.metadata()) && holds(opened, checkpoint, options)) {
        PackedMemory mapped = new Mapped(opened);
        opened = null;
        return Optional.of(mapped);
      }
      log.info("{} is of other files and is made anew", file);
    } catch (SafetensorsException e) {
      log.warn("{} cannot be used and is made anew: {}", file, e.getMessage());
    } finally {
      if (opened != null) {
        opened.close();
      }
    }
    return Optional.empty();
  }

  private Map<String, String> metadata() {
    return Map.of("version", VERSION, "contents", contents);
  }

  private static boolean holds(SafetensorsFile file, Checkpoint checkpoint, LoadOptions options) {
    for (Checkpoint.Weight weight : checkpoint.weights()) {
      if (!weight.packable()) {
        continue;
      }
      for (PackedForm.Part part : PackedForm.of(weight.source().shape(), options).parts()) {
        TensorInfo found = file.tensors().get(weight.name() + part.suffix());
        if (found == null
            || found.type() != part.type()
            || !Arrays.equals(found.shape(), part.shape())) {
          return false;
        }
      }
    }
    return true;
  }

  /** The memory of a mapped file. */
  private record Mapped(SafetensorsFile file) implements PackedMemory {

    @Override
    public Map<String, MemorySegment> room(String name, PackedForm form) {
      Map<String, MemorySegment> parts = new LinkedHashMap<>();
      for (PackedForm.Part part : form.parts()) {
        parts.put(part.suffix(), file.data(name + part.suffix()));
      }
      return parts;
    }

    @Override
    public void close() {
      file.close();
    }
  }

  /**
   * Keeps the packed weights of a checkpoint, in place of those in another form. Where there is no
   * room, or the disk fails, nothing is kept.
   *
   * @throws CancelledException with nothing left behind
   */
  void keep(
      Checkpoint checkpoint,
      LoadOptions options,
      PixtralProgram program,
      ProgressListener listener,
      Cancellation cancellation)
      throws CancelledException {
    if (!serves(checkpoint, options)) {
      return;
    }
    Path file = file(options);
    Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
    for (Checkpoint.Weight weight : checkpoint.weights()) {
      if (weight.packable()) {
        PackedWeight packed = program.weight(weight.name());
        for (PackedForm.Part part : packed.form().parts()) {
          tensors.put(
              weight.name() + part.suffix(),
              new SafetensorsWriter.Tensor(
                  part.type(), part.shape(), packed.parts().get(part.suffix())));
        }
      }
    }
    long total = bytes(checkpoint, options);
    try {
      Files.createDirectories(folder);
      removeAll();
      long free = Files.getFileStore(folder).getUsableSpace();
      if (free < total + SPARE) {
        log.info("The packed weights are not kept: {} bytes are free in {}", free, folder);
        return;
      }
      SafetensorsWriter.write(
          file,
          tensors,
          metadata(),
          done -> {
            if (cancellation.isCancelled()) {
              throw new InterruptedIOException("cancelled");
            }
            listener.onProgress(
                Progress.of(
                    Stage.INITIALIZATION, done, total, Progress.Unit.BYTES, WORDS.text("keeping")));
          });
    } catch (IOException e) {
      cancellation.throwIfCancelled();
      log.warn("The packed weights are not kept in {}: {}", file, e.toString());
    }
  }

  /** Removes this commit's packed weights in every form, and what was left unfinished of them. */
  private void removeAll() throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.list(folder)) {
      // what is unfinished has a point before its name, and more behind it
      all =
          files
              .filter(file ->
                  file.getFileName().toString().replaceFirst("^\\.", "").startsWith(begin()))
              .filter(file -> file.getFileName().toString().contains(END))
              .toList();
    }
    for (Path file : all) {
      Files.deleteIfExists(file);
    }
  }
}
