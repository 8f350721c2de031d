package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.collections.transformation.FilteredList;
import javafx.scene.image.Image;
import org.invoicelens.invoice.DocumentLoader;
import org.invoicelens.invoice.ReadingFacts;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.desktop.Question;
import org.invoicelens.ui.pipeline.ReadyModel;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.task.WorkRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documents, those of earlier days after those of this session, and the one on screen; what is
 * done to them goes on from here. For the UI thread only.
 */
public final class WorkspaceViewModel {

  private static final Logger log = LoggerFactory.getLogger(WorkspaceViewModel.class);

  private final WorkRunner runner;
  private final Desktop desktop;

  private final ObservableList<DocumentItem> documents = FXCollections.observableArrayList();
  private final FilteredList<DocumentItem> shown = new FilteredList<>(documents);
  private final StringProperty filter = new SimpleStringProperty("");
  private final ObjectProperty<DocumentItem> selected = new SimpleObjectProperty<>();
  private final ObservableList<DocumentItem> chosen = FXCollections.observableArrayList();
  private final FormViewModel form = new FormViewModel(selected);
  private final DocumentTally tally = new DocumentTally(documents);
  private final PromptViewModel prompt;
  private final Handover handover;
  private final PreviewViewModel preview;
  private final ReadingQueue queue;
  private final Incoming incoming;
  private final DocumentHistory history;
  private final StatusViewModel status;

  public WorkspaceViewModel(
      SetupSession session, WorkRunner runner, Desktop desktop, Surroundings surroundings) {
    this.runner = runner;
    this.desktop = desktop;
    DocumentLoader loader = new DocumentLoader();
    prompt = new PromptViewModel(session.config());
    handover = new Handover(selected::get, this::batch, runner, desktop);
    preview = new PreviewViewModel(selected, session.model(), runner);
    queue = new ReadingQueue(documents, selected, session, prompt, runner);
    incoming =
        new Incoming(loader, surroundings.samples(), documents, runner, desktop, this::arrive);
    history =
        new DocumentHistory(
            surroundings.history(),
            surroundings.samples(),
            loader,
            runner,
            desktop,
            surroundings.later(),
            documents::addAll);
    status = new StatusViewModel(surroundings.meter(), runner, () -> session.config().get().name());
    queue.whenRead(this::wasRead);
    queue.whenSteppedDown(now -> steppedDown(session.model().get(), now));
    filter.subscribe(this::search);
    session.model().subscribe(this::modelChanged);
  }

  private void modelChanged(ReadyModel model) {
    status.show(model);
    queue.readNext();
  }

  /** The model was loaded in another way: what that was is told, why stands with the document. */
  private void steppedDown(ReadyModel model, ReadingFacts now) {
    status.show(model);
    String device = now.device().equals("cpu") ? text("status.cpu") : now.device();
    desktop.tell(text("reading.steppedDown", now.precision(), device));
  }

  /** All documents, those of earlier days last. */
  public ObservableList<DocumentItem> documents() {
    return documents;
  }

  /** Those among them that are searched for. */
  ObservableList<DocumentItem> shown() {
    return shown;
  }

  /** What is searched for in names, sellers and totals; empty for everything. */
  StringProperty filter() {
    return filter;
  }

  /** The document on screen; null where there is none. */
  public ObjectProperty<DocumentItem> selected() {
    return selected;
  }

  /** The documents that are selected together, the one on screen among them. */
  ObservableList<DocumentItem> chosen() {
    return chosen;
  }

  public ReadOnlyBooleanProperty reading() {
    return queue.reading();
  }

  /** The page on screen. */
  PreviewViewModel preview() {
    return preview;
  }

  /** The selected document's fields. */
  FormViewModel form() {
    return form;
  }

  /** What the model is asked. */
  PromptViewModel prompt() {
    return prompt;
  }

  /** What copies and saves. */
  public Handover handover() {
    return handover;
  }

  /** How documents come in. */
  Incoming incoming() {
    return incoming;
  }

  /** What was read before. */
  DocumentHistory history() {
    return history;
  }

  /** How many wait and were read. */
  DocumentTally tally() {
    return tally;
  }

  /** The model at work. */
  StatusViewModel status() {
    return status;
  }

  /** Lets the user choose documents. */
  public void open() {
    add(desktop.chooseDocuments());
  }

  /** Lets the user choose a folder of documents. */
  public void openFolder() {
    desktop
        .chooseFolder(text("chooser.folder"), Path.of(System.getProperty("user.home")))
        .ifPresent(folder -> add(List.of(folder)));
  }

  /** Takes files and the documents in folders, and reads them. */
  public void add(List<Path> files) {
    incoming.add(files);
  }

  /** Takes a picture that is no file, and reads it. */
  public void addPicture(Image picture) {
    incoming.addPicture(picture);
  }

  /** Takes the samples that ship, whose printed values are known. */
  public void readSamples() {
    incoming.addSamples();
  }

  private void arrive(List<DocumentItem> items) {
    Set<DocumentItem> here = new HashSet<>(documents);
    documents.addAll(endOfSession(), items.stream().filter(item -> !here.contains(item)).toList());
    items.stream()
        .filter(item -> here.contains(item) && Incoming.isUnread(item))
        .forEach(DocumentItem::queue);
    if (!items.isEmpty()) {
      filter.set("");
      selected.set(items.getFirst());
    }
    queue.readNext();
  }

