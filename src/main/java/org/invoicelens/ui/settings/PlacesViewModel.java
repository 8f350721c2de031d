package org.invoicelens.ui.settings;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.setup.FolderTree;
import org.invoicelens.stage.ProgramVersion;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.place.Navigation;
import org.invoicelens.ui.place.Place;
import org.invoicelens.ui.task.Work;
import org.invoicelens.ui.task.WorkObserver;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.text.Amounts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the program keeps what, how large that is, and what the program is. For the UI thread. */
public final class PlacesViewModel {

  private static final Logger log = LoggerFactory.getLogger(PlacesViewModel.class);

  private final WorkRunner runner;
  private final Desktop desktop;
  private final List<ProgramPlace> places;
  private boolean measuring;

  /** Measures whenever the user comes to the settings. */
  public PlacesViewModel(
      ApplicationFolders folders, WorkRunner runner, Desktop desktop, Navigation navigation) {
    this.runner = runner;
    this.desktop = desktop;
    Path models = folders.data().resolve("models");
    places =
        List.of(
            new ProgramPlace("program", folders.program()),
            new ProgramPlace("models", models),
            new ProgramPlace("cache", models.resolve(".cache")),
            new ProgramPlace("runtimes", folders.runtimes()),
            new ProgramPlace("history", folders.data().resolve("history")),
            new ProgramPlace("state", folders.state()),
            new ProgramPlace("logs", folders.logs()));
    navigation
        .current()
        .subscribe(place -> {
          if (place == Place.SETTINGS) {
            measure();
          }
        });
  }

  /** The folders that the program uses. */
  public List<ProgramPlace> places() {
    return places;
  }

  /** What the program is made of: each name with its version. */
  public Map<String, String> about() {
    ProgramVersion version = ProgramVersion.current();
    Map<String, String> about = new LinkedHashMap<>();
    about.put("InvoiceLens", version.program());
    about.put("Java", Runtime.version() + ", " + System.getProperty("java.vendor"));
    about.put("JavaFX", System.getProperty("javafx.runtime.version", ""));
    about.put("PyTorch", version.pytorch());
    about.put(
        text("about.system"),
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + ", "
            + System.getProperty("os.arch"));
    about.put(text("about.licence"), "Apache License 2.0");
    return about;
  }

  /** Shows a folder on the desktop. */
  public void open(ProgramPlace place) {
    desktop.show(place.path());
  }

  /** Puts a folder's path on the clipboard. */
  public void copyPath(ProgramPlace place) {
    desktop.copy(place.path().toString());
    desktop.tell(text("places.copied"));
  }

  /** Puts what the program is on the clipboard, and where it keeps what. */
  public void copyAbout() {
    StringBuilder words = new StringBuilder();
    about().forEach((name, value) -> words.append(name).append(": ").append(value).append('\n'));
    places.forEach(
        place -> words.append(place.name()).append(": ").append(place.path()).append('\n'));
    desktop.copy(words.toString());
    desktop.tell(text("copied.details"));
  }

  /** Measures the folders, unless that is under way. What one holds of another counts there. */
  void measure() {
    if (measuring) {
      return;
    }
    measuring = true;
    measure(0);
  }

  /** One folder after the other, so that the disk is not asked for all at once. */
  private void measure(int index) {
    if (index == places.size()) {
      measuring = false;
      return;
    }
    ProgramPlace place = places.get(index);
    // Where nothing is known yet, it says that it is being found out.
    if (place.size().get().isEmpty()) {
      place.show(false, text("places.measuring"));
    }
    runner.start(
        sizeOf(place),
        new WorkObserver<Long>() {
          @Override
          public void succeeded(Long size) {
            place.show(size >= 0, size < 0 ? text("places.none") : Amounts.bytes(size));
            measure(index + 1);
          }

          @Override
          public void failed(Throwable thrown) {
            log.warn("{} cannot be measured", place.path(), thrown);
            place.show(true, text("places.unknown"));
            measure(index + 1);
          }

          @Override
          public void cancelled() {
            measuring = false;
          }
        });
  }

  /** The size of a folder in bytes; negative where it is not there. */
  private Work<Long> sizeOf(ProgramPlace place) {
    return (listener, cancellation) -> {
      if (!Files.isDirectory(place.path())) {
        return -1L;
      }
      Path folder = place.path().toRealPath();
      Set<Path> others = new HashSet<>();
      for (ProgramPlace other : places) {
        if (other != place && Files.isDirectory(other.path())) {
          others.add(other.path().toRealPath());
        }
      }
      others.remove(folder);
      return FolderTree.size(folder, others, cancellation);
    };
  }
}
