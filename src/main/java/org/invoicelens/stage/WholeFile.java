package org.invoicelens.stage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that is replaced as a whole: after a crash the old content is there or the new. */
public final class WholeFile {

  private static final Logger log = LoggerFactory.getLogger(WholeFile.class);

  private static final Pattern UUID_TEXT =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private WholeFile() {}

  /** Content that is written piece by piece. */
  @FunctionalInterface
  public interface Content {

    /** Writes all of it to a channel that stands at a file's beginning. */
    void writeTo(FileChannel out) throws IOException;
  }

  /** Replaces a file's content. A link of that name is replaced, not what it leads to. */
  public static void write(Path file, byte[] content) throws IOException {
    write(file, out -> writeFully(out, ByteBuffer.wrap(content)));
  }

  /** Replaces a file's content. A link of that name is replaced, not what it leads to. */
  public static void write(Path file, Content content) throws IOException {
    write(file, content, Files::createFile);
  }

  /** The same, with a file that {@linkplain OwnerOnly nobody but its owner} can read. */
  public static void writeForOwner(Path file, byte[] content) throws IOException {
    write(file, out -> writeFully(out, ByteBuffer.wrap(content)), OwnerOnly::createFile);
  }

  /** How an empty file comes to be. */
  @FunctionalInterface
  private interface Creation {
    void create(Path file) throws IOException;
  }

  private static void write(Path file, Content content, Creation creation) throws IOException {
    // Two programs may write the same file at once, so each has a temporary name of its own.
    Path part = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    try {
      creation.create(part);
      try (FileChannel out = FileChannel.open(part, StandardOpenOption.WRITE)) {
        content.writeTo(out);
        out.force(true);
      }
      move(part, file);
    } catch (IOException | RuntimeException | Error unwritten) {
      remove(part, unwritten);
      throw unwritten;
    }
  }

  /** Removes what is left where a process was killed while it wrote a file. */
  public static void removeUnfinished(Path file) throws IOException {
    String begin = "." + file.getFileName() + ".";
    try (DirectoryStream<Path> parts =
        Files.newDirectoryStream(
            file.toAbsolutePath().getParent(), path -> isPart(begin, path.getFileName()))) {
      for (Path part : parts) {
        Files.deleteIfExists(part);
      }
    }
  }

  private static boolean isPart(String begin, Path name) {
    String whole = name.toString();
    return whole.startsWith(begin) && UUID_TEXT.matcher(whole.substring(begin.length())).matches();
  }

  private static void remove(Path part, Throwable unwritten) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException stays) {
      unwritten.addSuppressed(stays);
    }
  }

  /** Writes all that remains of a buffer. */
  public static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  /** Gives a file that is complete and forced to disk its final name, replacing what has it. */
  public static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException unusualVolume) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
    forceFolder(to.toAbsolutePath().getParent());
  }

  /**
   * Reads a small text in UTF-8.
   *
   * @param largest the most bytes that are read
   * @throws IOException where it has more, cannot be read or is not UTF-8
   */
  public static String readText(Path file, int largest) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(largest + 1);
    }
    if (bytes.length > largest) {
      throw new IOException(file + " has more than " + largest + " bytes");
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /**
   * Gives a file that cannot be understood the ending {@code .broken}, so that nothing the user had
   * is lost when another is written; one that has that name is replaced. A failure is logged.
   */
  public static void setAside(Path file) {
    try {
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + ".broken"),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.warn("{} cannot be renamed: {}", file, e.toString());
    }
  }

  /** Makes the new name itself durable, where the platform lets a folder be opened. */
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException windowsHasNoSuchThing) {
      // The move itself is atomic there, and the file's content was forced before.
    }
  }
}
