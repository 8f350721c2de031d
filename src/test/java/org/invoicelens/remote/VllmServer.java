package org.invoicelens.remote;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.imageio.ImageIO;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.invoicelens.config.RemoteServer;

/**
 * A server over real HTTP that answers as vLLM does: the models it has, streamed answers with the
 * probabilities of tokens and their count, and refusals in vLLM's words. Faults are queued and come
 * before the next good answers.
 */
public final class VllmServer implements AutoCloseable {

  /** The model it has. */
  public static final String MODEL = "mistralai/Pixtral-12B-2409";

  /** What comes in the place of a good answer. */
  public interface Fault extends Function<RecordedRequest, MockResponse> {}

  private final MockWebServer http = new MockWebServer();
  private final Deque<Fault> faults = new ConcurrentLinkedDeque<>();

  /** The questions that came, as they were sent. */
  public final List<JsonObject> questions = Collections.synchronizedList(new ArrayList<>());

  /** The values of the header that carries the key; empty where a request had none. */
  public final List<String> keys = Collections.synchronizedList(new ArrayList<>());

  /** What it answers to every question. */
  public volatile String answer = "{\"number\":\"4711\",\"gross\":\"119.00\"}";

  /** The key it wants; empty for none. */
  public volatile String key = "";

  /** The most pages it takes in one question, as {@code --limit-mm-per-prompt}. */
  public volatile int mostPages = 8;

  /** Why answers end. */
  public volatile String finish = "stop";

  /** Whether it knows {@code response_format} and {@code logprobs}. */
  public volatile boolean knowsForm = true;

  public volatile boolean knowsProbabilities = true;

