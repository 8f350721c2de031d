package org.invoicelens.ui.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.invoicelens.settings.Looks;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsViewModelTest {

  @TempDir Path own;

  private final ManualRunner runner = new ManualRunner();
  private SettingsViewModel settings;

  @BeforeEach
  void open() {
    settings = new SettingsViewModel(new SettingsStore(Fixtures.folders(own)), runner);
  }

  @Test
  void aChoiceCountsAtOnceAndIsThereInTheNextRun() {
    settings.changeLooks(looks -> looks.withTheme(Looks.Theme.DARK));
    settings.changeLooks(looks -> looks.withScale(150));
    Looks chosen = Looks.DEFAULT.withTheme(Looks.Theme.DARK).withScale(150);
    assertThat(settings.settings().get().looks()).isEqualTo(chosen);
    assertThat(new SettingsStore(Fixtures.folders(own)).current().looks()).isEqualTo(Looks.DEFAULT);
    runner.runAll();
    assertThat(new SettingsStore(Fixtures.folders(own)).current().looks()).isEqualTo(chosen);
  }

  @Test
  void saysThatALanguageComesWithTheNextStartUntilTheOldOneIsChosenAgain() {
    settings.changeLooks(looks -> looks.withLanguage(Looks.Language.GERMAN));
    assertThat(settings.languageChanged().get()).isTrue();
    settings.changeLooks(looks -> looks.withTheme(Looks.Theme.LIGHT));
    assertThat(settings.languageChanged().get()).isTrue();
    settings.changeLooks(looks -> looks.withLanguage(Looks.Language.SYSTEM));
    assertThat(settings.languageChanged().get()).isFalse();
  }
}
