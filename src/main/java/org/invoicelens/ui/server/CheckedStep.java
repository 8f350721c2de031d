package org.invoicelens.ui.server;

import org.invoicelens.engine.ServerCheck.Finding;
import org.invoicelens.ui.component.Mark;

/**
 * One line of the test of a server.
 *
 * @param title what it looks at
 * @param mark how it ended
 * @param found what was found
 * @param advice what that means and what to do; empty where nothing is to be done
 */
record CheckedStep(String title, Mark mark, String found, String advice) {

  static CheckedStep of(Finding finding) {
    return new CheckedStep(
        finding.subject().title(),
        switch (finding.state()) {
          case GOOD -> Mark.GOOD;
          case FAILED -> Mark.FAILED;
          case SKIPPED -> Mark.WAITING;
        },
        finding.found(),
        finding
            .problem()
            .map(problem -> (problem.meaning() + " " + problem.remedy()).strip())
            .orElse(""));
  }
}
