package org.invoicelens.remote;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One piece of an answer, or a whole one where the server does not stream.
 *
 * @param text what it adds to the answer; may be empty
 * @param tokens the tokens of that text with their probabilities; empty where the server does not
 *     tell them
 * @param finish why the answer ends here; empty where it goes on
 * @param usage how many tokens there were; empty where this piece does not tell
 */
record ChatChunk(String text, List<Token> tokens, Optional<String> finish, Optional<Usage> usage) {

  /**
   * A token.
   *
   * @param text as the server spells it
   * @param probability 0 to 1
   */
  record Token(String text, double probability) {}

  /**
   * How many tokens there were.
   *
   * @param prompt of the question
   * @param answer of the answer
   */
  record Usage(int prompt, int answer) {}

  /**
   * Reads a piece.
   *
   * @throws RuntimeException of any kind where it has another form
   */
  static ChatChunk of(JsonObject json) {
    JsonArray choices = json.getAsJsonArray("choices");
    String text = "";
    List<Token> tokens = List.of();
    Optional<String> finish = Optional.empty();
    if (!choices.isEmpty()) {
      JsonObject choice = choices.get(0).getAsJsonObject();
      // Streamed pieces are called delta, a whole answer message.
      JsonElement said = choice.has("delta") ? choice.get("delta") : choice.get("message");
      text = present(said.getAsJsonObject(), "content").map(JsonElement::getAsString).orElse("");
      tokens = tokens(choice);
      finish = present(choice, "finish_reason").map(JsonElement::getAsString);
    }
    return new ChatChunk(text, tokens, finish, present(json, "usage").map(ChatChunk::usage));
  }

  private static List<Token> tokens(JsonObject choice) {
    List<Token> tokens = new ArrayList<>();
    Optional<JsonElement> content =
        present(choice, "logprobs").flatMap(told -> present(told.getAsJsonObject(), "content"));
    if (content.isPresent()) {
      for (JsonElement element : content.get().getAsJsonArray()) {
        JsonObject token = element.getAsJsonObject();
        double probability = Math.exp(token.get("logprob").getAsDouble());
        tokens.add(
            new Token(
                token.get("token").getAsString(),
                Double.isFinite(probability) ? Math.clamp(probability, 0, 1) : 0));
      }
    }
    return tokens;
  }

  private static Usage usage(JsonElement json) {
    JsonObject usage = json.getAsJsonObject();
    return new Usage(
        Math.max(0, usage.get("prompt_tokens").getAsInt()),
        Math.max(0, usage.get("completion_tokens").getAsInt()));
  }

  private static Optional<JsonElement> present(JsonObject json, String key) {
    return Optional.ofNullable(json.get(key)).filter(element -> !element.isJsonNull());
  }
}
