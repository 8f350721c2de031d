package org.invoicelens.engine;

import java.time.Duration;
import java.util.List;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.engine.OptimizedModel.Criterion;

/**
 * A model that a server has.
 *
 * @param server the server
 * @param inferenceTime how long the test's answer took; zero where none was asked for
 * @param criteria the conditions of success that were looked at
 * @param notes what was found, for the user
 */
public record RemoteModel(
    RemoteServer server, Duration inferenceTime, List<Criterion> criteria, List<String> notes)
    implements EngineFacts {

  public RemoteModel {
    criteria = List.copyOf(criteria);
    notes = List.copyOf(notes);
  }

  @Override
  public String device() {
    return server.host();
  }

  @Override
  public String variant() {
    return server.model();
  }

  @Override
  public long memoryUsage() {
    return 0;
  }
}
