package org.invoicelens.invoice;

import java.io.IOException;
import java.util.List;
import org.apache.pdfbox.contentstream.operator.Operator;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.graphics.form.PDFormXObject;
import org.apache.pdfbox.pdmodel.graphics.form.PDTransparencyGroup;
import org.apache.pdfbox.pdmodel.graphics.image.PDImage;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.rendering.PageDrawer;
import org.apache.pdfbox.rendering.PageDrawerParameters;
import org.invoicelens.pixtral.InferenceException;

/** Draws pages, unless its thread is interrupted or a picture is larger than one may be. */
final class PdfDrawing extends PDFRenderer {

  /** The most forms that the pages of one document draw; a page of an invoice has a few. */
  private static final int MOST_FORMS = 100_000;

  /** How deep forms may lie in each other; the library stops at fifty, and logs each time. */
  private static final int DEEPEST = 40;

  private final String name;
  private int forms;

  PdfDrawing(PDDocument document, String name) {
    super(document);
    this.name = name;
    setSubsamplingAllowed(true);
  }

  @Override
  protected PageDrawer createPageDrawer(PageDrawerParameters parameters) throws IOException {
    return new Drawer(parameters);
  }

  private final class Drawer extends PageDrawer {

    Drawer(PageDrawerParameters parameters) throws IOException {
      super(parameters);
    }

    @Override
    protected void processOperator(Operator operator, List<COSBase> operands) throws IOException {
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("the time is over");
      }
      super.processOperator(operator, operands);
    }

    @Override
    public void showForm(PDFormXObject form) throws IOException {
      count();
      super.showForm(form);
    }

    @Override
    public void showTransparencyGroup(PDTransparencyGroup form) throws IOException {
      count();
      super.showTransparencyGroup(form);
    }

    /** A few forms that draw each other twice come to more than any time suffices for. */
    private void count() {
      if (++forms > MOST_FORMS || getLevel() > DEEPEST) {
        throw new IllegalStateException(DocumentFault.tooLarge("document.packed", null, name));
      }
    }

    /** Pictures within the drawing itself are in no dictionary that was looked at before. */
    @Override
    public void drawImage(PDImage picture) throws IOException {
      try {
        DocumentFault.requireSizeInPdf(name, picture.getWidth(), picture.getHeight());
      } catch (InferenceException e) {
        throw new IllegalStateException(e);
      }
      super.drawImage(picture);
    }
  }
}
