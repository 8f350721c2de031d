package org.invoicelens.invoice;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.rendering.ImageType;
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
      PdfLimits limits = new PdfLimits(name);
      for (PDPage page : document.getPages()) {
        limits.require(page);
      }
      PdfDrawing renderer = new PdfDrawing(document, name);
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
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        // The drawing can only pass it on inside of another.
        if (cause instanceof InferenceException told) {
          throw told;
        }
      }
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
}
