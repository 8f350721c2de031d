package org.invoicelens.hub;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.invoicelens.config.ModelConfig.Mirror;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Words;

/**
 * A real check of the way to the Hub, step by step: each step asks a server and says what it found.
 *
 * <p>A step that needs one that failed is skipped. Used by one thread at a time.
 */
public final class ConnectionCheck implements AutoCloseable {

  private static final Words WORDS = Words.of(ConnectionCheck.class);

  /** What a step looks at, in the order of the steps. */
  public enum Subject {
    /** Which proxy requests take. */
    ROUTE,
    /** Whether the server answers and who vouches for it. */
    SERVER,
    /** Whether the token is valid and whose it is. */
    TOKEN,
    /** Whether the repository may be read. */
    REPOSITORY,
    /** Whether the server that holds the large files answers. */
    FILES,
    /** Whether one of the mirrors has the files; a step for each. */
    MIRROR
  }

  /** How a step ended. */
  public enum State {
    GOOD,
    /** Not as good as it could be, or not needed. */
    REMARK,
    FAILED,
    SKIPPED
  }

  /**
   * What a step found.
   *
   * @param found one sentence for the user
   * @param problem what it means and what to do, where it failed
   * @param reason of a failure
   */
  public record Finding(
      Subject subject,
      State state,
      String found,
      Optional<Problem> problem,
      Optional<HubException.Reason> reason) {

    static Finding of(Subject subject, State state, String found) {
      return new Finding(subject, state, found, Optional.empty(), Optional.empty());
    }

    static Finding of(Subject subject, HubException failure) {
      return new Finding(
          subject,
          State.FAILED,
          failure.problem().what(),
          Optional.of(failure.problem()),
          Optional.of(failure.reason()));
    }
  }

  private final HubSettings settings;
  private final String endpoint;
  private final String repoId;
  private final String revision;
  private final Deque<Subject> left = new ArrayDeque<>();
  private final Deque<Mirror> mirrors;
  private final List<String> mirrorHosts;
  private boolean broken;
  private boolean unreadable;
  private HubClient client;
  private volatile FileSource mirror;
  private String commit;
  private List<HubFile> files = List.of();

  /**
   * A check that has not begun; nothing is asked before {@link #next}.
   *
   * @param endpoint counts where the settings name none
   * @param configuredMirrors each is a step of its own
   */
  public ConnectionCheck(
      HubSettings settings,
      String endpoint,
      String repoId,
      String revision,
      List<Mirror> configuredMirrors) {
    this.settings = settings;
    this.endpoint = settings.endpoint().orElse(endpoint);
    this.repoId = repoId;
    this.revision = revision;
    this.mirrors = new ArrayDeque<>(configuredMirrors);
    this.mirrorHosts =
        configuredMirrors.stream().map(Mirror::address).map(ConnectionCheck::host).toList();
    for (Subject subject : Subject.values()) {
      left.addAll(Collections.nCopies(subject == Subject.MIRROR ? mirrors.size() : 1, subject));
    }
  }

  /** What the next step looks at; empty after the last one. */
  public Optional<Subject> subject() {
    return Optional.ofNullable(left.peek());
  }

  /**
   * Takes the next step.
   *
   * @throws CancelledException where the user stopped it
   * @throws java.util.NoSuchElementException after the last step
   */
  public Finding next(Cancellation cancellation) throws CancelledException {
    Subject subject = left.remove();
    if (broken || (unreadable && (subject == Subject.FILES || subject == Subject.MIRROR))) {
      return Finding.of(subject, State.SKIPPED, WORDS.text("check.skipped"));
    }
    try (Cancellation.Registration _ = cancellation.onCancel(this::breakOff)) {
      return switch (subject) {
        case ROUTE -> route();
        case SERVER -> server();
        case TOKEN -> token();
        case REPOSITORY -> repository();
        case FILES -> files();
        case MIRROR -> mirror(mirrors.remove());
      };
    } catch (HubException failure) {
      cancellation.throwIfCancelled();
      broken = subject == Subject.ROUTE || subject == Subject.SERVER;
      unreadable = unreadable || subject == Subject.REPOSITORY;
      return Finding.of(subject, failure);
    }
  }

  private void breakOff() {
    if (client != null) {
      client.breakOff();
    }
    FileSource asked = mirror;
    if (asked != null) {
      asked.breakOff();
    }
  }

