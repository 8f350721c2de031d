package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.time.Duration;
import java.time.Instant;
import org.invoicelens.ui.text.Amounts;

/**
 * How far a reading has come.
 *
 * @param since when it began
 * @param tokens how many tokens of the answer have come
 */
record ReadingProgress(Instant since, long tokens) {

  /** It in a sentence, as it stands at that time. */
  String words(Instant now) {
    String time = Amounts.seconds(Duration.ofSeconds(Duration.between(since, now).toSeconds()));
    return tokens == 0 ? text("reading.looking", time) : text("reading.writing", tokens, time);
  }
}
