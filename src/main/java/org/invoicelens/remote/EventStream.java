package org.invoicelens.remote;

import java.util.Optional;
import org.invoicelens.hub.HubException;
import org.invoicelens.hub.ServerAnswer;
import org.invoicelens.stage.CancelledException;

/**
 * The events of an answer that comes bit by bit ({@code text/event-stream}, as the HTML standard
 * describes it): only their data; names, numbers and comments are passed over.
 */
final class EventStream {

  /** The longest line; one holds a token, or a whole answer where a server does not stream. */
  private static final int LONGEST_LINE = 4 << 20;

  private static final String DATA = "data:";

  private final ServerAnswer answer;
  private final RemoteFailures failures;

  EventStream(ServerAnswer answer, RemoteFailures failures) {
    this.answer = answer;
    this.failures = failures;
  }

  /**
   * The data of the next event.
   *
   * @param until when it has to be there, on the clock of {@link System#nanoTime}
   * @return empty after the last one
   */
  Optional<String> next(long until)
      throws RemoteException, HubException, ServerAnswer.TooSlow, CancelledException {
    StringBuilder data = null;
    while (true) {
      Optional<String> line = answer.line(until, LONGEST_LINE);
      if (line.isEmpty() || line.get().isEmpty()) {
        if (data != null) {
          return Optional.of(data.toString());
        }
        if (line.isEmpty()) {
          return Optional.empty();
        }
      } else if (line.get().startsWith(DATA)) {
        String text = line.get().substring(DATA.length());
        String part = text.startsWith(" ") ? text.substring(1) : text;
        data = data == null ? new StringBuilder(part) : data.append('\n').append(part);
        if (data.length() > LONGEST_LINE) {
          throw failures.badAnswer("answer.tooLong", "an event above " + LONGEST_LINE);
        }
      }
    }
  }
}
