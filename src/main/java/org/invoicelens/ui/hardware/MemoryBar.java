package org.invoicelens.ui.hardware;

import java.util.ArrayList;
import java.util.List;
import javafx.scene.AccessibleRole;
import javafx.scene.layout.Region;
import javafx.scene.shape.Rectangle;
import org.invoicelens.hardware.MemoryEstimate;

/**
 * A picture of a memory with one precision in it: what other programs hold, then the parts of the
 * sum, then what is left. A line shows where the memory ends; parts beyond it have no room.
 */
final class MemoryBar extends Region {

  /** The parts from left to right, by the names of their style classes. */
  static final List<String> PARTS = List.of("others", "weights", "kv-cache", "runtime", "reserve");

  private final List<Region> parts = new ArrayList<>();
  private final List<Long> sizes;
  private final long total;
  private final double scale;
  private final Region track = part("memory-track");
  private final Region end = part("memory-end");

  /**
   * @param total the whole memory in bytes
   * @param scale the bytes that the whole width stands for
   */
  MemoryBar(MemoryEstimate fit, long total, long scale) {
    this.scale = Math.max(1, scale);
    this.total = total;
    this.sizes =
        List.of(
            MemoryPicture.others(fit, total),
            fit.weights(),
            fit.kvCache(),
            fit.runtime(),
            fit.reserve());
    getStyleClass().add("memory-bar");
    setMaxHeight(USE_PREF_SIZE);
    if (!fit.fits()) {
      getStyleClass().add("too-large");
    }
    setAccessibleRole(AccessibleRole.TEXT);
    setAccessibleText(MemoryWords.sum(fit));
    getChildren().add(track);
    for (String kind : PARTS) {
      Region part = part("memory-" + kind);
      parts.add(part);
      getChildren().add(part);
    }
    getChildren().add(end);
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
    double whole = Math.min(total / scale, 1) * width;
    track.resizeRelocate(0, inset, whole, barHeight);
    double right = Math.max(whole, sizes.stream().mapToLong(Long::longValue).sum() / scale * width);
    double x = 0;
    for (int i = 0; i < parts.size(); i++) {
      double part = sizes.get(i) / scale * width;
      parts.get(i).resizeRelocate(x, inset, part, barHeight);
      Rectangle clip = new Rectangle(-x, 0, Math.min(width, right), barHeight);
      clip.setArcWidth(barHeight);
      clip.setArcHeight(barHeight);
      parts.get(i).setClip(clip);
      x += part;
    }
    end.resizeRelocate(Math.max(0, whole - 2), 0, 2, height);
  }
}
