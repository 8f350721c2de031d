package org.invoicelens.ui.task;

import java.util.List;
import org.invoicelens.stage.Progress;

/** What becomes of a work, told on the UI thread: any number of reports, then exactly one end. */
public interface WorkObserver<V> {

  /** The latest report on every item that moved since the last call, in the order they moved. */
  default void progressed(List<Progress> latest) {}

  void succeeded(V result);

  void failed(Throwable failure);

  /** The work stopped because it was asked to. */
  default void cancelled() {}
}
