package org.invoicelens.ui.start;

import static org.invoicelens.ui.text.Messages.text;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.text.Amounts;

/** One phase of the model's start, with the time it takes. */
public final class Phase {

  /** The phases in order: the first is the initialisation, the others are the optimisation. */
  enum Kind {
    LOAD,
    WARM_UP,
    CHOOSE,
    TEST,
    CHECK,
    /** The initialisation where a server answers. */
    CONNECT,
    /** The optimisation where a server answers. */
    ASK
  }

  private static final List<Kind> HERE =
      List.of(Kind.LOAD, Kind.WARM_UP, Kind.CHOOSE, Kind.TEST, Kind.CHECK);
  private static final List<Kind> ON_A_SERVER = List.of(Kind.CONNECT, Kind.ASK);

  /** Before so much time has passed, what is left cannot be told. */
  private static final Duration TELLING = Duration.ofSeconds(3);

  private final Kind kind;
  private final ReadOnlyObjectWrapper<Mark> mark = new ReadOnlyObjectWrapper<>(Mark.WAITING);
  private final ReadOnlyDoubleWrapper fraction = new ReadOnlyDoubleWrapper();
  private final ReadOnlyStringWrapper words = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper time = new ReadOnlyStringWrapper("");
  private long begun;

  /** The phases of a start, none of them begun. */
  static List<Phase> all(boolean onServer) {
    return (onServer ? ON_A_SERVER : HERE).stream().map(Phase::new).toList();
  }

  private Phase(Kind kind) {
    this.kind = kind;
  }

  /** The phase's name for the user. */
  public String title() {
    return text("start.phase." + kind.name().toLowerCase(Locale.ROOT));
  }

  public ReadOnlyObjectProperty<Mark> mark() {
    return mark.getReadOnlyProperty();
  }

  /** The share done, 0 to 1; below 0 where not known. */
  public ReadOnlyDoubleProperty fraction() {
    return fraction.getReadOnlyProperty();
  }

  /** What happens in it now, or what came of it. */
  public ReadOnlyStringProperty words() {
    return words.getReadOnlyProperty();
  }

  /** How long it has taken, and where that can be told, how long it will take. */
  public ReadOnlyStringProperty time() {
    return time.getReadOnlyProperty();
  }

  void wait(String text) {
    show(Mark.WAITING, 0, text);
    time.set("");
  }

  /** The phase goes on; the first call begins it. */
  void work(double share, String text, long now) {
    if (mark.get() != Mark.WORKING) {
      begun = now;
    }
    show(Mark.WORKING, share, text);
    tick(now);
  }

  /** Some time has passed. */
  void tick(long now) {
    if (mark.get() != Mark.WORKING) {
      return;
    }
    Duration passed = Duration.ofNanos(now - begun);
    double share = fraction.get();
    time.set(
        share > 0 && share < 1 && passed.compareTo(TELLING) > 0
            ? text(
                "start.time.left",
                Amounts.seconds(whole(passed)),
                Amounts.about(Duration.ofNanos((long) (passed.toNanos() * (1 - share) / share))))
            : Amounts.seconds(whole(passed)));
  }

  private static Duration whole(Duration passed) {
    return Duration.ofSeconds(Math.max(1, passed.toSeconds()));
  }

  /** The phase is over; its time is measured once, where it was begun. */
  void finish(String text, long now) {
    if (mark.get() == Mark.WORKING) {
      time.set(Amounts.seconds(Duration.ofNanos(now - begun)));
    }
    show(Mark.GOOD, 1, text);
  }

  void breakOff(Mark state) {
    show(state, 0, "");
    time.set("");
  }

  private void show(Mark state, double share, String text) {
    mark.set(state);
    fraction.set(share);
    words.set(text);
  }
}
