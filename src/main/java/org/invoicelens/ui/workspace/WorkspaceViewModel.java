package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.scene.image.Image;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.engine.OptimizedModel;
import org.invoicelens.invoice.DocumentFiles;
import org.invoicelens.invoice.DocumentLoader;
import org.invoicelens.invoice.Extraction;
import org.invoicelens.invoice.SampleInvoices;
import org.invoicelens.invoice.SampleInvoices.Sample;
import org.invoicelens.pixtral.GenerationResult.Timings;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.desktop.Question;
import org.invoicelens.ui.failure.Failure;
import org.invoicelens.ui.pipeline.ReadyModel;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.task.Work;
import org.invoicelens.ui.task.WorkObserver;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.task.WorkRunner.RunningWork;
import org.invoicelens.ui.text.Amounts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The documents, the one that is shown, and the reading of them one after the other. For the UI
 * thread only.
 */
public final class WorkspaceViewModel {

  private static final Logger log = LoggerFactory.getLogger(WorkspaceViewModel.class);

  private final SetupSession session;
  private final WorkRunner runner;
  private final Desktop desktop;
  private final SampleInvoices samples;
  private final DocumentLoader loader = new DocumentLoader();

  private final ObservableList<DocumentItem> documents = FXCollections.observableArrayList();
  private final ObjectProperty<DocumentItem> selected = new SimpleObjectProperty<>();
  private final ReadOnlyObjectWrapper<Preview> preview = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyBooleanWrapper reading = new ReadOnlyBooleanWrapper();
  private final ReadOnlyStringWrapper modelWords = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper deviceWords = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper rateWords = new ReadOnlyStringWrapper("");
  private final FormViewModel form = new FormViewModel(selected);
  private final PromptViewModel prompt;
  private final Handover handover;
  private RunningWork running;
  private DocumentItem current;
  private int pasted;

  public WorkspaceViewModel(
      SetupSession session, WorkRunner runner, Desktop desktop, SampleInvoices samples) {
    this.session = session;
    this.runner = runner;
    this.desktop = desktop;
    this.samples = samples;
    prompt = new PromptViewModel(session.config());
    handover = new Handover(selected::get, () -> documents, runner, desktop);
    selected.subscribe(this::show);
    session.model().subscribe(this::describe);
  }

  public ObservableList<DocumentItem> documents() {
    return documents;
  }

  public ObjectProperty<DocumentItem> selected() {
    return selected;
  }

  /** The pages of the selected document; null while there are none to show. */
  public ReadOnlyObjectProperty<Preview> preview() {
    return preview.getReadOnlyProperty();
  }

  public ReadOnlyBooleanProperty reading() {
    return reading.getReadOnlyProperty();
  }

  /** The model and its precision. */
  public ReadOnlyStringProperty modelWords() {
    return modelWords.getReadOnlyProperty();
  }

  /** Where the model is and how much memory it holds. */
  public ReadOnlyStringProperty deviceWords() {
    return deviceWords.getReadOnlyProperty();
  }

