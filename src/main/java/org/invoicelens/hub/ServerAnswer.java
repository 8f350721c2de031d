package org.invoicelens.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Words;

/**
 * What a server answered, with a body that is read line by line or as a whole. Used by one thread;
 * the wish to stop may come from any.
 */
public final class ServerAnswer implements AutoCloseable {

  private static final Words WORDS = Words.of(ServerAnswer.class);

  private final Response response;
  private final HubFailures failures;
  private final Cancellation cancellation;
  private final Cancellation.Registration stop;

  ServerAnswer(
      Response response,
      HubFailures failures,
      Cancellation cancellation,
      Cancellation.Registration stop) {
    this.response = response;
    this.failures = failures;
    this.cancellation = cancellation;
    this.stop = stop;
  }

  /** The status of HTTP. */
  public int status() {
    return response.code();
  }

  /** The value of a header. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(response.header(name));
  }

  /** The kind of content in small letters, without its parameters; empty where it is not said. */
  public String contentType() {
    return header("Content-Type")
        .map(type -> type.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT))
        .orElse("");
  }

  /** What was waited for is not there in time. */
  public static final class TooSlow extends Exception {
    private static final long serialVersionUID = 1L;

    TooSlow(Throwable cause) {
      super(cause);
    }
  }

  /**
   * The next line of text, without what ends it.
   *
   * @param until when it has to be there, on the clock of {@link System#nanoTime}
   * @param longest the most bytes it may have
   * @return empty after the last one
   * @throws TooSlow where it is not there in time
   * @throws HubException where the connection broke, or the line is too long
   */
  public Optional<String> line(long until, int longest)
      throws HubException, TooSlow, CancelledException {
    BufferedSource source = response.body().source();
    source.timeout().deadlineNanoTime(until);
    try {
      long end = source.indexOf((byte) '\n', 0, longest + 1L);
      if (end >= 0) {
        String line = source.readUtf8(end);
        source.skip(1);
        return Optional.of(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
      }
      if (source.request(longest + 1L)) {
        throw HubFailures.badAnswer(
            WORDS.text("badAnswer.tooLong", response.request().url().host()),
            "a line of more than " + longest + " bytes");
      }
      return source.exhausted() ? Optional.empty() : Optional.of(source.readUtf8());
    } catch (InterruptedIOException late) {
      cancellation.throwIfCancelled();
      throw new TooSlow(late);
    } catch (IOException broken) {
      throw broken(broken);
    }
  }

  /**
   * The whole body, decoded as UTF-8.
   *
   * @param until when it has to be there, on the clock of {@link System#nanoTime}
   * @param largest the most bytes that are taken; what is beyond is left out
   * @throws TooSlow where it is not there in time
   */
  public String text(long until, int largest) throws HubException, TooSlow, CancelledException {
    BufferedSource source = response.body().source();
    source.timeout().deadlineNanoTime(until);
    Buffer taken = new Buffer();
    try {
      while (taken.size() < largest
          && source.read(taken, Math.min(8192, largest - taken.size())) >= 0) {
        // until the end
      }
      return taken.readString(StandardCharsets.UTF_8);
    } catch (InterruptedIOException late) {
      cancellation.throwIfCancelled();
      throw new TooSlow(late);
    } catch (IOException broken) {
      throw broken(broken);
    }
  }

  private HubException broken(IOException failure) throws CancelledException {
    cancellation.throwIfCancelled();
    return failures.of(response.request().url(), failure);
  }

  @Override
  public void close() {
    stop.close();
    response.close();
  }
}
