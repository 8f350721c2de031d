package org.invoicelens.engine;

import java.awt.image.BufferedImage;
import java.util.List;
import org.invoicelens.pixtral.GenerationOptions;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.SeenPicture;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;

/**
 * What answers questions about pages: a model on this computer, or a server. Thread-safe; more
 * questions at once than it can answer wait for each other.
 */
public interface Engine extends AutoCloseable {

  /**
   * A question.
   *
   * @param system the instruction in front; may be empty
   * @param user the text beside the pages
   * @param pages upright pages, transparency allowed
   * @param options how the answer is generated
   */
  record Question(
      String system, String user, List<BufferedImage> pages, GenerationOptions options) {
    public Question {
      pages = List.copyOf(pages);
    }
  }

  /**
   * An answer.
   *
   * @param result the answer itself
   * @param seen the sizes at which the model saw the pages, in pixels
   * @param notes what had to be done to get it, for the user; mostly empty
   */
  record Reply(GenerationResult result, List<Seen> seen, List<String> notes) {
    public Reply {
      seen = List.copyOf(seen);
      notes = List.copyOf(notes);
    }

    /** The size of a page as the model saw it, in pixels. */
    public record Seen(int width, int height) {}
  }

  /** What is known of it; changes where it goes on in another way. */
  EngineFacts facts();

  /** How many questions it answers at once, at least 1. */
  int questionsAtOnce();

  /**
   * Answers a question, telling of every token as it comes.
   *
   * @throws InferenceException with {@code PROMPT_TOO_LONG} where fewer pages may do
   */
  Reply ask(Question question, TokenListener listener, Cancellation cancellation)
      throws InferenceException, CancelledException;

  /** What it sees of an upright page; takes its time. */
  SeenPicture seen(BufferedImage page) throws InferenceException;

  /** Frees what it holds. */
  @Override
  void close();
}
