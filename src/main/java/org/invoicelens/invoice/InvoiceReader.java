package org.invoicelens.invoice;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.engine.Engine;
import org.invoicelens.grammar.AnswerSchema;
import org.invoicelens.pixtral.GenerationOptions;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads documents with whatever answers: a model here, or a server. Thread-safe. */
public final class InvoiceReader {

  private static final Logger log = LoggerFactory.getLogger(InvoiceReader.class);

  private final Engine engine;
  private final ModelConfig config;

  public InvoiceReader(Engine engine, ModelConfig config) {
    this.engine = engine;
    this.config = config;
  }

  /** Reads one document by the prompt of the model's configuration. */
  public Extraction read(
      InvoiceDocument document, TokenListener listener, Cancellation cancellation)
      throws InferenceException, CancelledException {
    return read(document, config.prompt(), listener, cancellation);
  }

  /**
   * Reads one document by a prompt, telling of every token as it comes; the answer is held to the
   * prompt's form of answers, where it has one. All pages go into one prompt; where they are too
   * long for the model, as many of the first ones as fit. Where memory runs out, the document is
   * read again from its start with the next fallback of the model. Of empty pages the model is not
   * asked, since it finds something on them too.
   */
  public Extraction read(
      InvoiceDocument document,
      ModelConfig.Prompt asked,
      TokenListener listener,
      Cancellation cancellation)
      throws InferenceException, CancelledException {
    if (document.pages().stream().allMatch(BlankPage::is)) {
      log.info("{}: every page is empty, so the model is not asked", document.name());
      return Extraction.ofNothing(document);
    }
    List<BufferedImage> pages = document.pages();
    GenerationOptions options =
        new GenerationOptions(
            config.inference().maxNewTokens(),
            config.inference().temperature(),
            config.inference().topP(),
            0,
            false,
            form(asked));
    for (int count = pages.size(); ; count--) {
      cancellation.throwIfCancelled();
      try {
        Engine.Reply reply =
            engine.ask(
                new Engine.Question(asked.system(), asked.user(), pages.subList(0, count), options),
                listener,
                cancellation);
        return new Extraction(
                document.name(),
                InvoiceFields.of(reply.result()),
                reply.result(),
                pages.size(),
                count,
                reply.seen().stream()
                    .map(page -> new Extraction.SeenPage(page.width(), page.height()))
                    .toList())
            .noting(reply.notes());
      } catch (InferenceException e) {
        if (e.reason() != InferenceException.Reason.PROMPT_TOO_LONG || count == 1) {
          throw e;
        }
        log.info("{}: {} pages are too many for one prompt", document.name(), count);
      }
    }
  }

  /** The form as it is now: a user may be at work on it. */
  private static Optional<AnswerSchema> form(ModelConfig.Prompt asked) throws InferenceException {
    if (asked.schema().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(AnswerSchema.read(asked.schema().get()));
    } catch (ConfigException e) {
      throw new InferenceException(
          InferenceException.Reason.BAD_SCHEMA, e.problem(), e.detail(), e);
    }
  }
}
