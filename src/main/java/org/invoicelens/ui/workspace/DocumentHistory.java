package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.collections.MapChangeListener;
import javafx.embed.swing.SwingFXUtils;
import javafx.scene.image.Image;
import org.invoicelens.invoice.DocumentLoader;
import org.invoicelens.invoice.InvoiceRecord;
import org.invoicelens.invoice.PastReading;
import org.invoicelens.invoice.ReadingHistory;
import org.invoicelens.invoice.SampleInvoices;
import org.invoicelens.invoice.SampleInvoices.Sample;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.task.WorkRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every reading and its corrections, and brings back those of earlier days, a few at a time.
 * Files are read and written off the UI thread; this class is for the UI thread only.
 */
final class DocumentHistory {

  private static final Logger log = LoggerFactory.getLogger(DocumentHistory.class);

  /** How many readings are brought back at once: more than a screen shows. */
  private static final int FEW = 40;

  private final ReadingHistory store;
  private final SampleInvoices samples;
  private final DocumentLoader loader;
  private final WorkRunner runner;
  private final Desktop desktop;
  private final Executor later;
  private final Consumer<List<DocumentItem>> found;
  private final Deque<String> left = new ArrayDeque<>();
  private final ReadOnlyIntegerWrapper size = new ReadOnlyIntegerWrapper();
  private final Map<DocumentItem, Entry> entries = new HashMap<>();
  private boolean begun;
  private boolean loading;
  private boolean all;
  private boolean told;
  private int deletions;

  /** A document's place in the store. */
  private static final class Entry {
    private String id;
    private Optional<String> picture = Optional.empty();
    private final Set<String> outdated = new HashSet<>();
    private boolean changed;
    private boolean saving;
    private boolean gone;
  }

  /**
   * @param later runs an action on the UI thread after a moment, so that a reading is not written
   *     with every letter of a correction
   * @param found takes the documents of earlier days, the latest first
   */
  DocumentHistory(
      ReadingHistory store,
      SampleInvoices samples,
      DocumentLoader loader,
      WorkRunner runner,
      Desktop desktop,
      Executor later,
      Consumer<List<DocumentItem>> found) {
    this.store = store;
    this.samples = samples;
    this.loader = loader;
    this.runner = runner;
    this.desktop = desktop;
    this.later = later;
    this.found = found;
  }

  /** How many readings are kept, those that were not brought back yet among them. */
  ReadOnlyIntegerProperty size() {
    return size.getReadOnlyProperty();
  }

  /** Looks what is kept and brings the latest back; only the first call does anything. */
  void begin() {
    if (begun) {
      return;
    }
    begun = true;
    runner.start(
        (listener, cancellation) -> store.list(),
        ids -> {
          ids.stream().filter(id -> !isKnown(id)).forEach(left::add);
          count();
          more();
        },
        thrown -> {
          log.warn("The history cannot be listed", thrown);
          desktop.tell(text("history.unreadable"));
        });
  }

  /** A reading that ended before the list of earlier ones came is in it, and on screen already. */
  private boolean isKnown(String id) {
    return entries.values().stream().anyMatch(entry -> id.equals(entry.id));
  }

  /** Brings some more back, where there are more. */
  void more() {
    if (loading || left.isEmpty()) {
      return;
    }
    loading = true;
    int before = deletions;
    List<String> ids = new ArrayList<>();
    while (ids.size() < FEW && !left.isEmpty()) {
      ids.add(left.remove());
    }
    runner.start(
        (listener, cancellation) -> load(ids),
        loaded -> {
          loading = false;
          if (before == deletions) {
            found.accept(loaded.stream().map(this::restore).toList());
          }
          count();
          if (all) {
            more();
          }
        },
        thrown -> {
          loading = false;
          log.warn("Earlier readings cannot be brought back", thrown);
        });
  }

  /** Brings everything back, so that it can be searched. */
  void all() {
    all = true;
    more();
  }

  private record Loaded(PastReading past, InvoiceRecord judged, Optional<Sample> sample) {}

  private List<Loaded> load(List<String> ids) {
    List<PastReading> readings = ids.stream().flatMap(id -> store.read(id).stream()).toList();
    Map<Path, Sample> known =
        readings.stream().anyMatch(past -> past.source().sample()) ? samplesByFile() : Map.of();
    LocalDate today = LocalDate.now();
    return readings.stream()
        .map(past ->
            new Loaded(
                past,
                InvoiceRecord.of(past.extraction(), past.edits(), today),
                past.source().file().filter(f -> past.source().sample()).map(known::get)))
        .toList();
  }

  private Map<Path, Sample> samplesByFile() {
    try {
      return samples.list().stream()
          .collect(Collectors.toMap(Sample::picture, Function.identity()));
    } catch (InferenceException e) {
      log.warn("The samples cannot be compared with what is printed on them", e);
      return Map.of();
    }
  }

  private DocumentItem restore(Loaded loaded) {
    PastReading past = loaded.past();
    DocumentSource source =
        past.source()
            .file()
            .<DocumentSource>map(file -> new DocumentSource.FromFile(loader, file))
            .orElseGet(() ->
                new DocumentSource.FromHistory(
                    loader,
                    past.source().name(),
                    store.picture(past.source().picture().orElseThrow())));
    DocumentItem item = DocumentItem.earlier(source, loaded.sample(), past, loaded.judged());
    Entry entry = new Entry();
    entry.id = past.id();
    entry.picture = past.source().picture();
    follow(item, entry);
    return item;
  }

