package org.invoicelens.invoice;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.Manifest;

/**
 * What a result depends on beside its document: the model's files or the server, what the model is
 * asked, and the form of the result. Where it is another, the document is read again.
 *
 * @param model the model's name
 * @param format the form of the results
 * @param digest stands for all of it, in hexadecimal digits
 */
public record ReadingSettings(String model, InvoiceExport.Format format, String digest) {

  /** Counted up where a result of the same reading gets another content. */
  private static final int VERSION = 1;

  /** The settings that a configuration comes to, with the model files that are here now. */
  public static ReadingSettings of(ModelConfig config, InvoiceExport.Format format) {
    String text =
        String.join(
            "\0",
            Integer.toString(VERSION),
            config.repoId(),
            config.revision(),
            config.server().map(server -> server.address() + " " + server.model()).orElse(""),
            config.isRemote() ? "" : files(config),
            config.prompt().system(),
            config.prompt().user(),
            form(config.prompt()),
            config.inference().toString(),
            format.id());
    return new ReadingSettings(
        config.name(), format, ContentDigest.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String form(ModelConfig.Prompt prompt) {
    try {
      return prompt.schema().isPresent() ? Files.readString(prompt.schema().get()) : "";
    } catch (IOException unreadable) {
      // The reading tells it.
      return "";
    }
  }

  private static String files(ModelConfig config) {
    try {
      return Manifest.read(config.modelPath())
          .map(manifest -> manifest.commit() + " " + manifest.digest())
          .orElse("");
    } catch (IOException unreadable) {
      return "";
    }
  }
}
