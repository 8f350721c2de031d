package org.invoicelens.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.invoicelens.stage.WholeFile;

/**
 * Which bytes of a partial file are on disk, written beside it.
 *
 * <p>Text; every line ends with the CRC-32 of what stands before. A line that does not fit its CRC
 * claims nothing, so a torn or spoilt journal costs bytes fetched again and never a wrong file.
 *
 * @param tag the entity tag the bytes came with; empty where the server gave no strong one
 * @param present the bytes
 * @param mirrors which of them came from which mirror, by its name; the others from the endpoint
 * @param reserved whether the volume has its room set aside for all of the file; versions of the
 *     application that know nothing of it read over that line
 */
record Journal(
    Optional<String> tag, ByteRanges present, Map<String, ByteRanges> mirrors, boolean reserved) {

  private static final String FIRST = "invoicelens-journal 1 ";
  private static final String RESERVED = "reserved";
  private static final long LARGEST = 4L << 20;
  private static final Pattern SIZE = Pattern.compile(Pattern.quote(FIRST) + "\\S+ ([0-9]{1,18})");
  private static final Pattern HAVE = Pattern.compile("have ([0-9]{1,18}) ([0-9]{1,18})");
  private static final Pattern MIRROR =
      Pattern.compile("mirror ([0-9]{1,18}) ([0-9]{1,18}) (\\S{1,2000})");

  /** All from the endpoint, without room of its own. */
  Journal(Optional<String> tag, ByteRanges present) {
    this(tag, present, Map.of(), false);
  }

  /** Reads what can be believed of a journal; empty where that is nothing. */
  static Optional<Journal> read(Path file, Checksum checksum) throws IOException {
    List<String> lines;
    try {
      if (Files.size(file) > LARGEST) {
        return Optional.empty();
      }
      lines = Files.readString(file).lines().map(Journal::believed).toList();
    } catch (NoSuchFileException | CharacterCodingException nothingToBelieve) {
      return Optional.empty();
    }
    if (lines.size() < 2
        || !lines.get(0).equals(first(checksum))
        || !lines.get(1).startsWith("tag ")) {
      return Optional.empty();
    }
    String tag = lines.get(1).substring(4);
    ByteRanges present = new ByteRanges();
    Map<String, ByteRanges> mirrors = new TreeMap<>();
    for (String line : lines.subList(2, lines.size())) {
      add(line, checksum.size(), present);
      Matcher mirror = MIRROR.matcher(line);
      if (mirror.matches()) {
        mirrors
            .computeIfAbsent(mirror.group(3), name -> new ByteRanges())
            .add(Long.parseLong(mirror.group(1)), Long.parseLong(mirror.group(2)));
      }
    }
    return Optional.of(
        new Journal(
            tag.isEmpty() ? Optional.empty() : Optional.of(tag),
            present,
            mirrors,
            lines.contains(RESERVED)));
  }

  /** How many bytes a journal claims, for showing. */
  static long claimed(Path file) throws IOException {
    return claimed(believedLines(file));
  }

  /** How many bytes of the volume are set aside for what a journal does not claim, for showing. */
  static long reserved(Path file) throws IOException {
    List<String> lines = believedLines(file);
    Matcher size = SIZE.matcher(lines.isEmpty() ? "" : lines.getFirst());
    return size.matches() && lines.contains(RESERVED)
        ? Math.max(0, Long.parseLong(size.group(1)) - claimed(lines))
        : 0;
  }

  private static List<String> believedLines(Path file) throws IOException {
    return Files.size(file) <= LARGEST
        ? Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
            .map(Journal::believed)
            .toList()
        : List.of();
  }

  private static long claimed(List<String> lines) {
    ByteRanges present = new ByteRanges();
    lines.forEach(line -> add(line, Long.MAX_VALUE, present));
    return present.total();
  }

  /** Adds the range that a line claims; other lines claim none. */
  private static void add(String line, long size, ByteRanges present) {
    Matcher have = HAVE.matcher(line);
    if (have.matches()) {
      long to = Long.parseLong(have.group(2));
      if (to <= size) {
        present.add(Long.parseLong(have.group(1)), to);
      }
    }
  }

  /** Writes the journal; the caller has forced the bytes it claims to disk. */
  void write(Path file, Checksum checksum) throws IOException {
    StringBuilder text = new StringBuilder();
    append(text, first(checksum));
    append(text, "tag " + tag.orElse(""));
    if (reserved) {
      append(text, RESERVED);
    }
    for (ByteRanges.Range range : present.ranges()) {
      append(text, "have " + range.from() + " " + range.to());
    }
    mirrors.forEach((name, ranges) -> {
      for (ByteRanges.Range range : ranges.ranges()) {
        append(text, "mirror " + range.from() + " " + range.to() + " " + name);
      }
    });
    byte[] content = text.toString().getBytes(StandardCharsets.UTF_8);
    try {
      WholeFile.write(file, content);
    } catch (IOException full) {
      if (!Files.exists(file)) {
        throw full;
      }
      overwrite(file, content);
    }
  }

  /**
   * Needs no new room. What a kill leaves of old and new lines is true, since claims only grow; but
   * for those of bytes that are doubted, which the digest finds wrong once more.
   */
  private static void overwrite(Path file, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(content), 0);
      channel.truncate(content.length);
      channel.force(true);
    }
  }

  private static String first(Checksum checksum) {
    return FIRST + (checksum.isDigestKnown() ? checksum.hex() : "-") + " " + checksum.size();
  }

  private static void append(StringBuilder text, String line) {
    text.append(line).append(" #").append(crc(line)).append('\n');
  }

  private static String believed(String line) {
    int mark = line.lastIndexOf(" #");
    return mark >= 0 && line.substring(mark + 2).equals(crc(line.substring(0, mark)))
        ? line.substring(0, mark)
        : "";
  }

  private static String crc(String line) {
    CRC32 crc = new CRC32();
    crc.update(line.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", crc.getValue());
  }
}
