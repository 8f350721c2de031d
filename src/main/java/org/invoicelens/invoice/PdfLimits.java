package org.invoicelens.invoice;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.zip.InflaterInputStream;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSObject;
import org.apache.pdfbox.cos.COSStream;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.common.PDStream;
import org.invoicelens.pixtral.InferenceException;

/**
 * What a page of a PDF may ask for, looked at before any of it is drawn: the sizes of its pictures
 * by their dictionaries, and how much packed data comes to by unpacking without keeping it.
 */
final class PdfLimits {

  /** The most bytes of an unpacked picture: as many as the largest picture's, with four colours. */
  private static final long PICTURE = 4 * DocumentLoader.MOST_PIXELS + (1 << 20);

  /** The most bytes of anything else that is unpacked, such as what draws a page. */
  private static final long OTHER = 100_000_000;

  private static final List<String> FLATE =
      List.of(COSName.FLATE_DECODE.getName(), COSName.FLATE_DECODE_ABBREVIATION.getName());

  private final String name;
  private final Set<COSBase> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  PdfLimits(String name) {
    this.name = name;
  }

  /** Looks at everything a page leads to, which earlier pages did not. */
  void require(PDPage page) throws InferenceException {
    Deque<COSBase> open = new ArrayDeque<>();
    open.add(page.getCOSObject());
    // Resources may lie in the nodes above a page.
    if (page.getResources() != null) {
      open.add(page.getResources().getCOSObject());
    }
    while (!open.isEmpty()) {
      COSBase each = open.remove();
      COSBase value = each instanceof COSObject reference ? reference.getObject() : each;
      if (value == null || !seen.add(value)) {
        continue;
      }
      if (value instanceof COSStream stream) {
        require(stream);
      }
      if (value instanceof COSDictionary dictionary) {
        dictionary.entrySet().stream()
            .filter(entry -> !COSName.PARENT.equals(entry.getKey()))
            .forEach(entry -> open.add(entry.getValue()));
      } else if (value instanceof COSArray array) {
        array.forEach(open::add);
      }
    }
  }

  private void require(COSStream stream) throws InferenceException {
    boolean picture = COSName.IMAGE.equals(stream.getCOSName(COSName.SUBTYPE));
    if (picture) {
      DocumentFault.requireSizeInPdf(
          name, stream.getLong(COSName.WIDTH, 1), stream.getLong(COSName.HEIGHT, 1));
    }
    long most = picture ? PICTURE : OTHER;
    try (InputStream packed = new PDStream(stream).createInputStream(FLATE)) {
      InputStream unpacked = packed;
      for (COSName filter : filters(stream)) {
        if (FLATE.contains(filter.getName())) {
          unpacked = new InflaterInputStream(unpacked);
        }
      }
      if (unpacked != packed && unpacked.skip(most + 1) > most) {
        throw DocumentFault.tooLarge("document.packed", null, name);
      }
    } catch (IOException | RuntimeException broken) {
      // What is broken is told by the drawing, which copes with some of it.
    }
  }

  private static List<COSName> filters(COSStream stream) {
    return switch (stream.getFilters()) {
      case COSName one -> List.of(one);
      case COSArray several ->
          several.toList().stream()
              .filter(COSName.class::isInstance)
              .map(COSName.class::cast)
              .toList();
      case null, default -> List.of();
    };
  }
}
