package org.invoicelens.ui.settings;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.settings.Looks;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Choices;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Rows;
import org.invoicelens.ui.component.SettingRow;
import org.invoicelens.ui.component.Shown;
import org.invoicelens.ui.instance.Leaving;
import org.invoicelens.ui.text.Amounts;

/** Theme, size, language and motion, each as a row of choices that count at once. */
public final class LooksPane extends VBox {

  private final SettingsViewModel model;

  /**
   * @param leaving leads to a window in another language
   */
  public LooksPane(SettingsViewModel model, Leaving leaving) {
    this.model = model;
    Card rows = new Card();
    rows.getStyleClass().add("rows");
    rows.getChildren()
        .addAll(
            row(
                "theme",
                List.of(Looks.Theme.values()),
                LooksPane::word,
                Looks::theme,
                Looks::withTheme),
            row(
                "size",
                Looks.SCALES,
                scale -> Amounts.percent(scale / 100.0),
                Looks::scale,
                Looks::withScale),
            row(
                "language",
                List.of(Looks.Language.values()),
                LooksPane::word,
                Looks::language,
                Looks::withLanguage),
            reopen(leaving),
            row(
                "motion",
                List.of(Looks.Motion.values()),
                LooksPane::word,
                Looks::motion,
                Looks::withMotion));
    Rows.markFirst(rows);
    getChildren().add(rows);
  }

  private static String word(Enum<?> choice) {
    return text(
        "settings."
            + choice.getDeclaringClass().getSimpleName().toLowerCase(Locale.ROOT)
            + "."
            + choice.name());
  }

  private <V> Node row(
      String id,
      List<V> values,
      Function<V, String> word,
      Function<Looks, V> reader,
      BiFunction<Looks, V, Looks> writer) {
    return new SettingRow(
        "settings." + id,
        Choices.of(
            values,
            word,
            value -> id + "-" + value.toString().toLowerCase(Locale.ROOT),
            model.settings().map(settings -> reader.apply(settings.looks())),
            value -> model.changeLooks(looks -> writer.apply(looks, value))));
  }

  private Node reopen(Leaving leaving) {
    Button button = new Button(leaving.words());
    button.setId("language-close");
    button.setMinWidth(USE_PREF_SIZE);
    button.setOnAction(e -> leaving.leave().run());
    Label words = Labels.wrapped(text("settings.language.changed"), "muted");
    HBox.setHgrow(words, Priority.ALWAYS);
    words.setMaxWidth(Double.MAX_VALUE);
    HBox row = new HBox(words, button);
    row.getStyleClass().addAll("row", "notice");
    return Shown.when(model.languageChanged(), row);
  }
}
