package org.invoicelens.invoice;

import com.drew.imaging.jpeg.JpegMetadataReader;
import com.drew.imaging.jpeg.JpegProcessingException;
import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.MetadataException;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a camera or a scanner held a picture, by its EXIF data. Nothing else that a file says about
 * itself is read: texts and colour profiles may be packed, and come to any size.
 */
final class PictureOrientation {

  private static final Logger log = LoggerFactory.getLogger(PictureOrientation.class);

  /** The most bytes of EXIF data; in a JPEG a segment has no more. */
  private static final int LARGEST = 1 << 16;

  private static final int AS_IT_IS = 1;

  private PictureOrientation() {}

  /** 1 to 8 as in TIFF and EXIF; 1 where the file does not say. */
  static int of(Path file, DocumentType type) {
    try {
      Optional<Metadata> exif =
          switch (type) {
            case JPEG -> Optional.of(jpeg(file));
            case PNG -> chunk(file, 8, false, "eXIf").map(PictureOrientation::exif);
            case WEBP -> chunk(file, 12, true, "EXIF").map(PictureOrientation::exif);
            default -> Optional.empty();
          };
      ExifIFD0Directory directory =
          exif.map(data -> data.getFirstDirectoryOfType(ExifIFD0Directory.class)).orElse(null);
      return directory != null && directory.containsTag(ExifIFD0Directory.TAG_ORIENTATION)
          ? directory.getInt(ExifIFD0Directory.TAG_ORIENTATION)
          : AS_IT_IS;
    } catch (JpegProcessingException | MetadataException | IOException | RuntimeException e) {
      log.info("no orientation in {}: {}", file.getFileName(), e.toString());
      return AS_IT_IS;
    }
  }

  private static Metadata jpeg(Path file) throws JpegProcessingException, IOException {
    return JpegMetadataReader.readMetadata(file.toFile(), List.of(new ExifReader()));
  }

  private static Metadata exif(byte[] data) {
    Metadata metadata = new Metadata();
    byte[] preamble = ExifReader.JPEG_SEGMENT_PREAMBLE.getBytes(StandardCharsets.ISO_8859_1);
    boolean preambled =
        data.length > preamble.length
            && Arrays.equals(data, 0, preamble.length, preamble, 0, preamble.length);
    new ExifReader().extract(new ByteArrayReader(data), metadata, preambled ? preamble.length : 0);
    return metadata;
  }

  /**
   * The first chunk of a name in a PNG or RIFF file; empty where there is none of a sound length.
   *
   * @param start where the first chunk begins
   * @param riff whether the name comes before the length, which has its lowest byte first and is
   *     made even
   */
  private static Optional<byte[]> chunk(Path file, int start, boolean riff, String wanted)
      throws IOException {
    try (InputStream in = Files.newInputStream(file);
        DataInputStream data = new DataInputStream(in)) {
      in.skipNBytes(start);
      byte[] word = new byte[4];
      while (true) {
        int length = 0;
        if (!riff) {
          length = data.readInt();
        }
        data.readFully(word);
        if (riff) {
          length = Integer.reverseBytes(data.readInt());
        }
        if (length < 0) {
          return Optional.empty();
        }
        if (wanted.equals(new String(word, StandardCharsets.ISO_8859_1))) {
          return length > LARGEST ? Optional.empty() : Optional.of(in.readNBytes(length));
        }
        // A PNG chunk ends with a checksum of four bytes.
        in.skipNBytes(riff ? length + (length & 1L) : length + 4L);
      }
    } catch (EOFException end) {
      return Optional.empty();
    }
  }
}