  public VllmServer() {
    http.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return respond(request);
          }
        });
  }

  /** Begins to answer. */
  public VllmServer start() throws IOException {
    http.start();
    return this;
  }

  /** What lies below this server, for TLS and its like. */
  public MockWebServer http() {
    return http;
  }

  /** Where its interface begins. */
  public URI address() {
    return URI.create(http.url("/v1").toString());
  }

  /** As a user enters it, without a key. */
  public RemoteServer described() {
    return RemoteServer.entered(address().toString(), MODEL, Optional.empty(), Optional.empty());
  }

  /** Lets the next answers to questions be these. */
  public void fail(Fault... next) {
    faults.addAll(List.of(next));
  }

  /** A refusal as vLLM words it. */
  public static Fault refusal(int status, String message) {
    return request -> error(status, message);
  }

  /** An answer that comes only when so many questions are there as the barrier waits for. */
  public Fault whenTogether(CyclicBarrier together) {
    return request -> {
      try {
        together.await(20, TimeUnit.SECONDS);
      } catch (Exception e) {
        return error(500, "they do not come together");
      }
      return new MockResponse.Builder()
          .addHeader("Content-Type", "text/event-stream")
          .body(events(new JsonObject()))
          .build();
    };
  }

  public static MockResponse error(int status, String message) {
    JsonObject error = new JsonObject();
    error.addProperty("message", message);
    error.addProperty("type", "BadRequestError");
    error.add("param", null);
    error.addProperty("code", status);
    JsonObject body = new JsonObject();
    body.add("error", error);
    return json(status, body);
  }

  private static MockResponse json(int status, JsonObject body) {
    return new MockResponse.Builder()
        .code(status)
        .addHeader("Content-Type", "application/json")
        .body(body.toString())
        .build();
  }

  private MockResponse respond(RecordedRequest request) {
    String authorization =
        Optional.ofNullable(request.getHeaders().get("Authorization")).orElse("");
    keys.add(authorization);
    if (!key.isEmpty() && !authorization.equals("Bearer " + key)) {
      JsonObject body = new JsonObject();
      body.addProperty("error", "Unauthorized");
      return json(401, body);
    }
    String target = request.getTarget();
    if (target.equals("/v1/models")) {
      return models();
    }
    if (target.equals("/v1/chat/completions") && request.getMethod().equals("POST")) {
      JsonObject question = JsonParser.parseString(request.getBody().utf8()).getAsJsonObject();
      questions.add(question);
      Fault fault = faults.poll();
      return fault == null ? answer(question) : fault.apply(request);
    }
    JsonObject body = new JsonObject();
    body.addProperty("detail", "Not Found");
    return json(404, body);
  }

  private static MockResponse models() {
    JsonObject model = new JsonObject();
    model.addProperty("id", MODEL);
    model.addProperty("object", "model");
    model.addProperty("owned_by", "vllm");
    model.addProperty("max_model_len", 131_072);
    JsonArray data = new JsonArray();
    data.add(model);
    JsonObject body = new JsonObject();
    body.addProperty("object", "list");
    body.add("data", data);
    return json(200, body);
  }

  private MockResponse answer(JsonObject question) {
    String asked = question.get("model").getAsString();
    if (!asked.equals(MODEL)) {
      return error(404, "The model `" + asked + "` does not exist.");
    }
    int pages = pages(question).size();
    if (pages > mostPages) {
      return error(400, "At most " + mostPages + " image(s) may be provided in one prompt.");
    }
    if (!knowsForm && question.has("response_format")) {
      return error(400, "Extra inputs are not permitted: response_format");
    }
    if (!knowsProbabilities && question.has("logprobs")) {
      return error(400, "logprobs is not supported");
    }
    return new MockResponse.Builder()
        .addHeader("Content-Type", "text/event-stream; charset=utf-8")
        .body(events(question))
        .build();
  }

  /** The events of a good answer. */
  public String events(JsonObject question) {
    StringBuilder events = new StringBuilder(event("", null, null));
    List<String> tokens = tokens();
    for (String token : tokens) {
      events.append(event(token, question.has("logprobs") ? -0.105 : null, null));
    }
    events.append(event("", null, finish));
    if (question.has("stream_options")) {
      JsonObject usage = new JsonObject();
      usage.addProperty("prompt_tokens", 4000);
      usage.addProperty("completion_tokens", tokens.size() + 1);
      JsonObject last = new JsonObject();
      last.add("choices", new JsonArray());
      last.add("usage", usage);
      events.append("data: ").append(last).append("\n\n");
    }
    return events.append("data: [DONE]\n\n").toString();
  }

  /** The answer in pieces of four characters. */
  public List<String> tokens() {
    List<String> tokens = new ArrayList<>();
    for (int at = 0; at < answer.length(); at += 4) {
      tokens.add(answer.substring(at, Math.min(at + 4, answer.length())));
    }
    return tokens;
  }

  /** One event of an answer. */
  public static String event(String text, Double logprob, String finish) {
    JsonObject delta = new JsonObject();
    delta.addProperty("content", text);
    JsonObject choice = new JsonObject();
    choice.addProperty("index", 0);
    choice.add("delta", delta);
    choice.add("logprobs", null);
    if (logprob != null) {
      JsonObject token = new JsonObject();
      token.addProperty("token", text);
      token.addProperty("logprob", logprob);
      JsonArray content = new JsonArray();
      content.add(token);
      JsonObject logprobs = new JsonObject();
      logprobs.add("content", content);
      choice.add("logprobs", logprobs);
    }
    choice.addProperty("finish_reason", finish);
    JsonArray choices = new JsonArray();
    choices.add(choice);
    JsonObject chunk = new JsonObject();
    chunk.addProperty("object", "chat.completion.chunk");
    chunk.add("choices", choices);
    return "data: " + chunk + "\n\n";
  }

  /** The pages of a question, decoded. */
  public static List<BufferedImage> pages(JsonObject question) {
    List<BufferedImage> pages = new ArrayList<>();
    for (JsonElement message : question.getAsJsonArray("messages")) {
      if (message.getAsJsonObject().get("content") instanceof JsonArray parts) {
        for (JsonElement part : parts) {
          if (part.getAsJsonObject().get("image_url") instanceof JsonObject image) {
            pages.add(decoded(image.get("url").getAsString()));
          }
        }
      }
    }
    return pages;
  }

  private static BufferedImage decoded(String url) {
    try {
      byte[] bytes = Base64.getDecoder().decode(url.substring(url.indexOf(',') + 1));
      return ImageIO.read(new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
