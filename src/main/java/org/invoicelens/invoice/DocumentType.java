package org.invoicelens.invoice;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.invoicelens.stage.Words;

/** A kind of file that can be opened as a document, told apart by its content. */
public enum DocumentType {
  PNG("png", "png"),
  JPEG("jpeg", "jpg", "jpeg", "jpe", "jfif"),
  GIF("gif", "gif"),
  BMP("bmp", "bmp"),
  TIFF("tiff", "tif", "tiff"),
  WEBP("webp", "webp"),
  PDF("", "pdf");

  /** How many bytes of a file's beginning {@link #of(byte[])} looks at. */
  static final int HEAD = 1024;

  private static final Words WORDS = Words.of(DocumentType.class);

  private final String imageFormat;
  private final List<String> extensions;

  DocumentType(String imageFormat, String... extensions) {
    this.imageFormat = imageFormat;
    this.extensions = List.of(extensions);
  }

  /** The name as a user reads it. */
  public String title() {
    return WORDS.text("type." + name());
  }

  /** The endings of such files' names, lower case, without the dot. */
  public List<String> extensions() {
    return extensions;
  }

  /** The name of the image reader's format; empty for PDF. */
  String imageFormat() {
    return imageFormat;
  }

  /** Whether a file's name says that it is a document of any type. */
  public static boolean isNamedLikeOne(Path file) {
    String name = file.getFileName().toString();
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    for (DocumentType type : values()) {
      if (type.extensions.contains(extension)) {
        return true;
      }
    }
    return false;
  }

  /** The type of a file by its first bytes; empty where they belong to no document. */
  static Optional<DocumentType> of(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.startsWith("\u0089PNG\r\n\u001a\n")) {
      return Optional.of(PNG);
    }
    if (text.startsWith("\u00ff\u00d8\u00ff")) {
      return Optional.of(JPEG);
    }
    if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) {
      return Optional.of(GIF);
    }
    if (text.startsWith("BM")) {
      return Optional.of(BMP);
    }
    if (text.startsWith("II*\0") || text.startsWith("MM\0*") || text.startsWith("II+\0")) {
      return Optional.of(TIFF);
    }
    if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) {
      return Optional.of(WEBP);
    }
    // Readers of PDF accept other bytes in front of the mark.
    return text.contains("%PDF-") ? Optional.of(PDF) : Optional.empty();
  }
}