  private void follow(DocumentItem item, Entry entry) {
    entries.put(item, entry);
    item.edits().addListener((MapChangeListener<String, String>) change -> changed(item));
    item.rotation().subscribe((before, now) -> changed(item));
  }

  /** Keeps a document that was read just now; what was kept of it before is deleted. */
  void keep(DocumentItem item) {
    Entry entry = entries.get(item);
    if (entry == null) {
      entry = new Entry();
      follow(item, entry);
    } else if (entry.id != null) {
      entry.outdated.add(entry.id);
    }
    entry.id = ReadingHistory.newId(item.facts().get().at());
    save(item, entry);
    count();
  }

  private void changed(DocumentItem item) {
    Entry entry = entries.get(item);
    // Without a reading it waits for a new one, and what was kept stays until that is there.
    if (entry != null && !entry.changed && item.extraction().get() != null) {
      entry.changed = true;
      later.execute(() -> saveChanges(item, entry));
    }
  }

  private void saveChanges(DocumentItem item, Entry entry) {
    if (entry.changed && !entry.saving && !entry.gone) {
      save(item, entry);
    }
  }

  /** Writes what is not written yet, at once. */
  void flush() {
    entries.forEach(this::saveChanges);
  }

  private void save(DocumentItem item, Entry entry) {
    if (entry.saving) {
      entry.changed = true;
      return;
    }
    entry.changed = false;
    if (item.extraction().get() == null) {
      return;
    }
    entry.saving = true;
    Optional<Image> picture = newPicture(item, entry);
    PastReading past =
        new PastReading(
            entry.id,
            new PastReading.Source(
                item.name(), item.source().origin(), entry.picture, item.isSample()),
            item.facts().get(),
            item.extraction().get(),
            item.rotation().get(),
            item.edits());
    Set<String> outdated = Set.copyOf(entry.outdated);
    runner.start(
        (listener, cancellation) -> {
          if (picture.isPresent()) {
            store.keepPicture(
                past.source().picture().orElseThrow(),
                SwingFXUtils.fromFXImage(picture.get(), null));
          }
          store.keep(past);
          for (String id : outdated) {
            store.remove(id);
          }
          return past.id();
        },
        id -> {
          entry.outdated.removeAll(outdated);
          saved(item, entry);
        },
        thrown -> {
          log.warn("The reading of {} was not kept", item.name(), thrown);
          if (!told) {
            told = true;
            desktop.tell(text("history.notKept"));
          }
          if (picture.isPresent()) {
            entry.picture = Optional.empty();
          }
          saved(item, entry);
        });
  }

  /** A picture that is no file is kept once, under the id of its first reading. */
  private static Optional<Image> newPicture(DocumentItem item, Entry entry) {
    if (entry.picture.isEmpty() && item.source() instanceof DocumentSource.FromPicture pasted) {
      entry.picture = Optional.of(entry.id);
      return Optional.of(pasted.picture());
    }
    return Optional.empty();
  }

  private void saved(DocumentItem item, Entry entry) {
    entry.saving = false;
    if (entry.gone) {
      delete(List.of(entry));
    } else if (entry.changed) {
      save(item, entry);
    }
  }

  /** Whether something of a document is kept. */
  boolean keeps(DocumentItem item) {
    return entries.containsKey(item);
  }

  /** Deletes what is kept of these documents. */
  void forget(List<DocumentItem> items) {
    List<Entry> idle = new ArrayList<>();
    for (DocumentItem item : items) {
      Entry entry = entries.remove(item);
      if (entry != null) {
        entry.gone = true;
        if (!entry.saving) {
          idle.add(entry);
        }
      }
    }
    count();
    if (!idle.isEmpty()) {
      delete(idle);
    }
  }

  /** Deletes everything that is kept, also what was not brought back. */
  void forgetAll() {
    entries.values().forEach(entry -> entry.gone = true);
    entries.clear();
    left.clear();
    deletions++;
    count();
    runner.start(
        (listener, cancellation) -> {
          store.removeAll();
          return store;
        },
        done -> desktop.tell(text("history.deleted")),
        this::notDeleted);
  }

  private void delete(List<Entry> gone) {
    Set<String> ids = new HashSet<>();
    Set<String> pictures = new HashSet<>();
    for (Entry entry : gone) {
      ids.add(entry.id);
      ids.addAll(entry.outdated);
      entry.picture.ifPresent(pictures::add);
    }
    runner.start(
        (listener, cancellation) -> {
          for (String id : ids) {
            store.remove(id);
          }
          for (String id : pictures) {
            store.removePicture(id);
          }
          return ids;
        },
        done -> log.info("{} readings were deleted", done.size()),
        this::notDeleted);
  }

  private void notDeleted(Throwable thrown) {
    log.warn("The history was not deleted", thrown);
    desktop.tell(text("history.notDeleted"));
  }

  private void count() {
    size.set(entries.size() + left.size());
  }
}
