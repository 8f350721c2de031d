package org.invoicelens.ui.hardware;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javafx.beans.property.ObjectProperty;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.RadioButton;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.invoicelens.hardware.MemoryEstimate;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.text.Amounts;
import org.kordamp.ikonli.material2.Material2AL;

/** A memory with every precision as a bar, to choose from; the sum of each unfolds on demand. */
final class MemoryCard extends VBox {

  private final MemoryPicture picture;
  private final ObjectProperty<MemoryEstimate> chosen;
  private final ToggleGroup group;

  /**
   * @param recommended what the check recommends
   * @param chosen what the user goes on with
   * @param group the choices of all memories, of which one is made
   */
  MemoryCard(
      MemoryPicture picture,
      Optional<MemoryEstimate> recommended,
      ObjectProperty<MemoryEstimate> chosen,
      ToggleGroup group) {
    this.picture = picture;
    this.chosen = chosen;
    this.group = group;
    getStyleClass().add("memory-card");
    for (MemoryEstimate fit : picture.fits()) {
      getChildren().add(row(fit, recommended.filter(fit::equals).isPresent()));
    }
    getChildren().add(legend());
  }

  private Node row(MemoryEstimate fit, boolean recommended) {
    String id = (fit.onGpu() ? "card-" : "main-") + fit.precision().id();
    RadioButton choice = new RadioButton(fit.precision().title());
    choice.setId("precision-" + id);
    choice.setToggleGroup(group);
    choice.setMinWidth(USE_PREF_SIZE);
    choice
        .selectedProperty()
        .subscribe(selected -> {
          if (selected) {
            chosen.set(fit);
          }
        });
    chosen.subscribe(now -> {
      if (fit.equals(now)) {
        choice.setSelected(true);
      }
    });
    VBox name = new VBox(choice);
    name.getStyleClass().add("fit-name");
    if (recommended) {
      name.getChildren().add(Labels.tag(text("memory.recommended"), "accent"));
    }
    MemoryBar bar = new MemoryBar(fit, picture.total(), picture.scale());
    HBox.setHgrow(bar, Priority.ALWAYS);
    Tooltip.install(bar, new Tooltip(MemoryWords.sum(fit)));
    HBox verdict =
        new HBox(
            new MarkIcon(fit.fits() ? Mark.GOOD : Mark.FAILED),
            Labels.plain(MemoryWords.verdict(fit), "muted", "small"));
    verdict.getStyleClass().add("fit-verdict");
    ToggleButton unfold = new ToggleButton("", new Icon(Material2AL.EXPAND_MORE));
    unfold.setId("sum-" + id);
    unfold.getStyleClass().addAll("flat", "unfold");
    unfold.setTooltip(new Tooltip(text("memory.sum.show")));
    unfold.setAccessibleText(text("memory.sum.show.of", fit.precision().title()));
    HBox row = new HBox(name, bar, verdict, unfold);
    row.getStyleClass().add("fit");
    VBox all = new VBox(row);
    unfold
        .selectedProperty()
        .subscribe(open -> {
          if (open) {
            all.getChildren().add(sum(fit));
          } else if (all.getChildren().size() > 1) {
            all.getChildren().remove(1);
          }
        });
    return all;
  }

  private static Node sum(MemoryEstimate fit) {
    GridPane grid = new GridPane();
    grid.getStyleClass().add("memory-sum");
    int line = 0;
    for (MemoryWords.Line part : MemoryWords.lines(fit)) {
      Label amount = Labels.plain(part.amount(), "small", "amount");
      Label name = Labels.wrapped(part.name(), "small");
      Label sign = Labels.plain(part.sign(), "small", "muted");
      if (part.sign().equals("=")) {
        amount.getStyleClass().add("memory-result");
        name.getStyleClass().add("memory-result");
      }
      grid.addRow(line++, sign, amount, name);
    }
    return grid;
  }

  private Node legend() {
    FlowPane legend = new FlowPane();
    legend.getStyleClass().add("legend");
    for (String part : MemoryBar.PARTS) {
      long others = picture.others();
      legend
          .getChildren()
          .add(
              entry(
                  part,
                  part.equals("others")
                      ? text("memory.part.others", Amounts.memory(others))
                      : text("memory.part." + part.toLowerCase(Locale.ROOT))));
    }
    legend
        .getChildren()
        .add(entry("end", text("memory.part.end", Amounts.memory(picture.total()))));
    return legend;
  }

  private static HBox entry(String part, String words) {
    Region swatch = new Region();
    swatch.getStyleClass().addAll(List.of("swatch", "memory-" + part));
    HBox entry = new HBox(swatch, Labels.plain(words, "muted", "small"));
    entry.getStyleClass().add("legend-entry");
    return entry;
  }
}
