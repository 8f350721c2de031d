package org.invoicelens.hub;

import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.invoicelens.hub.HubException.Reason;
import org.invoicelens.stage.Words;

/**
 * A folder of files on a server, of which a text beside them tells the names: one a line, each with
 * its folders and encoded as in an address.
 *
 * <p>It knows neither sizes nor digests beforehand. No token goes there. Thread-safe once it was
 * listed.
 */
public final class ListedFolder implements FileSource {

  private static final Words WORDS = Words.of(ListedFolder.class);

  /** What the protocol of the Hub names and a plain server does not have. */
  public static final String REPOSITORY = "listed/folder";

  private static final int LARGEST_LISTING = 1 << 20;
  private static final int MOST_FILES = 1000;

  private final HubClient client;
  private volatile Map<String, FileAddress> files = Map.of();

  /**
   * A file as the server has it.
   *
   * @param name its name, proved safe, without folders
   * @param size in bytes
   * @param tag the strong entity tag; empty where the server gives none
   * @param last its last four bytes, as one number in the order of little-endian
   */
  public record Entry(String name, long size, String tag, long last) {}

  /**
   * A folder that has not been asked yet.
   *
   * @param address such as {@code https://server/pytorch/2.7.1}; what the listing names lies below
   * @throws HubException where the address, the proxy or the file of certificates is not usable
   */
  public ListedFolder(HubSettings settings, String address) throws HubException {
    client = HubClient.forMirror(settings, address);
  }

  /**
   * The names of the files in one folder, in the order of the listing.
   *
   * @param listing the name of the text
   * @param folder the folder of the wanted files, with {@code /} at its end
   * @throws HubException where the listing cannot be had, or names something that is not safe
   */
  public List<String> list(String listing, String folder) throws HubException {
    Map<String, FileAddress> found = new LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    for (String line : text(listing).lines().map(String::strip).toList()) {
      if (!line.startsWith(folder) || line.length() == folder.length()) {
        continue;
      }
      String name = decoded(line.substring(folder.length()));
      names.add(name);
      found.put(name, client.belowEncoded(line));
    }
    Optional<String> fault =
        SafePath.fault(names)
            .or(() ->
                names.stream()
                    .filter(name -> name.contains("/"))
                    .findFirst()
                    .map(name -> WORDS.text("unsafeName.folder", SafePath.shown(name))));
    if (fault.isPresent()) {
      throw new HubException(
          Reason.UNSAFE_NAME,
          WORDS.problem("unsafeListing", client.name(), fault.get()),
          fault.get(),
          null);
    }
    if (names.size() > MOST_FILES) {
      throw HubFailures.badAnswer(
          WORDS.text("badAnswer.endlessListing", client.name()), names.size() + " files");
    }
    files = Map.copyOf(found);
    return List.copyOf(names);
  }

  /**
   * Asks for a file's size, tag and end.
   *
   * @param name one that was listed
   */
  public Entry entry(String name) throws HubException {
    long size;
    String tag;
    try (FileAnswer first = open(request(name, 0, 1))) {
      size = first.size();
      tag = first.strongTag().orElse("");
    }
    if (size < Integer.BYTES) {
      throw HubFailures.badAnswer(WORDS.text("badAnswer.noSize", name), size + " bytes");
    }
    try (FileAnswer end = open(request(name, size - Integer.BYTES, size))) {
      ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES);
      if (end.isPart() && end.from() == size - Integer.BYTES) {
        while (bytes.hasRemaining() && end.read(bytes) >= 0) {
          // As much as comes.
        }
      }
      if (bytes.hasRemaining()) {
        throw HubFailures.badAnswer(WORDS.text("badAnswer.noEndSent", name), "no range");
      }
      bytes.flip();
      long last = 0;
      for (int i = 0; i < Integer.BYTES; i++) {
        last |= (bytes.get(i) & 0xFFL) << (8 * i);
      }
      return new Entry(name, size, tag, last);
    }
  }

  private static FileRequest request(String name, long from, long to) {
    return new FileRequest(REPOSITORY, "", name, Optional.empty(), from, to, Optional.empty());
  }

  private String text(String listing) throws HubException {
    FileRequest whole =
        new FileRequest(
            REPOSITORY,
            "",
            listing,
            Optional.of(client.belowEncoded(listing)),
            0,
            FileRequest.END,
            Optional.empty());
    ByteBuffer bytes = ByteBuffer.allocate(LARGEST_LISTING + 1);
    try (FileAnswer answer = client.open(whole)) {
      while (bytes.hasRemaining() && answer.read(bytes) >= 0) {
        // As much as comes.
      }
    }
    if (!bytes.hasRemaining()) {
      throw HubFailures.badAnswer(
          WORDS.text("badAnswer.tooLong", client.host()), listing + " does not end");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException noText) {
      throw badListing(noText);
    }
  }

  private String decoded(String name) throws HubException {
    try {
      return URLDecoder.decode(name, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      throw badListing(notEncoded);
    }
  }

  private HubException badListing(Exception cause) {
    return HubFailures.badAnswer(
        WORDS.text("badAnswer.badListing", client.name()), cause.toString());
  }

  @Override
  public String name() {
    return client.name();
  }

  @Override
  public FileAnswer open(FileRequest request) throws HubException {
    FileAddress address =
        request
            .address()
            .or(() -> Optional.ofNullable(files.get(request.path())))
            .orElseThrow(() -> new IllegalArgumentException("not listed: " + request.path()));
    return client.open(request.at(Optional.of(address)));
  }

  @Override
  public void breakOff() {
    client.breakOff();
  }

  @Override
  public void close() {
    client.close();
  }
}