  /** How fast the last document was read. */
  public ReadOnlyStringProperty rateWords() {
    return rateWords.getReadOnlyProperty();
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

  /** Lets the user choose documents. */
  public void open() {
    add(desktop.chooseDocuments());
  }

  /** Takes files and the documents in folders, and reads them. */
  public void add(List<Path> files) {
    if (files.isEmpty()) {
      return;
    }
    inBackground(
        (listener, cancellation) -> DocumentFiles.expand(files),
        found ->
            enqueue(
                found.stream()
                    .map(file -> new DocumentSource.FromFile(loader, file))
                    .map(source -> new DocumentItem(source, Optional.empty()))
                    .toList()));
  }

  /** Takes a picture that is no file, and reads it. */
  public void addPicture(Image picture) {
    pasted++;
    enqueue(
        List.of(
            new DocumentItem(
                new DocumentSource.FromPicture(loader, text("document.pasted", pasted), picture),
                Optional.empty())));
  }

  /** Takes the samples that ship, whose printed values are known. */
  public void readSamples() {
    inBackground(
        (listener, cancellation) -> samples.list(),
        found -> enqueue(found.stream().map(this::sample).toList()));
  }

  private DocumentItem sample(Sample sample) {
    return new DocumentItem(
        new DocumentSource.FromFile(loader, sample.picture()), Optional.of(sample));
  }

  private void enqueue(List<DocumentItem> items) {
    documents.addAll(items);
    if (!items.isEmpty()) {
      selected.set(items.getFirst());
    }
    readNext();
  }

  /** Reads the selected document, once more if it was read; asks where corrections would go. */
  public void readAgain() {
    read(List.of(selected.get()));
  }

  /** Reads every document, those once more that were read; asks where corrections would go. */
  public void readAllAgain() {
    read(documents.stream().filter(item -> item != current).toList());
  }

  private void read(List<DocumentItem> items) {
    long edited = items.stream().filter(item -> !item.edits().isEmpty()).count();
    if (edited == 0 || mayDiscardEdits(edited)) {
      items.forEach(DocumentItem::queue);
      readNext();
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

  /** Takes the selected document off the list; its file stays. */
  public void remove() {
    DocumentItem item = selected.get();
    if (item == null) {
      return;
    }
    if (item == current) {
      running.stop();
    }
    int place = documents.indexOf(item);
    documents.remove(item);
    selected.set(documents.isEmpty() ? null : documents.get(Math.min(place, documents.size() - 1)));
  }

  /** Stops reading; what waits goes on waiting until it is asked for again. */
  public void stop() {
    documents.stream()
        .filter(item -> item.mark().get() == Mark.WAITING)
        .forEach(DocumentItem::stop);
    if (running != null) {
      running.stop();
    }
  }

  private void readNext() {
    ReadyModel model = session.model().get();
    Optional<DocumentItem> next =
        documents.stream().filter(item -> item.mark().get() == Mark.WAITING).findFirst();
    if (current != null || model == null || next.isEmpty()) {
      return;
    }
    DocumentItem item = next.get();
    current = item;
    reading.set(true);
    item.reading();
    ReadingFacts facts =
        new ReadingFacts(
            Instant.now(),
            session.config().get().name(),
            model.facts().dtype().title(),
            model.facts().device(),
            prompt.inUse().get(),
            prompt.changed().get());
    running =
        runner.start(
            reading(model, item, facts.prompt()),
            new WorkObserver<>() {
              @Override
              public void progressed(List<Progress> latest) {
                item.hear(latest.getLast().message(), latest.getLast().done());
              }

              @Override
              public void succeeded(Extraction result) {
                item.read(result, facts);
                timed(result.generation().timings());
                proceed(item);
              }

              @Override
              public void failed(Throwable thrown) {
                log.warn("{} was not read", item.name(), thrown);
                item.fail(thrown);
                proceed(item);
              }

              @Override
              public void cancelled() {
                item.stop();
                proceed(item);
              }
            });
  }

  private static Work<Extraction> reading(
      ReadyModel model, DocumentItem item, ModelConfig.Prompt prompt) {
    return (listener, cancellation) -> {
      StringBuilder answer = new StringBuilder();
      int[] tokens = {0};
      return model.read(
          item.source().open(),
          prompt,
          // The answer so far is the message: of several reports the latest tells all.
          (id, text) ->
              listener.onProgress(
                  Progress.of(
                      Stage.INFERENCE,
                      ++tokens[0],
                      Progress.UNKNOWN,
                      Progress.Unit.TOKENS,
                      answer.append(text).toString())),
          cancellation);
    };
  }

  /** Goes on with the next document, and shows it where this one was on screen until its end. */
  private void proceed(DocumentItem item) {
    current = null;
    running = null;
    reading.set(false);
    readNext();
    if (current != null && selected.get() == item) {
      selected.set(current);
    }
  }

  private void show(DocumentItem item) {
    preview.set(null);
    if (item != null) {
      runner.start(
          (listener, cancellation) -> Preview.of(item.source().open()),
          new WorkObserver<>() {
            @Override
            public void succeeded(Preview pages) {
              if (selected.get() == item) {
                preview.set(pages);
              }
            }

            @Override
            public void failed(Throwable thrown) {
              // Reading the document fails in the same way, and is where it is told.
              log.debug("{} cannot be shown", item.name(), thrown);
            }
          });
    }
  }

  private void describe(ReadyModel model) {
    rateWords.set("");
    if (model == null) {
      return;
    }
    OptimizedModel facts = model.facts();
    modelWords.set(text("status.model", session.config().get().name(), facts.dtype().title()));
    deviceWords.set(text("status.device", facts.device(), Amounts.memory(facts.memoryUsage())));
    readNext();
  }

  private void timed(Timings timings) {
    rateWords.set(
        text(
            "status.rate",
            Amounts.seconds(timings.image().plus(timings.prefill())),
            Amounts.number(timings.decodeTokensPerSecond())));
  }

  private <V> void inBackground(Work<V> work, Consumer<V> whenDone) {
    runner.start(
        work,
        new WorkObserver<>() {
          @Override
          public void succeeded(V result) {
            whenDone.accept(result);
          }

          @Override
          public void failed(Throwable thrown) {
            log.warn("Asked for in the workspace", thrown);
            desktop.tell(Failure.of(thrown).problem().text());
          }
        });
  }
}
