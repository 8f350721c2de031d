package org.invoicelens.ui.pipeline;

import java.util.List;
import org.invoicelens.hub.ConnectionCheck.Finding;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;

/** A check of the way to the Hub under way, one step at a time. */
public interface ConnectionSteps extends AutoCloseable {

  /** Whether there is a step to take. */
  boolean hasNext();

  /** Takes the next step; not for the UI thread. */
  Finding next(Cancellation cancellation) throws CancelledException;

  /** The hosts that a firewall has to let through, as patterns. */
  List<String> hostsToAllow();

  @Override
  void close();
}
