package org.invoicelens.ui.hardware;

import java.util.ArrayList;
import java.util.List;
import javafx.scene.AccessibleRole;
import javafx.scene.layout.Region;
import javafx.scene.shape.Rectangle;
import org.invoicelens.hardware.MemoryEstimate;

/** The parts of a memory sum as a bar, with a line where the memory that is free ends. */
final class MemoryBar extends Region {

  private final List<Region> parts = new ArrayList<>();
  private final List<Long> sizes;
  private final long available;
  private final double scale;
  private final Region track = part("memory-track");
  private final Region limit = part("memory-limit");

  /**
   * @param scale the bytes that the whole width stands for
   */
  MemoryBar(MemoryEstimate fit, long scale) {
    this.scale = Math.max(1, scale);
    this.available = fit.available();
    this.sizes = List.of(fit.weights(), fit.kvCache(), fit.runtime(), fit.reserve());
    getStyleClass().add("memory-bar");
    setMaxHeight(USE_PREF_SIZE);
    if (!fit.fits()) {
      getStyleClass().add("too-large");
    }
    setAccessibleRole(AccessibleRole.TEXT);
    setAccessibleText(MemoryWords.sum(fit));
    for (String kind : List.of("weights", "kv-cache", "runtime", "reserve")) {
      parts.add(part("memory-" + kind));
    }
    getChildren().add(track);
    getChildren().addAll(parts);
    getChildren().add(limit);
  }

  private static Region part(String styleClass) {
    Region part = new Region();
    part.getStyleClass().add(styleClass);
    part.setManaged(false);
    return part;
  }

  @Override
  protected void layoutChildren() {
    double width = getWidth();
    double height = getHeight();
    double inset = height / 5;
    double barHeight = height - 2 * inset;
    track.resizeRelocate(0, inset, width, barHeight);
    double x = 0;
    for (int i = 0; i < parts.size(); i++) {
      double part = sizes.get(i) / scale * width;
      parts.get(i).resizeRelocate(x, inset, part, barHeight);
      Rectangle clip = new Rectangle(-x, 0, width, barHeight);
      clip.setArcWidth(barHeight);
      clip.setArcHeight(barHeight);
      parts.get(i).setClip(clip);
      x += part;
    }
    double end = Math.min(available / scale, 1) * width;
    limit.resizeRelocate(Math.max(0, end - 1), 0, 2, height);
  }
}
