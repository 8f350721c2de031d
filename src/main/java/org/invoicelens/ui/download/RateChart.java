package org.invoicelens.ui.download;

import static org.invoicelens.ui.text.Messages.text;

import javafx.collections.ListChangeListener;
import javafx.collections.ObservableList;
import javafx.scene.AccessibleRole;
import javafx.scene.layout.Region;
import javafx.scene.shape.Polygon;
import javafx.scene.shape.Polyline;

/** The rate of the last minutes as a line; newest on the right. */
final class RateChart extends Region {

  /** So many points fill the width, so that the line grows from the left until then. */
  private static final int FULL = 60;

  private final ObservableList<Double> rates;
  private final Polygon area = new Polygon();
  private final Polyline line = new Polyline();

  RateChart(ObservableList<Double> rates) {
    this.rates = rates;
    getStyleClass().add("rate-chart");
    area.getStyleClass().add("rate-area");
    line.getStyleClass().add("rate-line");
    area.setManaged(false);
    line.setManaged(false);
    getChildren().addAll(area, line);
    setAccessibleRole(AccessibleRole.IMAGE_VIEW);
    setAccessibleText(text("download.chart"));
    rates.addListener((ListChangeListener<Double>) change -> requestLayout());
  }

  @Override
  protected void layoutChildren() {
    area.getPoints().clear();
    line.getPoints().clear();
    if (rates.size() < 2) {
      return;
    }
    double highest = rates.stream().mapToDouble(Double::doubleValue).max().orElse(1);
    double step = getWidth() / (Math.max(FULL, rates.size()) - 1);
    double floor = getHeight();
    for (int i = 0; i < rates.size(); i++) {
      double share = highest <= 0 ? 0 : rates.get(i) / highest;
      line.getPoints().addAll(i * step, floor - 2 - share * (floor - 4));
    }
    area.getPoints().addAll(line.getPoints());
    area.getPoints().addAll((rates.size() - 1) * step, floor, 0.0, floor);
  }
}
