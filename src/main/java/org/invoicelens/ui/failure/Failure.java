package org.invoicelens.ui.failure;

import static org.invoicelens.ui.text.Messages.text;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;

/**
 * A failure as the window shows it.
 *
 * @param problem what happened, what it means, what to do
 * @param details what to hand to those who help, for the clipboard
 * @param remedies what can be done about it beside trying again, the likeliest first
 */
public record Failure(Problem problem, String details, List<Remedy> remedies) {

  public Failure {
    remedies = List.copyOf(remedies);
  }

  /** The same with what can be done about it. */
  public Failure with(List<Remedy> others) {
    return new Failure(problem, details, others);
  }

  /** The failure of a stage in its own words; anything else as the unexpected thing it is. */
  public static Failure of(Throwable thrown) {
    // The trace goes into the details that are copied for those who help, never to a console.
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    Problem problem;
    String head;
    if (thrown instanceof StageException stage) {
      problem = stage.problem();
      head = stage.getClass().getSimpleName() + " " + stage.reason() + "\n" + stage.detail();
    } else {
      problem =
          new Problem(
              text("failure.unexpected.what"),
              text("failure.unexpected.meaning"),
              text("failure.unexpected.remedy"));
      head = "";
    }
    return new Failure(
        problem,
        String.join(
                "\n",
                problem.text(),
                head,
                "Java " + Runtime.version() + ", " + System.getProperty("os.name"),
                trace.toString())
            .strip(),
        List.of());
  }
}
