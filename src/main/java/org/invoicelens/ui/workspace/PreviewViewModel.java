package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.awt.image.BufferedImage;
import java.lang.ref.SoftReference;
import java.util.Optional;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.value.ObservableValue;
import javafx.scene.image.Image;
import javafx.util.Subscription;
import org.invoicelens.invoice.Extraction;
import org.invoicelens.invoice.InvoiceDocument;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.SeenPicture;
import org.invoicelens.ui.failure.Failure;
import org.invoicelens.ui.pipeline.ReadyModel;
import org.invoicelens.ui.task.Work;
import org.invoicelens.ui.task.WorkRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page of the selected document that is shown, as it is or as the model sees it. Pages are
 * opened and drawn off the UI thread; this class is for the UI thread only.
 */
final class PreviewViewModel {

  private static final Logger log = LoggerFactory.getLogger(PreviewViewModel.class);

  /** Below this share of a page's size, what is small on it may be lost. */
  private static final double MUCH_SMALLER = 0.5;

  private final ObservableValue<DocumentItem> selected;
  private final ObservableValue<ReadyModel> model;
  private final WorkRunner runner;
  private final ReadOnlyObjectWrapper<PageImage> shown = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyIntegerWrapper page = new ReadOnlyIntegerWrapper();
  private final ReadOnlyIntegerWrapper pages = new ReadOnlyIntegerWrapper();
  private final BooleanProperty asSeen = new SimpleBooleanProperty();
  private final ReadOnlyStringWrapper seenWords = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper remark = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper advice = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper trouble = new ReadOnlyStringWrapper("");
  private Opened opened;
  private Subscription followed = Subscription.EMPTY;
  private int drawings;

  PreviewViewModel(
      ObservableValue<DocumentItem> selected,
      ObservableValue<ReadyModel> model,
      WorkRunner runner) {
    this.selected = selected;
    this.model = model;
    this.runner = runner;
    selected.subscribe(this::show);
    asSeen.subscribe((before, now) -> draw());
    model.subscribe((before, now) -> {
      if (now == null) {
        asSeen.set(false);
      } else if (asSeen.get()) {
        draw();
      }
    });
  }

  /** The page on screen; null while there is none. */
  ReadOnlyObjectProperty<PageImage> shown() {
    return shown.getReadOnlyProperty();
  }

  /** Which page, from 0. */
  ReadOnlyIntegerProperty page() {
    return page.getReadOnlyProperty();
  }

  /** How many pages there are; 0 until that is known. */
  ReadOnlyIntegerProperty pages() {
    return pages.getReadOnlyProperty();
  }

  /** Whether the page is shown as the model sees it. */
  BooleanProperty asSeen() {
    return asSeen;
  }

  /** Whether there is a model that sees. */
  ObservableValue<Boolean> canSee() {
    return model.map(ready -> true).orElse(false);
  }

  /** At what size the model sees the page; empty while that is not shown. */
  ReadOnlyStringProperty seenWords() {
    return seenWords.getReadOnlyProperty();
  }

  /** What to mind about that; empty where there is nothing. */
  ReadOnlyStringProperty remark() {
    return remark.getReadOnlyProperty();
  }

  /** What can be done about it; empty where nothing can, or need be. */
  ReadOnlyStringProperty advice() {
    return advice.getReadOnlyProperty();
  }

  /** Why no page can be shown; empty where one can. */
  ReadOnlyStringProperty trouble() {
    return trouble.getReadOnlyProperty();
  }

  /** Shows another page; does nothing where there is none of that number. */
  void turnTo(int number) {
    if (number >= 0 && number < pages.get()) {
      page.set(number);
      draw();
    }
  }

  /** Turns the document's pages clockwise by so many quarters. */
  void rotate(int quarters) {
    if (selected.getValue() != null) {
      selected.getValue().turn(quarters);
    }
  }

