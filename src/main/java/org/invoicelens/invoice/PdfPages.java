package org.invoicelens.invoice;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.rendering.ImageType;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.invoicelens.pixtral.InferenceException;

/** The pages of a PDF as pictures. Scripts and links in it are never followed. */
final class PdfPages {

  private PdfPages() {}

  static List<BufferedImage> read(Path file, String name) throws InferenceException {
    try (PDDocument document = Loader.loadPDF(file.toFile())) {
      int count = document.getNumberOfPages();
      if (count < 1) {
        throw new IOException("no pages");
      }
      DocumentFault.requirePages(name, count);
      for (PDPage page : document.getPages()) {
        requireSmallPictures(
            name, page.getCOSObject(), Collections.newSetFromMap(new IdentityHashMap<>()));
      }
      PDFRenderer renderer = new PDFRenderer(document);
      renderer.setSubsamplingAllowed(true);
      List<BufferedImage> pages = new ArrayList<>();
      for (int page = 0; page < count; page++) {
        pages.add(
            renderer.renderImage(page, scale(document.getPage(page).getCropBox()), ImageType.RGB));
      }
      return pages;
    } catch (InferenceException e) {
      throw e;
    } catch (InvalidPasswordException e) {
      throw DocumentFault.bad("document.password", name, "", e);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw DocumentFault.broken(name, DocumentType.PDF, e);
    }
  }

  private static float scale(PDRectangle box) throws IOException {
    float longest = Math.max(box.getWidth(), box.getHeight());
    float shortest = Math.min(box.getWidth(), box.getHeight());
    if (!(shortest > 0) || longest / shortest > PageSize.LONGEST_SIDE) {
      throw new IOException("a page of " + box.getWidth() + " by " + box.getHeight());
    }
    return PageSize.LONGEST_SIDE / longest;
  }

  /** Looks at the pictures of a page, and of the forms it draws, by their dictionaries alone. */
  private static void requireSmallPictures(String name, COSDictionary drawn, Set<COSBase> seen)
      throws InferenceException {
    COSDictionary resources = inherited(drawn);
    COSDictionary objects = resources == null ? null : resources.getCOSDictionary(COSName.XOBJECT);
    if (objects == null || !seen.add(objects)) {
      return;
    }
    for (COSName key : objects.keySet()) {
      COSDictionary object = objects.getCOSDictionary(key);
      if (object == null) {
        continue;
      }
      if (COSName.IMAGE.equals(object.getCOSName(COSName.SUBTYPE))) {
        DocumentFault.requireSizeInPdf(
            name, object.getLong(COSName.WIDTH, 1), object.getLong(COSName.HEIGHT, 1));
      } else {
        requireSmallPictures(name, object, seen);
      }
    }
  }

  /** The resources of a page or form, which a page may have from the nodes above it. */
  private static COSDictionary inherited(COSDictionary node) {
    COSDictionary at = node;
    for (int level = 0; at != null && level < 64; level++) {
      COSDictionary resources = at.getCOSDictionary(COSName.RESOURCES);
      if (resources != null) {
        return resources;
      }
      at = at.getCOSDictionary(COSName.PARENT);
    }
    return null;
  }
}
