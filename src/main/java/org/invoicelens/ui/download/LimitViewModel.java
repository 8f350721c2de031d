package org.invoicelens.ui.download;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.beans.value.ObservableValue;
import org.invoicelens.download.RateLimit;
import org.invoicelens.ui.settings.SettingsViewModel;
import org.invoicelens.ui.text.Amounts;

/** The highest rate of downloads, chosen in steps; counts at once and is kept. */
public final class LimitViewModel {

  /** The rates to choose from, in bytes a second; the last one is none. */
  static final List<Long> STEPS =
      List.of(
          1_000_000L,
          2_000_000L,
          5_000_000L,
          10_000_000L,
          20_000_000L,
          50_000_000L,
          100_000_000L,
          0L);

  private final IntegerProperty step = new SimpleIntegerProperty();

  LimitViewModel(RateLimit limit, SettingsViewModel settings) {
    long kept = settings.settings().get().network().limitRate();
    limit.change(kept);
    step.set(nearest(kept));
    step.addListener((observed, before, now) -> {
      long rate = STEPS.get(now.intValue());
      limit.change(rate);
      settings.changeNetwork(network -> network.withLimitRate(rate));
    });
  }

  private static int nearest(long rate) {
    int last = STEPS.size() - 1;
    int place = 0;
    while (rate > 0 && place < last && STEPS.get(place) < rate) {
      place++;
    }
    return rate <= 0 ? last : Math.min(place, last - 1);
  }

  /** The place of the rate among those to choose from. */
  public IntegerProperty step() {
    return step;
  }

  /** The highest place there is. */
  public int highest() {
    return STEPS.size() - 1;
  }

  /** The rate in words. */
  public ObservableValue<String> words() {
    return step.map(place -> {
      long rate = STEPS.get(place.intValue());
      return rate == 0 ? text("download.limit.none") : text("download.rate", Amounts.bytes(rate));
    });
  }
}