  private void show(DocumentItem item) {
    followed.unsubscribe();
    shown.set(null);
    page.set(0);
    pages.set(0);
    trouble.set("");
    clearWords();
    drawings++;
    opened = null;
    if (item != null) {
      opened = new Opened(item.source());
      followed = item.rotation().subscribe((before, now) -> draw());
      draw();
    }
  }

  private void clearWords() {
    seenWords.set("");
    remark.set("");
    advice.set("");
  }

  /**
   * A document whose pages are kept while there is memory for them: turning a page or looking with
   * the model's eyes should not open the file anew.
   */
  private static final class Opened {

    private final DocumentSource source;
    private SoftReference<InvoiceDocument> document = new SoftReference<>(null);

    Opened(DocumentSource source) {
      this.source = source;
    }

    synchronized InvoiceDocument get() throws InferenceException {
      InvoiceDocument kept = document.get();
      if (kept == null) {
        kept = source.open();
        document = new SoftReference<>(kept);
      }
      return kept;
    }
  }

  /**
   * A page that was drawn.
   *
   * @param original the page before the model's eyes
   * @param seen what the model sees; empty where that was not asked for
   * @param thumbnail of the first page; null where another page was drawn
   */
  private record Drawn(
      PageImage image,
      BufferedImage original,
      Optional<SeenPicture> seen,
      int pages,
      Image thumbnail) {}

  private void draw() {
    DocumentItem item = selected.getValue();
    if (item == null) {
      return;
    }
    int drawing = ++drawings;
    int number = page.get();
    runner.start(
        work(
            opened,
            number,
            item.rotation().get(),
            asSeen.get() ? Optional.ofNullable(model.getValue()) : Optional.empty()),
        drawn -> {
          if (drawing == drawings) {
            present(item, number, drawn);
          }
        },
        thrown -> {
          log.debug("{} cannot be shown", item.name(), thrown);
          if (drawing == drawings) {
            shown.set(null);
            clearWords();
            String why = Failure.of(thrown).problem().what();
            trouble.set(item.extraction().get() == null ? why : text("preview.gone", why));
          }
        });
  }

  private static Work<Drawn> work(
      Opened opened, int number, int rotation, Optional<ReadyModel> eyes) {
    return (listener, cancellation) -> {
      InvoiceDocument document = opened.get();
      BufferedImage original = InvoiceDocument.turned(document.pages().get(number), rotation);
      Image thumbnail = number == 0 ? PageImage.thumbnail(original) : null;
      if (eyes.isEmpty()) {
        return new Drawn(
            PageImage.of(original), original, Optional.empty(), document.pages().size(), thumbnail);
      }
      SeenPicture seen = eyes.get().seen(original);
      return new Drawn(
          PageImage.of(seen.pixels()),
          original,
          Optional.of(seen),
          document.pages().size(),
          thumbnail);
    };
  }

  private void present(DocumentItem item, int number, Drawn drawn) {
    trouble.set("");
    pages.set(drawn.pages());
    if (drawn.thumbnail() != null) {
      item.thumbnail().set(drawn.thumbnail());
    }
    clearWords();
    drawn.seen().ifPresent(seen -> describe(item, number, drawn.original(), seen));
    shown.set(drawn.image());
  }

  private void describe(DocumentItem item, int number, BufferedImage page, SeenPicture seen) {
    BufferedImage pixels = seen.pixels();
    seenWords.set(text("preview.seen", pixels.getWidth(), pixels.getHeight(), seen.tokens()));
    double share =
        Math.min(
            (double) pixels.getWidth() / page.getWidth(),
            (double) pixels.getHeight() / page.getHeight());
    Extraction extraction = item.extraction().get();
    if (extraction != null && number >= extraction.pagesRead()) {
      remark.set(text("preview.notRead", extraction.pagesRead()));
    } else if (share < MUCH_SMALLER) {
      remark.set(text("preview.shrunk", share));
      advice.set(text("preview.shrunk.advice"));
    }
  }
}
