package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.collections.ListChangeListener;
import javafx.collections.ObservableList;
import javafx.util.Subscription;
import org.invoicelens.ui.component.Mark;

/**
 * How many documents wait, are being read and were read since the window was opened. For the UI
 * thread only.
 */
final class DocumentTally {

  private final Map<Mark, Integer> counts = new EnumMap<>(Mark.class);
  private final Map<DocumentItem, Subscription> counted = new HashMap<>();
  private final ReadOnlyStringWrapper words = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper busy = new ReadOnlyBooleanWrapper();
  private final ReadOnlyBooleanWrapper putOff = new ReadOnlyBooleanWrapper();

  DocumentTally(ObservableList<DocumentItem> documents) {
    documents.addListener(
        (ListChangeListener<DocumentItem>)
            change -> {
              while (change.next()) {
                change.getRemoved().forEach(this::leave);
                change.getAddedSubList().forEach(this::join);
              }
              tell();
            });
  }

  /** The counts in words, those that are none left out; empty where all are none. */
  ReadOnlyStringProperty words() {
    return words.getReadOnlyProperty();
  }

  /** Whether a document waits or is being read. */
  ReadOnlyBooleanProperty busy() {
    return busy.getReadOnlyProperty();
  }

  /** Whether a document was stopped before it was read. */
  ReadOnlyBooleanProperty putOff() {
    return putOff.getReadOnlyProperty();
  }

  private void join(DocumentItem item) {
    if (!item.isEarlier()) {
      add(item.mark().get(), 1);
      counted.put(
          item,
          item.mark()
              .subscribe((before, now) -> {
                add(before, -1);
                add(now, 1);
                tell();
              }));
    }
  }

  private void leave(DocumentItem item) {
    Subscription subscription = counted.remove(item);
    if (subscription != null) {
      subscription.unsubscribe();
      add(item.mark().get(), -1);
    }
  }

  private void add(Mark mark, int change) {
    counts.merge(mark, change, Integer::sum);
  }

  private int count(Mark mark) {
    return counts.getOrDefault(mark, 0);
  }

  private void tell() {
    busy.set(count(Mark.WAITING) + count(Mark.WORKING) > 0);
    putOff.set(count(Mark.PAUSED) > 0);
    words.set(
        Stream.of(
                part("tally.waiting", count(Mark.WAITING)),
                part("tally.reading", count(Mark.WORKING)),
                part("tally.stopped", count(Mark.PAUSED)),
                part("tally.read", count(Mark.GOOD) + count(Mark.REMARK)),
                part("tally.failed", count(Mark.FAILED)))
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining(" · ")));
  }

  private static String part(String key, int count) {
    return count == 0 ? "" : text(key, count);
  }
}
