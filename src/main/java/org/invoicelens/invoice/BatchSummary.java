package org.invoicelens.invoice;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.invoicelens.invoice.BatchEntry.State;

/**
 * What became of all documents of a batch.
 *
 * @param settings by which they were read
 * @param at when the run ended
 * @param time how long it took
 * @param stopped whether it was stopped before its end
 * @param entries one for each document, in order
 */
public record BatchSummary(
    ReadingSettings settings,
    Instant at,
    Duration time,
    boolean stopped,
    List<BatchEntry> entries) {

  private static final int VERSION = 1;

  public BatchSummary {
    entries = List.copyOf(entries);
  }

  /** How many came to this. */
  public int count(State state) {
    return (int) entries.stream().filter(entry -> entry.state() == state).count();
  }

  /** How many were read in this run with something to doubt. */
  public int doubtful() {
    return (int)
        entries.stream().filter(entry -> entry.state() == State.READ && entry.doubts() > 0).count();
  }

  /** How many failed, by the names of the reasons. */
  public Map<String, Long> failuresByReason() {
    return entries.stream()
        .flatMap(entry -> entry.failure().stream())
        .collect(
            Collectors.groupingBy(BatchEntry.Failure::reason, TreeMap::new, Collectors.counting()));
  }

  /** All of it, for other programs. */
  public JsonObject json() {
    JsonObject json = new JsonObject();
    json.addProperty("version", VERSION);
    json.addProperty("model", settings.model());
    json.addProperty("format", settings.format().id());
    json.addProperty("ended", at.toString());
    json.addProperty("seconds", time.toMillis() / 1000.0);
    json.addProperty("stopped", stopped);
    json.addProperty("documents", entries.size());
    json.addProperty("read", count(State.READ));
    json.addProperty("with_doubts", doubtful());
    json.addProperty("skipped", count(State.SKIPPED));
    json.addProperty("failed", count(State.FAILED));
    json.addProperty("waiting", count(State.WAITING));
    JsonObject reasons = new JsonObject();
    failuresByReason().forEach(reasons::addProperty);
    json.add("failed_by_reason", reasons);
    JsonArray list = new JsonArray();
    entries.forEach(entry -> list.add(json(entry)));
    json.add("entries", list);
    return json;
  }

  private static JsonObject json(BatchEntry entry) {
    JsonObject json = new JsonObject();
    json.addProperty("document", entry.document());
    json.addProperty("state", entry.state().name().toLowerCase(Locale.ROOT));
    entry.result().ifPresent(result -> json.addProperty("result", result));
    if (entry.state() == State.READ || entry.state() == State.SKIPPED) {
      json.addProperty("doubts", entry.doubts());
    }
    entry
        .failure()
        .ifPresent(failure -> {
          json.addProperty("reason", failure.reason());
          json.addProperty("message", failure.message());
        });
    return json;
  }
}
