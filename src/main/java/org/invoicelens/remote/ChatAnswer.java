package org.invoicelens.remote;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.invoicelens.grammar.AnswerSchema;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.TokenListener;

/** An answer of a server as it grows. */
final class ChatAnswer {

  /** No id: a server tells the text of its tokens only. */
  private static final int NO_ID = -1;

  private static final int LONGEST_TEXT = 4 << 20;

  private final RemoteFailures failures;
  private final TokenListener listener;
  private final long asked = System.nanoTime();
  private final StringBuilder text = new StringBuilder();
  private final List<GenerationResult.Certainty> certainties = new ArrayList<>();
  private Optional<ChatChunk.Usage> usage = Optional.empty();
  private Optional<String> finish = Optional.empty();
  private int pieces;
  private long first;
  private long last;

  /**
   * @param listener hears of every piece as it comes
   */
  ChatAnswer(RemoteFailures failures, TokenListener listener) {
    this.failures = failures;
    this.listener = listener;
  }

  /**
   * Takes a piece.
   *
   * @return whether it adds to the answer, or ends it
   */
  boolean add(String json) throws RemoteException {
    ChatChunk chunk = parse(json);
    boolean says = !chunk.text().isEmpty();
    if (says || !chunk.tokens().isEmpty()) {
      last = System.nanoTime();
      first = pieces++ == 0 ? last : first;
    }
    if (text.length() + chunk.text().length() > LONGEST_TEXT) {
      throw failures.badAnswer("answer.tooLong", "a text above " + LONGEST_TEXT);
    }
    take(chunk);
    usage = chunk.usage().or(() -> usage);
    finish = chunk.finish().or(() -> finish);
    if (says) {
      listener.onToken(NO_ID, chunk.text());
    }
    return says || chunk.finish().isPresent();
  }

  /** A token may be a part of a character, so its own text does not always tell where it ends. */
  private void take(ChatChunk chunk) {
    int end = text.length();
    text.append(chunk.text());
    for (ChatChunk.Token token : chunk.tokens()) {
      boolean isLast = token == chunk.tokens().getLast();
      end = isLast ? text.length() : Math.min(end + token.text().length(), text.length());
      certainties.add(new GenerationResult.Certainty(end, token.probability()));
    }
  }

  private ChatChunk parse(String json) throws RemoteException {
    JsonObject object;
    try {
      object = JsonParser.parseString(json).getAsJsonObject();
    } catch (RuntimeException notJson) {
      throw failures.badAnswer("answer.notJson", json);
    }
    JsonElement error = object.get("error");
    if (error != null && !error.isJsonNull()) {
      throw failures.of(error instanceof JsonObject told ? told : object);
    }
    try {
      return ChatChunk.of(object);
    } catch (RuntimeException otherForm) {
      // Whatever another form provokes means the same here.
      throw failures.badAnswer("answer.otherForm", json);
    }
  }

  /** Whether the server said that, and why, the answer ends. */
  boolean isFinished() {
    return finish.isPresent();
  }

  /**
   * The whole answer.
   *
   * @param schema the form that it was to keep to, by which it is closed where it reached its
   *     longest length
   * @throws RemoteException where it has not come to its end
   */
  GenerationResult result(Optional<AnswerSchema> schema) throws RemoteException {
    if (finish.isEmpty()) {
      throw failures.brokenOff("no finish_reason", null);
    }
    GenerationResult.FinishReason reason =
        switch (finish.get()) {
          case "stop", "eos" -> GenerationResult.FinishReason.STOP;
          case "length" -> GenerationResult.FinishReason.LENGTH;
          default -> throw failures.badAnswer("answer.withheld", finish.get());
        };
    int counted = usage.map(ChatChunk.Usage::answer).orElse(Math.max(certainties.size(), pieces));
    String came = text.toString();
    // What did not break off and is of another form is shown as it is.
    AnswerSchema.Closed closed =
        schema
            .filter(form -> reason == GenerationResult.FinishReason.LENGTH)
            .map(form -> form.close(came))
            .orElseGet(() -> new AnswerSchema.Closed(came, came.length()));
    return new GenerationResult(
        closed.text(),
        new int[0],
        new int[0],
        reason,
        new GenerationResult.Timings(
            Duration.ZERO,
            pieces == 0 ? Duration.ZERO : Duration.ofNanos(first - asked),
            pieces == 0 ? Duration.ZERO : Duration.ofNanos(last - first),
            usage.map(ChatChunk.Usage::prompt).orElse(0),
            Math.max(0, counted - 1)),
        0,
        closed.written(),
        certainties);
  }
}
