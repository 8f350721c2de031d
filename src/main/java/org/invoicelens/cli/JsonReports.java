package org.invoicelens.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.download.Checksum;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.download.SourceUse;
import org.invoicelens.engine.OptimizedModel;
import org.invoicelens.engine.RemoteModel;
import org.invoicelens.engine.ServerCheck;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hardware.MemoryEstimate;
import org.invoicelens.verify.VerificationStatus;

/**
 * What the stages found, as JSON for other programs: sizes in bytes, times in seconds or as named.
 */
final class JsonReports {

  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().serializeNulls().create();

  private JsonReports() {}

  /** One line. */
  static String text(JsonElement json) {
    return GSON.toJson(json);
  }

  static JsonObject config(ModelConfig config) {
    JsonObject json = new JsonObject();
    json.addProperty("file", config.source().toString());
    json.addProperty("name", config.name());
    json.addProperty("repo_id", config.repoId());
    json.addProperty("revision", config.revision());
    json.addProperty("endpoint", config.endpoint());
    json.addProperty("model_path", config.modelPath().toString());
    json.addProperty("engine", config.isRemote() ? "remote" : "local");
    config.server().ifPresent(server -> json.add("remote", server(server)));
    return json;
  }

  /** Where the key is found stands in the configuration's file, and its text nowhere. */
  private static JsonObject server(RemoteServer server) {
    JsonObject json = new JsonObject();
    json.addProperty("url", server.address().toString());
    json.addProperty("model", server.model());
    return json;
  }

  static JsonObject server(RemoteModel model) {
    JsonObject json = server(model.server());
    json.addProperty("inference_ms", model.inferenceTime().toNanos() / 1e6);
    json.add("criteria", GSON.toJsonTree(model.criteria()));
    json.add("notes", GSON.toJsonTree(model.notes()));
    return json;
  }

  static JsonArray server(List<ServerCheck.Finding> findings) {
    JsonArray array = new JsonArray();
    for (ServerCheck.Finding finding : findings) {
      JsonObject json = new JsonObject();
      json.addProperty("subject", finding.subject().name());
      json.addProperty("state", finding.state().name());
      json.addProperty("found", finding.found());
      json.addProperty("remedy", finding.problem().map(problem -> problem.remedy()).orElse(null));
      array.add(json);
    }
    return array;
  }

  /** The hardware under the names of {@link HardwareStatus}. */
  static JsonObject hardware(HardwareStatus status) {
    JsonObject json = new JsonObject();
    json.addProperty("gpuAvailable", status.gpuAvailable());
    json.addProperty("gpuMemory", status.gpuMemory());
    json.addProperty("computeCapability", status.computeCapability());
    json.addProperty("diskSpace", status.diskSpace());
    json.addProperty("networkAvailable", status.networkAvailable());
    json.addProperty("tempDir", status.tempDir().toString());
    json.addProperty("processor", status.processor());
    json.addProperty("cores", status.cores());
    json.addProperty("memoryTotal", status.memoryTotal());
    json.addProperty("memoryAvailable", status.memoryAvailable());
    json.add("gpus", GSON.toJsonTree(status.gpus()));
    json.add("checks", GSON.toJsonTree(status.checks()));
    JsonArray fits = new JsonArray();
    for (MemoryEstimate estimate : status.fits()) {
      JsonObject fit = GSON.toJsonTree(estimate).getAsJsonObject();
      fit.addProperty("precision", estimate.precision().id());
      fit.addProperty("needed", estimate.needed());
      fit.addProperty("fits", estimate.fits());
      fits.add(fit);
    }
    json.add("fits", fits);
    json.addProperty("recommended", status.recommended().map(Precision::id).orElse(null));
    return json;
  }

  static JsonObject download(DownloadResult result) {
    JsonObject json = new JsonObject();
    json.addProperty("model_path", result.modelPath().toString());
    json.addProperty("repo_id", result.repoId());
    json.addProperty("commit", result.commit());
    JsonArray files = new JsonArray();
    new TreeMap<>(result.checksums())
        .forEach((path, checksum) -> {
          JsonObject file = new JsonObject();
          file.addProperty("path", path);
          file.addProperty("size", checksum.size());
          file.addProperty("algorithm", algorithm(checksum.algorithm()));
          file.addProperty("checksum", checksum.hex());
          files.add(file);
        });
    json.add("files", files);
    json.addProperty("total_size", result.totalSize());
    json.addProperty("transferred", result.transferred());
    JsonArray sources = new JsonArray();
    for (SourceUse use : result.sources()) {
      JsonObject source = new JsonObject();
      source.addProperty("name", use.name());
      source.addProperty("mirror", use.isMirror());
      source.addProperty("received", use.received());
      source.addProperty("wrong", use.wrong());
      sources.add(source);
    }
    json.add("sources", sources);
    json.addProperty("seconds", result.downloadTime().toNanos() / 1e9);
    return json;
  }

  private static String algorithm(Checksum.Algorithm algorithm) {
    return algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static JsonObject verification(VerificationStatus status) {
    JsonObject json = new JsonObject();
    json.addProperty("model_path", status.modelPath().toString());
    json.addProperty("verified", status.verified());
    json.addProperty("checksum_matches", status.checksumMatches());
    json.addProperty("file_count", status.fileCount());
    json.addProperty("total_size", status.totalSize());
    json.add("findings", GSON.toJsonTree(status.findings()));
    return json;
  }

  static JsonObject model(OptimizedModel model) {
    JsonObject json = new JsonObject();
    json.addProperty("device", model.device());
    json.addProperty("dtype", model.dtype().id());
    json.addProperty("attention", model.attention().id());
    json.addProperty("memory", model.memoryUsage());
    json.add(
        "gpu_utilization",
        model.gpuUtilization() < 0 ? JsonNull.INSTANCE : GSON.toJsonTree(model.gpuUtilization()));
    json.addProperty("inference_ms", model.inferenceTime().toNanos() / 1e6);
    json.add("criteria", GSON.toJsonTree(model.criteria()));
    json.add("notes", GSON.toJsonTree(model.notes()));
    return json;
  }

  static JsonObject error(ExitCode code, String reason, String message, String detail) {
    JsonObject error = new JsonObject();
    error.addProperty("kind", code.kind());
    error.addProperty("reason", reason);
    error.addProperty("message", message);
    if (!detail.isEmpty()) {
      error.addProperty("detail", detail);
    }
    return error;
  }
}
