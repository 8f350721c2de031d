package org.invoicelens.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import java.util.MissingResourceException;
import org.junit.jupiter.api.Test;

class WordsTest {

  private final Words words = Words.of(Stage.class);

  @Test
  void speakTheLanguageOfTheMoment() throws Exception {
    assertThat(Stage.VERIFICATION.title()).isEqualTo("Verification");
    assertThat(InGerman.of(Stage.VERIFICATION::title)).isEqualTo("Prüfung");
    assertThat(Stage.VERIFICATION.title()).isEqualTo("Verification");
  }

  @Test
  void speakEnglishWhereThereIsNoTranslation() {
    Locale before = Locale.getDefault(Locale.Category.DISPLAY);
    Locale.setDefault(Locale.Category.DISPLAY, Locale.JAPAN);
    try {
      assertThat(Stage.VERIFICATION.title()).isEqualTo("Verification");
    } finally {
      Locale.setDefault(Locale.Category.DISPLAY, before);
    }
  }

  @Test
  void putAProblemTogetherAndLeaveOutWhatItLacks() throws Exception {
    assertThat(words.problem("cancelled"))
        .isEqualTo(new Problem("Stopped as you asked.", "What was done so far is kept.", ""));
    assertThat(InGerman.of(() -> new CancelledException().problem()))
        .isEqualTo(
            new Problem(
                "Auf Ihren Wunsch angehalten.", "Was bisher erledigt ist, bleibt erhalten.", ""));
  }

  @Test
  void refuseAKeyThatIsNotThere() {
    assertThat(words.has("nothing")).isFalse();
    assertThatThrownBy(() -> words.text("nothing")).isInstanceOf(MissingResourceException.class);
    assertThatThrownBy(() -> words.problem("nothing")).isInstanceOf(MissingResourceException.class);
  }
}