  /** The place after all documents that came since the window was opened. */
  private int endOfSession() {
    int end = 0;
    while (end < documents.size() && !documents.get(end).isEarlier()) {
      end++;
    }
    return end;
  }

  /** Reads the selected document, once more if it was read; asks where corrections would go. */
  public void readAgain() {
    if (selected.get() != null) {
      readAgain(List.of(selected.get()));
    }
  }

  /** Reads {@linkplain #batch these documents}, those once more that were read. */
  public void readAllAgain() {
    readAgain(batch());
  }

  /** Reads documents, those once more that were read; asks where corrections would go. */
  void readAgain(List<DocumentItem> items) {
    List<DocumentItem> idle = items.stream().filter(item -> !queue.isReading(item)).toList();
    long edited = idle.stream().filter(item -> !item.edits().isEmpty()).count();
    if (edited == 0 || mayDiscardEdits(edited)) {
      DocumentItem onScreen = selected.get();
      List<DocumentItem> earlier = idle.stream().filter(DocumentItem::isEarlier).toList();
      documents.removeAll(earlier);
      idle.forEach(DocumentItem::queue);
      documents.addAll(endOfSession(), earlier);
      selected.set(onScreen);
      queue.readNext();
    }
  }

  private boolean mayDiscardEdits(long documentsEdited) {
    return desktop.ask(
            new Question(
                text("again.question"),
                text("again.text", documentsEdited),
                List.of(text("again.read"), text("again.keep"))))
        == 0;
  }

  /**
   * The documents that are meant together: those selected, where they are several; otherwise those
   * of this session; where there is none, the one on screen.
   */
  List<DocumentItem> batch() {
    if (chosen.size() > 1) {
      return List.copyOf(chosen);
    }
    List<DocumentItem> ofSession = List.copyOf(documents.subList(0, endOfSession()));
    return ofSession.isEmpty() && selected.get() != null ? List.of(selected.get()) : ofSession;
  }

  /** Takes the selected documents off the list; their files stay. */
  public void remove() {
    if (selected.get() != null) {
      remove(chosen.size() > 1 ? List.copyOf(chosen) : List.of(selected.get()));
    }
  }

  /** Takes documents off the list; asks where what was read of them would go. */
  void remove(List<DocumentItem> items) {
    long read = items.stream().filter(item -> item.extraction().get() != null).count();
    if (read > 0
        && desktop.ask(
                new Question(
                    text("remove.question", items.size()),
                    text("remove.text", read),
                    List.of(text("remove.remove"), text("remove.keep"))))
            != 0) {
      return;
    }
    discard(items);
    history.forget(items);
  }

  /** Deletes everything that is kept of earlier and of this session's readings; asks first. */
  void deleteHistory() {
    int size = history.size().get();
    if (size > 0
        && desktop.ask(
                new Question(
                    text("history.question"),
                    text("history.text", size),
                    List.of(text("history.delete"), text("history.leave"))))
            == 0) {
      discard(documents.stream().filter(history::keeps).toList());
      history.forgetAll();
    }
  }

  private void discard(List<DocumentItem> items) {
    int place = shown.indexOf(items.isEmpty() ? null : items.getFirst());
    if (items.stream().anyMatch(queue::isReading)) {
      queue.stopCurrent();
    }
    DocumentItem onScreen = selected.get();
    Set<DocumentItem> gone = new HashSet<>(items);
    documents.removeAll(gone);
    if (gone.contains(onScreen)) {
      selected.set(shown.isEmpty() ? null : shown.get(Math.clamp(place, 0, shown.size() - 1)));
    } else {
      selected.set(onScreen);
    }
  }

  private void wasRead(DocumentItem item) {
    status.readIn(item.extraction().get().generation());
    if (documents.contains(item)) {
      history.keep(item);
    }
  }

  /** Stops reading; what waits is put off until it is asked for again. */
  public void stop() {
    queue.stop();
  }

  /** Goes on with everything that was put off. */
  void goOn() {
    queue.goOn();
  }

  /** Stops reading and keeps what is not kept yet, before the window is closed. */
  public void leave() {
    queue.stop();
    history.flush();
  }

  private void search(String words) {
    String wanted = words.strip().toLowerCase(Locale.getDefault());
    if (wanted.isEmpty()) {
      shown.setPredicate(item -> true);
    } else {
      history.all();
      shown.setPredicate(item ->
          (item.name() + "\n" + item.words().get())
              .toLowerCase(Locale.getDefault())
              .contains(wanted));
    }
  }

  /** Opens a document's file in the program that the desktop has for it. */
  void openFile(DocumentItem item) {
    item.source().origin().ifPresent(this::show);
  }

  /** Shows the folder that a document's file is in. */
  void showInFolder(DocumentItem item) {
    item.source().origin().map(Path::getParent).ifPresent(this::show);
  }

  /** Puts the place of a document's file on the clipboard. */
  void copyPath(DocumentItem item) {
    desktop.copy(item.place());
    desktop.tell(text("copied.path"));
  }

  /** Whether a file is still there takes a while to know where its drive is slow. */
  private void show(Path path) {
    runner.start(
        (listener, cancellation) -> Files.exists(path),
        exists -> {
          if (exists) {
            desktop.show(path);
          } else {
            desktop.tell(text("document.gone", path));
          }
        },
        thrown -> {
          log.warn("{} cannot be looked for", path, thrown);
        });
  }
}
