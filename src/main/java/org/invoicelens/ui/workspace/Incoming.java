package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.scene.image.Image;
import org.invoicelens.invoice.DocumentFiles;
import org.invoicelens.invoice.DocumentLoader;
import org.invoicelens.invoice.SampleInvoices;
import org.invoicelens.invoice.SampleInvoices.Sample;
import org.invoicelens.stage.Problem;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.desktop.Question;
import org.invoicelens.ui.failure.Failure;
import org.invoicelens.ui.task.Work;
import org.invoicelens.ui.task.WorkRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How documents come into the workspace: files, folders, pictures and samples. What is there
 * already is shown and not taken twice. For the UI thread only.
 */
final class Incoming {

  private static final Logger log = LoggerFactory.getLogger(Incoming.class);

  /** More documents than these are not read without asking. */
  static final int MANY = 200;

  private final DocumentLoader loader;
  private final SampleInvoices samples;
  private final ObservableList<DocumentItem> documents;
  private final WorkRunner runner;
  private final Desktop desktop;
  private final Consumer<List<DocumentItem>> arrived;
  private final ObservableList<Problem> refused = FXCollections.observableArrayList();
  private final ObservableList<SampleCard> cards = FXCollections.observableArrayList();
  private boolean cardsAsked;
  private int pasted;

  /**
   * A sample to be chosen.
   *
   * @param name its file's name
   * @param picture its page, small
   */
  record SampleCard(String name, Image picture, Sample sample) {}

  /**
   * @param arrived takes the documents to be read, and those that are shown instead, in order
   */
  Incoming(
      DocumentLoader loader,
      SampleInvoices samples,
      ObservableList<DocumentItem> documents,
      WorkRunner runner,
      Desktop desktop,
      Consumer<List<DocumentItem>> arrived) {
    this.loader = loader;
    this.samples = samples;
    this.documents = documents;
    this.runner = runner;
    this.desktop = desktop;
    this.arrived = arrived;
  }

  /** Why something of the last choice was not taken. */
  ObservableList<Problem> refused() {
    return refused;
  }

  /** Takes files and the documents in folders. */
  void add(List<Path> files) {
    refused.clear();
    if (!files.isEmpty()) {
      start((listener, cancellation) -> DocumentFiles.choose(files), this::take);
    }
  }

  private void take(DocumentFiles.Choice choice) {
    choice.refused().forEach(no -> refused.add(no.problem()));
    int count = choice.documents().size();
    if (count > MANY && !mayTake(count)) {
      return;
    }
    take(
        choice.documents().stream()
            .map(file ->
                new DocumentItem(new DocumentSource.FromFile(loader, file), Optional.empty()))
            .toList(),
        true);
  }

  private boolean mayTake(int count) {
    return desktop.ask(
            new Question(
                text("many.question", count),
                text("many.text"),
                List.of(text("many.read", count), text("many.leave"))))
        == 0;
  }

  /** Takes a picture that is no file. */
  void addPicture(Image picture) {
    pasted++;
    take(
        List.of(
            new DocumentItem(
                new DocumentSource.FromPicture(loader, text("document.pasted", pasted), picture),
                Optional.empty())),
        false);
  }

  /** Takes all samples. */
  void addSamples() {
    start((listener, cancellation) -> samples.list(), this::takeSamples);
  }

  /** Takes one sample. */
  void addSample(Sample sample) {
    takeSamples(List.of(sample));
  }

  private void takeSamples(List<Sample> chosen) {
    take(
        chosen.stream()
            .map(sample ->
                new DocumentItem(
                    new DocumentSource.FromFile(loader, sample.picture()), Optional.of(sample)))
            .toList(),
        true);
  }

  private void take(List<DocumentItem> coming, boolean mayBeHere) {
    Map<Object, DocumentItem> here = new HashMap<>();
    if (mayBeHere) {
      documents.forEach(item -> here.putIfAbsent(key(item), item));
    }
    List<DocumentItem> items = new ArrayList<>();
    int shown = 0;
    for (DocumentItem item : coming) {
      DocumentItem known = here.putIfAbsent(key(item), item);
      items.add(known == null ? item : known);
      if (known != null && !isUnread(known)) {
        shown++;
      }
    }
    if (shown > 0) {
      desktop.tell(text("workspace.isHere", shown, coming.getFirst().name()));
    }
    arrived.accept(items);
  }

  /** Whether a document was tried or put off, so that whoever brings it again wants it read. */
  static boolean isUnread(DocumentItem item) {
    return item.mark().get() == Mark.FAILED || item.mark().get() == Mark.PAUSED;
  }

  private record Key(Path file, boolean sample) {}

  private static Object key(DocumentItem item) {
    return item.source().origin().<Object>map(file -> new Key(file, item.isSample())).orElse(item);
  }

  /** The samples as pictures, once {@link #showSamples} has brought them. */
  ObservableList<SampleCard> cards() {
    return cards;
  }

  /** Brings the samples' pictures; only the first call does anything. */
  void showSamples() {
    if (cardsAsked) {
      return;
    }
    cardsAsked = true;
    start(
        (listener, cancellation) -> {
          List<SampleCard> found = new ArrayList<>();
          for (Sample sample : samples.list()) {
            found.add(
                new SampleCard(
                    sample.picture().getFileName().toString(),
                    PageImage.thumbnail(loader.load(sample.picture()).pages().getFirst()),
                    sample));
          }
          return found;
        },
        cards::setAll);
  }

  private <V> void start(Work<V> work, Consumer<V> whenDone) {
    runner.start(
        work,
        whenDone,
        thrown -> {
          log.warn("Asked for in the workspace", thrown);
          desktop.tell(Failure.of(thrown).problem().text());
        });
  }
}
