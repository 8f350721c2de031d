package org.invoicelens.ui.network;

import static org.invoicelens.ui.text.Messages.text;

import java.util.Locale;
import org.invoicelens.hub.ConnectionCheck.Finding;
import org.invoicelens.hub.ConnectionCheck.State;
import org.invoicelens.hub.ConnectionCheck.Subject;
import org.invoicelens.ui.component.Mark;

/**
 * One line of the check of the connection.
 *
 * @param subject what it looks at
 * @param mark how it stands
 * @param found what was found; empty while it waits
 * @param advice what that means and what to do; empty where nothing is to be done
 */
record CheckedStep(Subject subject, Mark mark, String found, String advice) {

  static CheckedStep waiting(Subject subject) {
    return new CheckedStep(subject, Mark.WAITING, "", "");
  }

  static CheckedStep working(Subject subject) {
    return new CheckedStep(subject, Mark.WORKING, text("network.test.working"), "");
  }

  static CheckedStep of(Finding finding) {
    return new CheckedStep(
        finding.subject(),
        mark(finding.state()),
        finding.found(),
        finding
            .problem()
            .map(problem -> (problem.meaning() + " " + problem.remedy()).strip())
            .orElse(""));
  }

  private static Mark mark(State state) {
    return switch (state) {
      case GOOD -> Mark.GOOD;
      case REMARK -> Mark.REMARK;
      case FAILED -> Mark.FAILED;
      case SKIPPED -> Mark.WAITING;
    };
  }

  /** What the line looks at, for the user. */
  String title() {
    return text("network.test." + subject.name().toLowerCase(Locale.ROOT));
  }
}
