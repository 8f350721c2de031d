package org.invoicelens.ui.desktop;

import java.util.List;

/**
 * A question with its answers.
 *
 * @param title the question itself
 * @param text what hangs on the answer
 * @param answers what each button says, the one that changes nothing last
 */
public record Question(String title, String text, List<String> answers) {
  public Question {
    answers = List.copyOf(answers);
  }
}
