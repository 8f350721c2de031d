package org.invoicelens.engine;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.pixtral.ImageProcessor;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.SeenPicture;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.remote.ChatServer;
import org.invoicelens.remote.RemoteException;
import org.invoicelens.remote.ServerReply;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;

/**
 * A server that answers in the place of a model on this computer. It is sent the pages exactly as
 * Pixtral sees them, so that it has nothing left to resize. Thread-safe.
 */
public final class RemoteEngine implements Engine {

  private final ChatServer server;
  private final int questionsAtOnce;
  private final ImageProcessor images = ImageProcessor.ofPixtral();
  private volatile RemoteModel facts;

  /** The most pages that the server takes, with its refusal of more; null until it refused. */
  private volatile PageLimit limit;

  private record PageLimit(int pages, Problem problem, String detail) {}

  RemoteEngine(ChatServer server, RemoteServer described, RemoteModel facts) {
    this.server = server;
    this.questionsAtOnce = described.connections();
    this.facts = facts;
  }

  @Override
  public RemoteModel facts() {
    return facts;
  }

  /** Takes note of what a test found. */
  void tested(RemoteModel found) {
    facts = found;
  }

  @Override
  public int questionsAtOnce() {
    return questionsAtOnce;
  }

  @Override
  public Reply ask(Question question, TokenListener listener, Cancellation cancellation)
      throws InferenceException, CancelledException {
    PageLimit known = limit;
    if (known != null && question.pages().size() > known.pages()) {
      throw tooManyPages(known.problem(), known.detail(), null);
    }
    try {
      return answer(question, listener, cancellation);
    } catch (RemoteException e) {
      e.mostPages().ifPresent(pages -> limit = new PageLimit(pages, e.problem(), e.detail()));
      if (e.isAboutPages()) {
        throw tooManyPages(e.problem(), e.detail(), e);
      }
      throw new InferenceException(
          InferenceException.Reason.SERVER_FAILED, e.problem(), detail(e), e);
    }
  }

  /** The same, with the failures of the server as they are. */
  Reply answer(Question question, TokenListener listener, Cancellation cancellation)
      throws RemoteException, InferenceException, CancelledException {
    List<BufferedImage> pages = new ArrayList<>();
    List<Reply.Seen> seen = new ArrayList<>();
    for (BufferedImage page : question.pages()) {
      cancellation.throwIfCancelled();
      BufferedImage small = images.seen(page);
      pages.add(small);
      seen.add(new Reply.Seen(small.getWidth(), small.getHeight()));
    }
    ServerReply reply =
        server.ask(
            question.system(), question.user(), pages, question.options(), listener, cancellation);
    return new Reply(reply.result(), seen, reply.notes());
  }

  private static InferenceException tooManyPages(
      Problem problem, String detail, RemoteException cause) {
    return new InferenceException(
        InferenceException.Reason.PROMPT_TOO_LONG, problem, detail, cause);
  }

  /** What an engineer needs, with the reason that the server's failure had. */
  static String detail(RemoteException e) {
    return e.detail().isEmpty() ? e.reason().name() : e.reason() + ": " + e.detail();
  }

  @Override
  public SeenPicture seen(BufferedImage page) throws InferenceException {
    ImageProcessor.Size size = images.size(page.getWidth(), page.getHeight());
    // Each row of patches ends in a token of its own.
    return new SeenPicture(images.seen(page), (size.columns() + 1) * size.rows());
  }

  /** Breaks off what is being asked, and closes the connections. */
  @Override
  public void close() {
    server.close();
  }
}
