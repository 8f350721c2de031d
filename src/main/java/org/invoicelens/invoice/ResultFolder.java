package org.invoicelens.invoice;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.stage.WholeFile;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of results, one file for each document, with a journal of what they were made of.
 *
 * <p>A result appears under its name only when it is whole. The journal gets a line after that; a
 * line that was cut off by a kill is left out, and its document is read once more. One run at a
 * time; for one thread.
 */
final class ResultFolder implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ResultFolder.class);
  private static final Words WORDS = Words.of(ResultFolder.class);
  private static final Gson PRETTY =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  /** What became of a run, beside the results. */
  static final String SUMMARY = "summary.json";

  private static final String OWN = ".invoicelens";

  /** The largest journal that is read; a line has a few hundred bytes. */
  private static final long LARGEST_JOURNAL = 512L << 20;

  /**
   * A result that is there.
   *
   * @param source the document's path when it was read
   * @param content SHA-256 of the document
   * @param settings the digest of the settings
   * @param doubts how many there were
   */
  record Entry(String source, String content, String settings, int doubts) {}

  private final Path folder;
  private final Map<String, Entry> journal = new HashMap<>();
  private final FileChannel lock;

  private ResultFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Opens a folder, making it where it is missing.
   *
   * @throws InferenceException where it cannot be written to, or another run is at work in it
   */
  static ResultFolder open(Path folder) throws InferenceException {
    FileChannel lock = null;
    try {
      Files.createDirectories(folder.resolve(OWN));
      lock =
          FileChannel.open(
              folder.resolve(OWN).resolve("lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      if (!isTaken(lock)) {
        throw refused("batch.inUse", folder, "locked", null);
      }
      ResultFolder opened = new ResultFolder(folder, lock);
      opened.readJournal();
      opened.rewriteJournal();
      return opened;
    } catch (IOException e) {
      closeQuietly(lock);
      throw refused("batch.notWritable", folder, e.toString(), e);
    } catch (InferenceException e) {
      closeQuietly(lock);
      throw e;
    }
  }

  private static boolean isTaken(FileChannel channel) throws IOException {
    try {
      FileLock taken = channel.tryLock();
      return taken != null;
    } catch (OverlappingFileLockException anotherRunInThisProcess) {
      return false;
    } catch (IOException e) {
      // Shares without locks are used by one run at a time as well, only unguarded.
      log.info("no lock: {}", e.toString());
      return true;
    }
  }

  private static void closeQuietly(FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        log.info("the lock was not closed: {}", e.toString());
      }
    }
  }

  /** A result by its path within the folder; empty where it is gone or was never written. */
  Optional<Entry> entry(String result) {
    return Optional.ofNullable(journal.get(result))
        .filter(entry -> Files.isRegularFile(folder.resolve(result)));
  }

  /**
   * Writes a result and notes what it was made of.
   *
   * @throws InferenceException where it cannot be written; what was there before is unchanged
   */
  void write(String result, byte[] content, Entry entry) throws InferenceException {
    Path file = folder.resolve(result);
    try {
      Files.createDirectories(file.getParent());
      put(file, content);
      note(result, entry);
    } catch (IOException e) {
      throw refused("batch.result", file, e.toString(), e);
    }
  }

  /** Whether anything can be written here at all, say as much as a result. */
  boolean isWritable(int bytes) {
    Path trial = own("trial");
    try {
      Files.write(trial, new byte[bytes]);
      return true;
    } catch (IOException e) {
      log.warn("{} cannot be written to: {}", folder, e.toString());
      return false;
    } finally {
      try {
        Files.deleteIfExists(trial);
      } catch (IOException stays) {
        log.info("{} stays: {}", trial, stays.toString());
      }
    }
  }

  /** The failure that ends a run: nothing can be written here. */
  InferenceException notWritable(Throwable cause) {
    return refused("batch.notWritable", folder, String.valueOf(cause), cause);
  }

  /** Writes what became of the run. */
  void write(BatchSummary summary) throws InferenceException {
    Path file = folder.resolve(SUMMARY);
    try {
      put(file, (PRETTY.toJson(summary.json()) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw refused("batch.result", file, e.toString(), e);
    }
  }

  /** All unfinished writing is in one file, so that a kill leaves nothing among the results. */
  private void put(Path file, byte[] content) throws IOException {
    Path part = own("part");
    try (FileChannel out =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      WholeFile.writeFully(out, ByteBuffer.wrap(content));
      out.force(true);
    }
    WholeFile.move(part, file);
  }

  private Path own(String name) {
    return folder.resolve(OWN).resolve(name);
  }

  private Path journalFile() {
    return own("journal.jsonl");
  }

  private void note(String result, Entry entry) throws IOException {
    journal.put(result, entry);
    try (FileChannel out =
        FileChannel.open(journalFile(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      WholeFile.writeFully(out, ByteBuffer.wrap(line(result, entry)));
      out.force(false);
    }
  }

  private static byte[] line(String result, Entry entry) {
    JsonObject json = new JsonObject();
    json.addProperty("result", result);
    json.addProperty("source", entry.source());
    json.addProperty("content", entry.content());
    json.addProperty("settings", entry.settings());
    json.addProperty("doubts", entry.doubts());
    return (json + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private void readJournal() throws IOException {
    List<String> lines;
    try {
      if (Files.size(journalFile()) > LARGEST_JOURNAL) {
        throw new IOException("the journal is too large");
      }
      // Whatever a broken disk left in it: what is not understood is read again.
      lines =
          new String(Files.readAllBytes(journalFile()), StandardCharsets.UTF_8).lines().toList();
    } catch (NoSuchFileException first) {
      return;
    }
    for (String line : lines) {
      try {
        JsonObject json = JsonParser.parseString(line).getAsJsonObject();
        journal.put(
            json.get("result").getAsString(),
            new Entry(
                json.get("source").getAsString(),
                json.get("content").getAsString(),
                json.get("settings").getAsString(),
                json.get("doubts").getAsInt()));
      } catch (JsonParseException
          | IllegalStateException
          | NumberFormatException
          | NullPointerException
          | UnsupportedOperationException cutOff) {
        log.info("a line of {} is left out: {}", journalFile(), cutOff.toString());
      }
    }
  }

  /** Leaves lines out that were cut off or overtaken. */
  private void rewriteJournal() throws IOException {
    List<byte[]> lines = new ArrayList<>();
    journal.forEach((result, entry) -> lines.add(line(result, entry)));
    int size = lines.stream().mapToInt(line -> line.length).sum();
    ByteBuffer all = ByteBuffer.allocate(size);
    lines.forEach(all::put);
    put(journalFile(), all.array());
  }

  private static InferenceException refused(String key, Path path, String detail, Throwable cause) {
    return new InferenceException(
        InferenceException.Reason.OUTPUT_NOT_WRITABLE, WORDS.problem(key, path), detail, cause);
  }

  @Override
  public void close() {
    closeQuietly(lock);
  }
}
