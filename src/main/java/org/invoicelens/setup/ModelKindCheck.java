package org.invoicelens.setup;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadException;
import org.invoicelens.hub.FileAnswer;
import org.invoicelens.hub.FileRequest;
import org.invoicelens.hub.HubClient;
import org.invoicelens.hub.HubException;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Words;
import org.invoicelens.verify.ModelCompatibility;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A look at the configuration of a model on its server, before gigabytes of it are fetched or a
 * model that works is replaced: whether this application can run that kind.
 *
 * <p>Refuses what is surely of another kind and nothing else: a server that does not answer, or has
 * no such file, is the download's to tell.
 */
final class ModelKindCheck {

  private static final Words WORDS = Words.of(ModelKindCheck.class);

  private static final Logger log = LoggerFactory.getLogger(ModelKindCheck.class);

  private static final int LARGEST = 1 << 20;

  private final HubSettings settings;

  ModelKindCheck(HubSettings settings) {
    this.settings = settings;
  }

  /**
   * Asks for the configuration of a model.
   *
   * @throws DownloadException with reason NOTHING_TO_DOWNLOAD where it is of another kind
   */
  void require(ModelConfig config, Cancellation cancellation)
      throws DownloadException, CancelledException {
    Optional<JsonObject> json = ask(config, cancellation);
    cancellation.throwIfCancelled();
    List<String> obstacles = json.map(ModelCompatibility::wrongKinds).orElse(List.of());
    if (!obstacles.isEmpty()) {
      throw new DownloadException(
          DownloadException.Reason.NOTHING_TO_DOWNLOAD,
          WORDS.problem("otherKind", config.repoId(), String.join(" ", obstacles)),
          config.revision(),
          null);
    }
  }

  private Optional<JsonObject> ask(ModelConfig config, Cancellation cancellation) {
    FileRequest request =
        new FileRequest(
            config.repoId(),
            config.revision(),
            "config.json",
            Optional.empty(),
            0,
            FileRequest.END,
            Optional.empty());
    try (HubClient client = new HubClient(settings, settings.endpoint().orElse(config.endpoint()));
        Cancellation.Registration _ = cancellation.onCancel(client::breakOff);
        FileAnswer answer = client.open(request)) {
      ByteBuffer text = ByteBuffer.allocate(LARGEST);
      while (text.hasRemaining() && answer.read(text) >= 0) {
        // One part after the other.
      }
      String json = StandardCharsets.UTF_8.decode(text.flip()).toString();
      return JsonParser.parseString(json) instanceof JsonObject object
          ? Optional.of(object)
          : Optional.empty();
    } catch (HubException | JsonParseException notTold) {
      log.info("The kind of {} is not known yet: {}", config.repoId(), notTold.toString());
      return Optional.empty();
    }
  }
}
