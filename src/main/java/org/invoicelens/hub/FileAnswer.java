package org.invoicelens.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Response;
import okio.BufferedSource;

/**
 * What a server sends for a {@link FileRequest}, with the body still to be read. Close it.
 *
 * <p>Used by one thread; closing may come from any.
 */
public final class FileAnswer implements AutoCloseable {

  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes\\s+([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)");

  private final HubFailures failures;
  private final Response response;
  private final BufferedSource body;
  private final FileAddress address;
  private final long from;
  private final long to;
  private final long size;

  FileAnswer(Response response, FileAddress address, HubFailures failures) {
    this.failures = failures;
    this.response = response;
    this.body = response.body().source();
    this.address = address;
    Matcher range = CONTENT_RANGE.matcher(response.header("Content-Range", "").strip());
    if (response.code() == 206 && range.matches()) {
      this.from = Long.parseLong(range.group(1));
      this.to = Long.parseLong(range.group(2)) + 1;
      this.size = range.group(3).equals("*") ? -1 : Long.parseLong(range.group(3));
    } else if (response.code() == 200) {
      this.from = 0;
      this.size = response.body().contentLength();
      this.to = size;
    } else {
      this.from = -1;
      this.to = -1;
      this.size = -1;
    }
  }

  /** Whether the body is a part (206) and not the whole file (200). */
  public boolean isPart() {
    return response.code() == 206;
  }

  /** Whether the server says that the wanted part does not exist (416). */
  public boolean isBeyondEnd() {
    return response.code() == 416;
  }

  /** The body's first byte in the file; negative where the server does not say so properly. */
  public long from() {
    return from;
  }

  /** The byte after the body's last one; negative where not known. */
  public long to() {
    return to;
  }

  /** The whole file's length in bytes; negative where not known. */
  public long size() {
    return size;
  }

  /** The file's strong entity tag. */
  public Optional<String> strongTag() {
    return Optional.ofNullable(response.header("ETag")).filter(tag -> tag.startsWith("\""));
  }

  /** Where this came from. */
  public FileAddress address() {
    return address;
  }

  /**
   * Reads some bytes of the body.
   *
   * @return how many; negative at the body's end
   * @throws HubException where the connection broke off or stayed silent
   */
  public int read(ByteBuffer into) throws HubException {
    try {
      return body.read(into);
    } catch (IOException broken) {
      throw failures.of(address.url(), broken);
    }
  }

  @Override
  public void close() {
    response.close();
  }
}
