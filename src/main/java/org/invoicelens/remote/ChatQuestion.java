package org.invoicelens.remote;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.invoicelens.pixtral.GenerationOptions;

/**
 * One user turn for a server: the pages, then the text, as a model on this computer is given them.
 *
 * @param system the instruction in front; may be empty
 * @param user the text beside the pages
 * @param pages as {@link PageData#url} writes them
 * @param options how the answer is generated, and the form it keeps to
 */
record ChatQuestion(String system, String user, List<String> pages, GenerationOptions options) {

  private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

  ChatQuestion {
    pages = List.copyOf(pages);
  }

  static ChatQuestion of(
      String system, String user, List<BufferedImage> pages, GenerationOptions options) {
    return new ChatQuestion(system, user, pages.stream().map(PageData::url).toList(), options);
  }

  /**
   * What is asked beside the answer itself. Not every server knows all of it.
   *
   * @param form whether the answer is to keep to the schema
   * @param probabilities whether the tokens are to come with their probabilities
   * @param usage whether the tokens are to be counted
   */
  record Extras(boolean form, boolean probabilities, boolean usage) {

    static final Extras ALL = new Extras(true, true, true);

    Extras without(Extras refused) {
      return new Extras(
          form && !refused.form, probabilities && !refused.probabilities, usage && !refused.usage);
    }
  }

  /** The request's body. */
  byte[] json(String model, Extras extras) {
    JsonObject json = new JsonObject();
    json.addProperty("model", model);
    json.add("messages", messages());
    json.addProperty("max_tokens", options.maxNewTokens());
    json.addProperty("temperature", options.temperature());
    if (options.temperature() > 0) {
      json.addProperty("top_p", options.topP());
      json.addProperty("seed", options.seed());
    }
    json.addProperty("stream", true);
    if (extras.usage()) {
      JsonObject stream = new JsonObject();
      stream.addProperty("include_usage", true);
      json.add("stream_options", stream);
    }
    if (extras.probabilities()) {
      json.addProperty("logprobs", true);
    }
    if (extras.form() && options.schema().isPresent()) {
      JsonObject named = new JsonObject();
      named.addProperty("name", "answer");
      named.add("schema", JsonParser.parseString(options.schema().get().json()));
      JsonObject format = new JsonObject();
      format.addProperty("type", "json_schema");
      format.add("json_schema", named);
      json.add("response_format", format);
    }
    return GSON.toJson(json).getBytes(StandardCharsets.UTF_8);
  }

  private JsonArray messages() {
    JsonArray messages = new JsonArray();
    if (!system.isBlank()) {
      JsonObject instruction = new JsonObject();
      instruction.addProperty("role", "system");
      instruction.addProperty("content", system);
      messages.add(instruction);
    }
    JsonArray parts = new JsonArray();
    for (String page : pages) {
      JsonObject url = new JsonObject();
      url.addProperty("url", page);
      JsonObject part = new JsonObject();
      part.addProperty("type", "image_url");
      part.add("image_url", url);
      parts.add(part);
    }
    if (!user.isEmpty()) {
      JsonObject part = new JsonObject();
      part.addProperty("type", "text");
      part.addProperty("text", user);
      parts.add(part);
    }
    JsonObject turn = new JsonObject();
    turn.addProperty("role", "user");
    turn.add("content", parts);
    messages.add(turn);
    return messages;
  }
}
