package org.invoicelens.runtime;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.invoicelens.hub.SafePath;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.WholeFile;
import org.invoicelens.stage.Words;

/**
 * What was unpacked into a folder of libraries, kept in it as {@value #FILE}. It is written last: a
 * folder that has none is not whole.
 *
 * @param version of PyTorch
 * @param flavor which CUDA it is for
 * @param platform the kind of computer
 * @param files every file by its name
 */
record RuntimeManifest(String version, String flavor, String platform, Map<String, Entry> files) {

  static final String FILE = "invoicelens-runtime.json";

  private static final Words WORDS = Words.of(RuntimeManifest.class);
  private static final int VERSION = 1;
  private static final int LARGEST = 1 << 20;
  private static final int BLOCK = 1 << 20;

  /**
   * One file.
   *
   * @param size in bytes
   * @param sha256 the digest of its content
   */
  record Entry(long size, String sha256) {}

  RuntimeManifest {
    files = Map.copyOf(files);
  }

  /** All files together, in bytes. */
  long size() {
    return files.values().stream().mapToLong(Entry::size).sum();
  }

  /** Reads the manifest of a folder; empty where there is none that can be understood. */
  static Optional<RuntimeManifest> read(Path folder) {
    try {
      JsonObject json =
          JsonParser.parseString(WholeFile.readText(folder.resolve(FILE), LARGEST))
              .getAsJsonObject();
      if (json.get("version").getAsInt() != VERSION) {
        return Optional.empty();
      }
      Map<String, Entry> files = new TreeMap<>();
      for (Map.Entry<String, JsonElement> member : json.getAsJsonObject("files").entrySet()) {
        JsonObject file = member.getValue().getAsJsonObject();
        files.put(
            member.getKey(),
            new Entry(file.get("size").getAsLong(), file.get("sha256").getAsString()));
      }
      if (files.isEmpty() || SafePath.fault(files.keySet()).isPresent()) {
        return Optional.empty();
      }
      return Optional.of(
          new RuntimeManifest(
              json.get("torch").getAsString(),
              json.get("flavor").getAsString(),
              json.get("platform").getAsString(),
              files));
    } catch (IOException | RuntimeException spoilt) {
      // Whatever a broken file provokes in the parser means the same here.
      return Optional.empty();
    }
  }

  void write(Path folder) throws IOException {
    JsonObject list = new JsonObject();
    new TreeMap<>(files)
        .forEach((name, entry) -> {
          JsonObject file = new JsonObject();
          file.addProperty("size", entry.size);
          file.addProperty("sha256", entry.sha256);
          list.add(name, file);
        });
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    json.addProperty("torch", version);
    json.addProperty("flavor", flavor);
    json.addProperty("platform", platform);
    json.add("files", list);
    String text = new GsonBuilder().setPrettyPrinting().create().toJson(json);
    WholeFile.write(folder.resolve(FILE), text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Proves by name and size that every file is there; takes a moment.
   *
   * @throws CudaRuntimeException {@code VANISHED} or {@code CHANGED}
   */
  void requirePresent(Path folder) throws CudaRuntimeException {
    for (Map.Entry<String, Entry> file : new TreeMap<>(files).entrySet()) {
      Path path = folder.resolve(file.getKey());
      try {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
          throw vanished(path);
        }
        if (Files.size(path) != file.getValue().size) {
          throw changed(path, "size " + Files.size(path));
        }
      } catch (IOException gone) {
        throw vanished(path);
      }
    }
  }

  /**
   * Proves every file by its digest; reads all of them.
   *
   * @throws CudaRuntimeException {@code VANISHED} or {@code CHANGED}
   */
  void verify(Path folder, ProgressListener listener, Cancellation cancellation)
      throws CudaRuntimeException, CancelledException {
    requirePresent(folder);
    long done = 0;
    byte[] block = new byte[BLOCK];
    for (Map.Entry<String, Entry> file : new TreeMap<>(files).entrySet()) {
      Path path = folder.resolve(file.getKey());
      MessageDigest digest = Unpacking.sha256();
      try (InputStream in = Files.newInputStream(path)) {
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
          cancellation.throwIfCancelled();
          digest.update(block, 0, n);
          done += n;
          listener.onProgress(
              Progress.of(
                  Stage.VERIFICATION,
                  Math.min(done, size()),
                  size(),
                  Progress.Unit.BYTES,
                  WORDS.text("progress.verifying", file.getKey())));
        }
      } catch (IOException unreadable) {
        throw vanished(path);
      }
      String hex = HexFormat.of().formatHex(digest.digest());
      if (!hex.equals(file.getValue().sha256)) {
        throw changed(path, hex + " instead of " + file.getValue().sha256);
      }
    }
  }

  static CudaRuntimeException vanished(Path file) {
    return new CudaRuntimeException(
        CudaRuntimeException.Reason.VANISHED,
        WORDS.problem("vanished", file.getFileName(), file.getParent()),
        file.toString(),
        null);
  }

  private static CudaRuntimeException changed(Path file, String detail) {
    return new CudaRuntimeException(
        CudaRuntimeException.Reason.CHANGED,
        WORDS.problem("changed", file.getFileName(), file.getParent()),
        detail,
        null);
  }
}
