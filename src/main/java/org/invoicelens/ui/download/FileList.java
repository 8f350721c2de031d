package org.invoicelens.ui.download;

import static org.invoicelens.ui.text.Messages.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.invoicelens.ui.text.Amounts;

/**
 * The files of a download as rows: those in work first, then those waiting, then the complete ones.
 * Of many files the last are summed up in words until the user unfolds them.
 */
public final class FileList {

  /** So many rows are shown as long as the list is folded. */
  static final int MOST = 10;

  private static final Comparator<FileProgress> ORDER =
      Comparator.comparing(FileProgress::phase).thenComparing(FileProgress::name);

  private final Map<String, FileProgress> byName = new HashMap<>();
  private final List<FileProgress> all = new ArrayList<>();
  private final ObservableList<FileProgress> shown = FXCollections.observableArrayList();
  private final BooleanProperty unfolded = new SimpleBooleanProperty();
  private final ReadOnlyStringWrapper rest = new ReadOnlyStringWrapper("");

  FileList() {
    unfolded.subscribe(this::arrange);
  }

  /** The rows to show, in order. */
  public ObservableList<FileProgress> shown() {
    return shown;
  }

  /** Whether every file has a row. */
  public BooleanProperty unfolded() {
    return unfolded;
  }

  /** What folding hides or would hide, in words; empty where there are few files. */
  public ReadOnlyStringProperty rest() {
    return rest.getReadOnlyProperty();
  }

  /** So many bytes of a file are done now. */
  void update(String name, long done, long total) {
    FileProgress file = byName.get(name);
    if (file == null) {
      file = new FileProgress(name);
      file.update(done, total);
      byName.put(name, file);
      all.add(file);
      arrange();
      return;
    }
    FileProgress.Phase before = file.phase();
    file.update(done, total);
    if (file.phase() != before) {
      arrange();
    }
  }

  void clear() {
    byName.clear();
    all.clear();
    unfolded.set(false);
    arrange();
  }

  private void arrange() {
    all.sort(ORDER);
    List<FileProgress> last = all.subList(Math.min(MOST, all.size()), all.size());
    long bytes = last.stream().mapToLong(FileProgress::size).sum();
    rest.set(
        last.isEmpty()
            ? ""
            : unfolded.get()
                ? text("download.files.fewer")
                : text("download.files.more", last.size(), Amounts.bytes(bytes)));
    show(unfolded.get() ? all : all.subList(0, all.size() - last.size()));
  }

  /** Rows that stay are left alone, so that nothing flickers. */
  private void show(List<FileProgress> rows) {
    shown.removeIf(file -> !rows.contains(file));
    for (int i = 0; i < rows.size(); i++) {
      FileProgress file = rows.get(i);
      if (i >= shown.size() || shown.get(i) != file) {
        shown.remove(file);
        shown.add(i, file);
      }
    }
  }
}