  private Finding route() throws HubException {
    client = new HubClient(settings, endpoint);
    return client
        .proxy()
        .map(proxy -> Finding.of(Subject.ROUTE, State.GOOD, WORDS.text("check.proxy", proxy)))
        .orElseGet(() -> Finding.of(Subject.ROUTE, State.GOOD, WORDS.text("check.direct")));
  }

  private Finding server() throws HubException {
    return client
        .issuer()
        .map(issuer ->
            Finding.of(
                Subject.SERVER, State.GOOD, WORDS.text("check.server", client.host(), issuer)))
        .orElseGet(() ->
            Finding.of(
                Subject.SERVER, State.REMARK, WORDS.text("check.notEncrypted", client.host())));
  }

  private Finding token() throws HubException {
    if (settings.token().isEmpty()) {
      return Finding.of(Subject.TOKEN, State.REMARK, WORDS.text("check.noToken"));
    }
    String owner = client.tokenOwner();
    return Finding.of(Subject.TOKEN, State.GOOD, WORDS.text("check.token", owner));
  }

  /** The listing of a gated repository is public, so only a file tells whether it may be read. */
  private Finding repository() throws HubException {
    commit = client.resolveRevision(repoId, revision);
    files = client.listFiles(repoId, commit);
    Optional<HubFile> small =
        files.stream()
            .filter(file -> file.sha256().isEmpty() && file.size() > 0)
            .min(Comparator.comparingLong(HubFile::size));
    if (small.isPresent()) {
      firstByte(client, small.get()).close();
    }
    return Finding.of(
        Subject.REPOSITORY,
        State.GOOD,
        WORDS.text("check.repository", repoId, String.valueOf(files.size())));
  }

  private Finding files() throws HubException {
    Optional<HubFile> large = large();
    if (large.isEmpty()) {
      return Finding.of(Subject.FILES, State.REMARK, WORDS.text("check.noFiles"));
    }
    try (FileAnswer answer = firstByte(client, large.get())) {
      String host = answer.address().toString();
      return Finding.of(Subject.FILES, State.GOOD, WORDS.text("check.files", host));
    }
  }

  /** The largest file, unless all are empty. */
  private Optional<HubFile> large() {
    return files.stream()
        .filter(file -> file.size() > 0)
        .max(Comparator.comparingLong(HubFile::size));
  }

  /** Nothing that a mirror lacks is a failure: the download goes on without it. */
  private Finding mirror(Mirror configured) {
    Optional<HubFile> large = large();
    if (large.isEmpty()) {
      return Finding.of(Subject.MIRROR, State.REMARK, WORDS.text("check.noFiles"));
    }
    try (FileSource opened = FileSource.of(settings, configured)) {
      mirror = opened;
      try (FileAnswer answer = firstByte(opened, large.get())) {
        if (answer.size() >= 0 && answer.size() != large.get().size()) {
          return Finding.of(
              Subject.MIRROR,
              State.REMARK,
              WORDS.text("check.mirrorOther", opened.name(), large.get().path()));
        }
        return answer.isPart()
            ? Finding.of(Subject.MIRROR, State.GOOD, WORDS.text("check.files", opened.name()))
            : Finding.of(
                Subject.MIRROR, State.REMARK, WORDS.text("check.mirrorNoParts", opened.name()));
      }
    } catch (HubException failure) {
      return Finding.of(
          Subject.MIRROR,
          State.REMARK,
          WORDS.text("check.mirrorFails", configured.address(), failure.problem().what()));
    } finally {
      mirror = null;
    }
  }

  /** The answer to the wish for a file's first byte, which has come. */
  private FileAnswer firstByte(FileSource source, HubFile file) throws HubException {
    FileRequest first =
        new FileRequest(repoId, commit, file.path(), Optional.empty(), 0, 1, Optional.empty());
    FileAnswer answer = source.open(first);
    try {
      answer.read(ByteBuffer.allocate(1));
      return answer;
    } catch (HubException broken) {
      answer.close();
      throw broken;
    }
  }

  /** The hosts that a firewall has to let through, as patterns. */
  public List<String> hostsToAllow() {
    List<String> hosts = new ArrayList<>();
    if (endpoint.matches("https://([a-z0-9-]+\\.)*huggingface\\.co(/.*)?")) {
      hosts.addAll(List.of("huggingface.co", "*.huggingface.co", "*.hf.co"));
    } else {
      hosts.add(host(endpoint));
    }
    hosts.addAll(mirrorHosts);
    return hosts.stream().distinct().toList();
  }

  private static String host(String address) {
    return address.replaceFirst("^[a-z]+://([^/]*).*$", "$1");
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
