package org.invoicelens.ui.component;

import java.util.ArrayList;
import java.util.List;
import javafx.scene.AccessibleRole;
import javafx.scene.layout.Region;
import javafx.scene.shape.Rectangle;

/** A bar of parts side by side, each as wide as its share of a whole; what is left is its track. */
public final class PartsBar extends Region {

  /**
   * One part.
   *
   * @param styleClass which gives it its colour
   * @param size in the unit of the whole; not negative
   */
  public record Part(String styleClass, double size) {}

  private final List<Region> regions = new ArrayList<>();
  private List<Part> parts = List.of();
  private double whole = 1;

  public PartsBar() {
    getStyleClass().add("parts-bar");
    setAccessibleRole(AccessibleRole.TEXT);
  }

  /**
   * Shows other parts.
   *
   * @param words the same in words, for those who do not see the bar
   */
  public PartsBar show(List<Part> newParts, double newWhole, String words) {
    parts = List.copyOf(newParts);
    whole = Math.max(1, newWhole);
    regions.clear();
    for (Part part : parts) {
      Region region = new Region();
      region.getStyleClass().add(part.styleClass());
      region.setManaged(false);
      regions.add(region);
    }
    getChildren().setAll(regions);
    setAccessibleText(words);
    requestLayout();
    return this;
  }

  @Override
  protected void layoutChildren() {
    double x = 0;
    for (int i = 0; i < parts.size(); i++) {
      double width = parts.get(i).size() / whole * getWidth();
      regions.get(i).resizeRelocate(x, 0, width, getHeight());
      x += width;
    }
    Rectangle round = new Rectangle(getWidth(), getHeight());
    round.setArcWidth(getHeight());
    round.setArcHeight(getHeight());
    setClip(round);
  }
}
