package org.invoicelens.ui.workspace;

import java.nio.file.Path;
import javafx.embed.swing.SwingFXUtils;
import javafx.scene.image.Image;
import org.invoicelens.invoice.DocumentLoader;
import org.invoicelens.invoice.InvoiceDocument;
import org.invoicelens.pixtral.InferenceException;

/** Where a document's pages come from. */
interface DocumentSource {

  /** The document's name for the user. */
  String name();

  /** The whole of where it is, for a tooltip. */
  String place();

  /** Opens it; takes its time, so never on the UI thread. */
  InvoiceDocument open() throws InferenceException;

  /** A file. */
  record FromFile(DocumentLoader loader, Path file) implements DocumentSource {
    @Override
    public String name() {
      return file.getFileName() == null ? file.toString() : file.getFileName().toString();
    }

    @Override
    public String place() {
      return file.toString();
    }

    @Override
    public InvoiceDocument open() throws InferenceException {
      return loader.load(file);
    }
  }

  /** A picture that was pasted, or dropped from a browser. */
  record FromPicture(DocumentLoader loader, String name, Image picture) implements DocumentSource {
    @Override
    public String place() {
      return name;
    }

    @Override
    public InvoiceDocument open() throws InferenceException {
      return loader.load(name, SwingFXUtils.fromFXImage(picture, null));
    }
  }
}
