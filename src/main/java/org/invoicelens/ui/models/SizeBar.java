package org.invoicelens.ui.models;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import java.util.stream.Collectors;
import javafx.scene.Node;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.invoicelens.setup.InstalledModel.Sizes;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.PartsBar;
import org.invoicelens.ui.text.Amounts;

/** What a model takes on the disk: a picture of its kinds, and each of them in words. */
final class SizeBar extends VBox {

  /**
   * One kind of data.
   *
   * @param id its style class and the key of its text
   * @param bytes how much there is of it
   */
  private record Part(String id, long bytes) {}

  SizeBar(Sizes sizes) {
    List<Part> parts =
        List.of(
                new Part("files", sizes.files()),
                new Part("partial", sizes.partial()),
                new Part("reserved", sizes.reserved()),
                new Part("replaced", sizes.replaced()),
                new Part("cache", sizes.cached()))
            .stream()
            .filter(part -> part.bytes() > 0)
            .toList();
    getStyleClass().add("sizes");
    FlowPane legend = new FlowPane();
    legend.getStyleClass().add("legend");
    for (Part part : parts) {
      Region swatch = new Region();
      swatch.getStyleClass().addAll("swatch", "size-" + part.id());
      HBox entry = new HBox(swatch, Labels.plain(words(part), "small"));
      entry.getStyleClass().add("legend-entry");
      legend.getChildren().add(entry);
    }
    long missing = sizes.whole() - sizes.files() - sizes.partial();
    if (sizes.partial() > 0 && missing > 0) {
      legend
          .getChildren()
          .add(Labels.plain(text("models.size.missing", Amounts.bytes(missing)), "muted", "small"));
    }
    getChildren().addAll(picture(parts, Math.max(sizes.whole(), sizes.total())), legend);
  }

  private static String words(Part part) {
    return text("models.size." + part.id(), Amounts.bytes(part.bytes()));
  }

  private static Node picture(List<Part> parts, long whole) {
    return new PartsBar()
        .show(
            parts.stream()
                .map(part -> new PartsBar.Part("size-" + part.id(), part.bytes()))
                .toList(),
            whole,
            parts.stream().map(SizeBar::words).collect(Collectors.joining(", ")));
  }
}
