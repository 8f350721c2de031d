package org.invoicelens.ui.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.ui.FakeDesktop;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.place.Navigation;
import org.invoicelens.ui.place.Place;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesViewModelTest {

  @TempDir Path own;

  private final ManualRunner runner = new ManualRunner();
  private final FakeDesktop desktop = new FakeDesktop();
  private final Navigation navigation = new Navigation();
  private PlacesViewModel model;

  @BeforeEach
  void program() throws Exception {
    // As in a checkout, where the data lies in the folder of the program.
    Path program = own.resolve("program");
    write(program.resolve("program.jar"), 1000);
    write(program.resolve("models/large/weights"), 5000);
    write(program.resolve("models/.cache/packed"), 300);
    Files.createDirectories(own.resolve("logs"));
    Files.createSymbolicLink(own.resolve("logs/link"), program.resolve("program.jar"));
    model =
        new PlacesViewModel(
            new ApplicationFolders(program, program, own.resolve("state"), own.resolve("logs")),
            runner,
            desktop,
            navigation);
  }

  private static void write(Path file, int size) throws Exception {
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[size]);
  }

  private ProgramPlace place(String id) {
    return model.places().stream().filter(p -> p.id().equals(id)).findFirst().orElseThrow();
  }

  @Test
  void isMeasuredWhenTheUserComesAndEveryFileCountsOnce() {
    assertThat(place("program").size().get()).isEmpty();
    navigation.open(Place.SETTINGS);
    assertThat(place("program").size().get()).isEqualTo("measuring …");
    runner.runAll();
    assertThat(place("program").size().get()).isEqualTo("1 kB");
    assertThat(place("models").size().get()).isEqualTo("5 kB");
    assertThat(place("cache").size().get()).isEqualTo("300 B");
    assertThat(place("logs").size().get()).isEqualTo("0 B");
    assertThat(place("history").size().get()).isEqualTo("not there yet");
    assertThat(place("history").there().get()).isFalse();
    assertThat(place("models").there().get()).isTrue();
  }

  @Test
  void isMeasuredAgainAtTheNextVisit() throws Exception {
    navigation.open(Place.SETTINGS);
    runner.runAll();
    navigation.back();
    write(own.resolve("state/setup.json"), 20);
    navigation.open(Place.SETTINGS);
    assertThat(place("state").size().get()).isEqualTo("not there yet");
    runner.runAll();
    assertThat(place("state").size().get()).isEqualTo("20 B");
  }

  @Test
  void foldersAreOpenedAndTheirPathsCopied() {
    model.open(place("models"));
    assertThat(desktop.shown).containsExactly(own.resolve("program/models"));
    model.copyPath(place("logs"));
    assertThat(desktop.copied).containsExactly(own.resolve("logs").toString());
    assertThat(desktop.told).hasSize(1);
  }

  @Test
  void theDetailsNameVersionsAndPlaces() {
    assertThat(model.about().get("InvoiceLens")).matches("[0-9]+\\.[0-9]+.*");
    assertThat(model.about().get("PyTorch")).matches("[0-9]+\\.[0-9]+.*");
    assertThat(model.about().get("Java")).startsWith("" + Runtime.version().feature());
    model.copyAbout();
    assertThat(desktop.copied.getFirst())
        .contains("InvoiceLens: ", "Apache License 2.0", own.resolve("state").toString());
  }
}
