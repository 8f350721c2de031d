package org.invoicelens.ui.task;

import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.ProgressListener;

/** Something that takes its time and therefore never runs on the UI thread. */
@FunctionalInterface
public interface Work<V> {

  /**
   * Does the work.
   *
   * @throws org.invoicelens.stage.CancelledException when asked to stop
   * @throws Exception where it fails
   */
  V run(ProgressListener listener, Cancellation cancellation) throws Exception;
}
