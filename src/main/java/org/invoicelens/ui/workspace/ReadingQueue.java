package org.invoicelens.ui.workspace;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.collections.ObservableList;
import javafx.scene.image.Image;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.engine.EngineFacts;
import org.invoicelens.invoice.Extraction;
import org.invoicelens.invoice.InvoiceDocument;
import org.invoicelens.invoice.ReadingFacts;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.pipeline.ReadyModel;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.task.Work;
import org.invoicelens.ui.task.WorkObserver;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.task.WorkRunner.RunningWork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the documents that wait, one after the other in the order of the list, whenever there is a
 * model. For the UI thread only.
 */
final class ReadingQueue {

  private static final Logger log = LoggerFactory.getLogger(ReadingQueue.class);

  private final ObservableList<DocumentItem> documents;
  private final ObjectProperty<DocumentItem> selected;
  private final SetupSession session;
  private final PromptViewModel prompt;
  private final WorkRunner runner;
  private final ReadOnlyBooleanWrapper reading = new ReadOnlyBooleanWrapper();
  private final List<Consumer<DocumentItem>> whenRead = new ArrayList<>();
  private Consumer<ReadingFacts> whenSteppedDown = now -> {};
  private RunningWork running;
  private DocumentItem current;

  /**
   * @param selected the document on screen, which follows the reading while it is the one being
   *     read
   */
  ReadingQueue(
      ObservableList<DocumentItem> documents,
      ObjectProperty<DocumentItem> selected,
      SetupSession session,
      PromptViewModel prompt,
      WorkRunner runner) {
    this.documents = documents;
    this.selected = selected;
    this.session = session;
    this.prompt = prompt;
    this.runner = runner;
  }

  /** Whether a document is being read. */
  ReadOnlyBooleanProperty reading() {
    return reading.getReadOnlyProperty();
  }

  /** Is told of every document that was read. */
  void whenRead(Consumer<DocumentItem> action) {
    whenRead.add(action);
  }

  /** Is told where the model had to be loaded in another way, and how it was then. */
  void whenSteppedDown(Consumer<ReadingFacts> action) {
    whenSteppedDown = action;
  }

  /** Whether this is the document being read. */
  boolean isReading(DocumentItem item) {
    return item == current;
  }

  /** Reads the next document that waits; does nothing while one is being read. */
  void readNext() {
    ReadyModel model = session.model().get();
    if (current != null || model == null) {
      return;
    }
    Optional<DocumentItem> next =
        documents.stream().filter(item -> item.mark().get() == Mark.WAITING).findFirst();
    if (next.isPresent()) {
      start(model, next.get());
    }
  }

  /** Stops reading; what waits is put off until it is asked for again. */
  void stop() {
    documents.stream()
        .filter(item -> item.mark().get() == Mark.WAITING)
        .forEach(DocumentItem::stop);
    stopCurrent();
  }

  /** Stops the document being read. */
  void stopCurrent() {
    if (running != null) {
      running.stop();
    }
  }

  /** Goes on with everything that was put off. */
  void goOn() {
    documents.stream()
        .filter(item -> item.mark().get() == Mark.PAUSED)
        .forEach(DocumentItem::queue);
    readNext();
  }

  private record Read(Extraction extraction, ReadingFacts facts, Image thumbnail) {}

  private void start(ReadyModel model, DocumentItem item) {
    current = item;
    reading.set(true);
    item.reading();
    Instant begun = Instant.now();
    String name = session.config().get().name();
    ModelConfig.Prompt asked = prompt.inUse().get();
    boolean changed = prompt.changed().get();
    // The model may be loaded in another way while it reads, so its facts are asked afterwards.
    Function<EngineFacts, ReadingFacts> facts =
        now -> new ReadingFacts(begun, name, now.variant(), now.device(), asked, changed);
    ReadingFacts before = facts.apply(model.facts());
    running =
        runner.start(
            work(model, item.source(), item.rotation().get(), asked, facts),
            new WorkObserver<>() {
              @Override
              public void progressed(List<Progress> latest) {
                item.hear(latest.getLast().message(), latest.getLast().done());
              }

              @Override
              public void succeeded(Read result) {
                item.thumbnail().set(result.thumbnail());
                item.read(result.extraction(), result.facts());
                if (!result.facts().equals(before)) {
                  whenSteppedDown.accept(result.facts());
                }
                whenRead.forEach(action -> action.accept(item));
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

  private static Work<Read> work(
      ReadyModel model,
      DocumentSource source,
      int rotation,
      ModelConfig.Prompt prompt,
      Function<EngineFacts, ReadingFacts> facts) {
    return (listener, cancellation) -> {
      InvoiceDocument document = source.open().turned(rotation);
      Extraction extraction = model.read(document, prompt, new AnswerSoFar(listener), cancellation);
      return new Read(
          extraction, facts.apply(model.facts()), PageImage.thumbnail(document.pages().getFirst()));
    };
  }

  /** Reports the answer so far as the message: of several reports the latest tells all. */
  private static final class AnswerSoFar implements TokenListener {

    private final ProgressListener listener;
    private final StringBuilder answer = new StringBuilder();
    private int tokens;

    AnswerSoFar(ProgressListener listener) {
      this.listener = listener;
    }

    @Override
    public void onToken(int id, String text) {
      tokens++;
      answer.append(text);
      report();
    }

    @Override
    public void onRestart(String why) {
      tokens = 0;
      answer.setLength(0);
      report();
    }

    private void report() {
      listener.onProgress(
          Progress.of(
              Stage.INFERENCE, tokens, Progress.UNKNOWN, Progress.Unit.TOKENS, answer.toString()));
    }
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
}
