package org.invoicelens.ui.workspace;

import java.nio.file.Path;
import java.util.Optional;
import javafx.embed.swing.SwingFXUtils;
import javafx.scene.image.Image;
import org.invoicelens.invoice.DocumentLoader;
import org.invoicelens.invoice.InvoiceDocument;
import org.invoicelens.pixtral.InferenceException;

/** Where a document's pages come from. */
interface DocumentSource {

  /** The document's name for the user. */
  String name();

  /** The user's own file; empty for a picture that never was one. */
  Optional<Path> origin();

  /** Opens it; takes its time, so never on the UI thread. */
  InvoiceDocument open() throws InferenceException;

  /** The whole of where it is, for a tooltip. */
  default String place() {
    return origin().map(Path::toString).orElse(name());
  }

  /** A file. */
  record FromFile(DocumentLoader loader, Path file) implements DocumentSource {
    @Override
    public String name() {
      return file.getFileName() == null ? file.toString() : file.getFileName().toString();
    }

    @Override
    public Optional<Path> origin() {
      return Optional.of(file);
    }

    @Override
    public InvoiceDocument open() throws InferenceException {
      return loader.load(file);
    }
  }

  /** A picture that was pasted, or dropped from a browser. */
  record FromPicture(DocumentLoader loader, String name, Image picture) implements DocumentSource {
    @Override
    public Optional<Path> origin() {
      return Optional.empty();
    }

    @Override
    public InvoiceDocument open() throws InferenceException {
      return loader.load(name, SwingFXUtils.fromFXImage(picture, null));
    }
  }

  /** Such a picture, as the history kept it. */
  record FromHistory(DocumentLoader loader, String name, Path kept) implements DocumentSource {
    @Override
    public Optional<Path> origin() {
      return Optional.empty();
    }

    @Override
    public InvoiceDocument open() throws InferenceException {
      return new InvoiceDocument(name, loader.load(kept).pages());
    }
  }
}
