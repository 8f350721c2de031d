package org.invoicelens.ui.download;

import static org.invoicelens.ui.text.Messages.text;

import javafx.collections.ListChangeListener;
import javafx.collections.ObservableList;
import javafx.scene.AccessibleRole;
import javafx.scene.control.Label;
import javafx.scene.layout.Region;
import javafx.scene.shape.Line;
import javafx.scene.shape.Polygon;
import javafx.scene.shape.Polyline;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.text.Amounts;

/** The rate of the last minutes as an area, newest on the right, under a line at the highest. */
final class RateChart extends Region {

  private final ObservableList<Double> rates;
  private final Polygon area = new Polygon();
  private final Polyline line = new Polyline();
  private final Line ceiling = new Line();
  private final Label highest = Labels.plain("", "muted", "rate-highest");

  RateChart(ObservableList<Double> rates) {
    this.rates = rates;
    getStyleClass().add("rate-chart");
    area.getStyleClass().add("rate-area");
    line.getStyleClass().add("rate-line");
    ceiling.getStyleClass().add("rate-ceiling");
    area.setManaged(false);
    line.setManaged(false);
    ceiling.setManaged(false);
    getChildren().addAll(ceiling, area, line, highest);
    setAccessibleRole(AccessibleRole.IMAGE_VIEW);
    rates.addListener((ListChangeListener<Double>) change -> refresh());
    refresh();
  }

  private void refresh() {
    String now = rates.isEmpty() ? "" : rate(rates.getLast());
    highest.setText(rate(peak()));
    setAccessibleText(text("download.chart", now, rate(peak())));
    requestLayout();
  }

  private double peak() {
    return rates.stream().mapToDouble(Double::doubleValue).max().orElse(0);
  }

  private static String rate(double bytesPerSecond) {
    return text("download.rate", Amounts.bytes((long) bytesPerSecond));
  }

  @Override
  protected void layoutChildren() {
    area.getPoints().clear();
    line.getPoints().clear();
    double width = getWidth();
    double floor = getHeight();
    double top = highest.prefHeight(-1) + 2;
    highest.resizeRelocate(
        width - highest.prefWidth(-1), 0, highest.prefWidth(-1), highest.prefHeight(-1));
    ceiling.setStartX(0);
    ceiling.setEndX(width);
    ceiling.setStartY(top);
    ceiling.setEndY(top);
    if (rates.size() < 2) {
      return;
    }
    double peak = peak();
    double step = width / (rates.size() - 1);
    for (int i = 0; i < rates.size(); i++) {
      double share = peak <= 0 ? 0 : rates.get(i) / peak;
      line.getPoints().addAll(i * step, floor - share * (floor - top));
    }
    area.getPoints().addAll(line.getPoints());
    area.getPoints().addAll(width, floor, 0.0, floor);
  }
}
