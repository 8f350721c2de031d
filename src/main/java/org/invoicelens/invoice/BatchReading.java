package org.invoicelens.invoice;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.invoicelens.invoice.BatchEntry.State;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.InferenceException.Reason;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.StageException;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads many documents into a folder, one result for each, and goes on where an earlier run
 * stopped.
 *
 * <p>A document is left out where its content (by SHA-256) and the {@link ReadingSettings} are
 * those of its result and the result is there; what failed is tried again. A bad document never
 * ends the run; only a folder that takes nothing any more does, and a model that cannot be started.
 */
public final class BatchReading {

  private static final Logger log = LoggerFactory.getLogger(BatchReading.class);
  private static final Words WORDS = Words.of(BatchReading.class);

  /** Reads one document. */
  @FunctionalInterface
  public interface Reader {
    Extraction read(InvoiceDocument document, TokenListener listener, Cancellation cancellation)
        throws StageException, CancelledException;
  }

  /**
   * What reads, when it has been started.
   *
   * @param reader reads one document; from several threads where {@code atOnce} is above 1
   * @param atOnce how many documents it reads at once, at least 1
   */
  public record Started(Reader reader, int atOnce) {}

  /** Starts what reads; called once, when the first document has been opened. */
  @FunctionalInterface
  public interface Start {
    Started start() throws StageException, CancelledException;
  }

  /** Is told how the run goes, on the threads that read. */
  public interface Listener {

    /**
     * A document's turn has come.
     *
     * @param done how many of the documents to read are done
     * @param total how many there are
     */
    void onDocument(Path document, int done, int total);

    /** A token of a document's answer came. */
    void onToken(Path document, int tokens);

    /** Something about a document that the user should see now. */
    void onNote(Path document, String note);

    /** All are done that are to be. */
    void onEnd(int total);
  }

  /** What is done with documents that were read before. */
  public enum Again {
    /** They are left out. */
    NO,
    /** They are read anew. */
    YES
  }

  private final Path output;
  private final ReadingSettings settings;
  private final Again again;
  private final Listener listener;
  private final Cancellation cancellation;

  /**
   * @param output the folder of the results; made where it is missing
   */
  public BatchReading(
      Path output,
      ReadingSettings settings,
      Again again,
      Listener listener,
      Cancellation cancellation) {
    this.output = output;
    this.settings = settings;
    this.again = again;
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /**
   * Reads documents. Where a wish to stop comes, what is done is kept, and the summary says so.
   *
   * @throws InferenceException with {@code OUTPUT_NOT_WRITABLE} where the folder takes no result;
   *     what was written before stays, and the next run goes on from there
   * @throws StageException where the model cannot be started
   */
  public BatchSummary read(DocumentSearch search, Start start) throws StageException {
    try (ResultFolder folder = ResultFolder.open(output);
        ReadAhead ahead = new ReadAhead(new DocumentLoader(), cancellation)) {
      return new Run(folder, ahead, start).over(search);
    }
  }

  /** A document of the run. */
  private static final class Item {
    final Path file;
    final String source;
    final String content;
    final String result;
    BatchEntry entry;

    Item(Path file, String source, String content, String result) {
      this.file = file;
      this.source = source;
      this.content = content;
      this.result = result;
      entry = new BatchEntry(file.toString(), State.WAITING, Optional.empty(), 0, Optional.empty());
    }
  }

  private final class Run {

    private final ResultFolder folder;
    private final ReadAhead ahead;
    private final Start start;
    private final Instant begun = Instant.now();
    private final Set<String> taken = new HashSet<>();

    /** How many documents that are still to be read have the same content. */
    private final Map<String, Integer> alike = new HashMap<>();

    /** What was read of contents that come again. */
    private final Map<String, Extraction> known = new ConcurrentHashMap<>();

    private Started started;

    /** How large the last result is, in bytes. */
    private int written;

    Run(ResultFolder folder, ReadAhead ahead, Start start) {
      this.folder = folder;
      this.ahead = ahead;
      this.start = start;
      taken.add(ResultName.key(ResultFolder.SUMMARY));
    }

    BatchSummary over(DocumentSearch search) throws StageException {
      List<Item> items = new ArrayList<>();
      List<BatchEntry> unlisted =
          search.failures().stream()
              .map(failure -> failed(failure.path(), Optional.empty(), failure.cause()))
              .toList();
      boolean ended = false;
      BatchSummary summary;
      try {
        read(plan(search, items));
        ended = true;
      } catch (CancelledException stopped) {
        log.info("stopped");
      } finally {
        // However it ends, what is there is told.
        summary = summary(items, unlisted, !ended);
        keep(summary);
      }
      return summary;
    }

    private BatchSummary summary(List<Item> items, List<BatchEntry> unlisted, boolean stopped) {
      List<BatchEntry> entries = new ArrayList<>(unlisted);
      items.forEach(item -> entries.add(item.entry));
      Instant now = Instant.now();
      return new BatchSummary(settings, now, Duration.between(begun, now), stopped, entries);
    }

    private void keep(BatchSummary summary) {
      try {
        folder.write(summary);
      } catch (InferenceException e) {
        // That the folder takes nothing was told by a result already.
        log.warn("no summary: {}", e.detail());
      }
    }

    /** Leaves out what was read before, and returns what is to be read. */
    private List<Item> plan(DocumentSearch search, List<Item> items) throws CancelledException {
      List<Item> open = new ArrayList<>();
      for (DocumentSearch.Found found : search.documents()) {
        cancellation.throwIfCancelled();
        String source = found.file().toAbsolutePath().normalize().toString();
        String content = content(found.file());
        String result = result(ResultName.of(found.name()), source, content);
        Item item = new Item(found.file(), source, content, result);
        items.add(item);
        Optional<ResultFolder.Entry> before = folder.entry(result);
        if (again == Again.NO
            && !content.isEmpty()
            && before.filter(entry -> isUnchanged(entry, content)).isPresent()) {
          item.entry =
              new BatchEntry(
                  found.file().toString(),
                  State.SKIPPED,
                  Optional.of(result),
                  before.get().doubts(),
                  Optional.empty());
        } else {
          open.add(item);
          alike.merge(content, 1, Integer::sum);
        }
      }
      return open;
    }

    private boolean isUnchanged(ResultFolder.Entry entry, String content) {
      return entry.content().equals(content) && entry.settings().equals(settings.digest());
    }

    /** Empty where it cannot be read, which its opening will tell. */
    private static String content(Path file) {
      try {
        return Files.isRegularFile(file) && Files.size(file) <= DocumentLoader.LARGEST_FILE
            ? ContentDigest.of(file)
            : "";
      } catch (IOException unreadable) {
        return "";
      }
    }

    /**
     * The name of a result. Where another document has it, in this run or an earlier one, the
     * document's own path tells them apart.
     */
    private String result(String name, String source, String content) {
      String ending = "." + settings.format().extension();
      String plain = name + ending;
      boolean others =
          folder
              .entry(plain)
              .filter(entry -> !entry.source().equals(source) && !entry.content().equals(content))
              .isPresent();
      if (!others && taken.add(ResultName.key(plain))) {
        return plain;
      }
      String digest = ContentDigest.of(source.getBytes(StandardCharsets.UTF_8));
      String apart = name + "~" + digest.substring(0, 8) + ending;
      taken.add(ResultName.key(apart));
      return apart;
    }

    private void read(List<Item> open) throws StageException, CancelledException {
      for (int i = 0; i < open.size(); i++) {
        cancellation.throwIfCancelled();
        Item item = open.get(i);
        listener.onDocument(item.file, i, open.size());
        Optional<InvoiceDocument> document = Optional.empty();
        if (!known.containsKey(item.content)) {
          try {
            document = Optional.of(ahead.take(item.file));
          } catch (InferenceException e) {
            fail(item, e);
            continue;
          }
          if (started == null) {
            started = start.start();
          }
        }
        if (started != null && started.atOnce() > 1) {
          readSeveral(open, i);
          break;
        }
        if (i + 1 < open.size()) {
          openAhead(open.get(i + 1), item);
        }
        Extraction extraction;
        try {
          extraction = read(item, document);
        } catch (InferenceException e) {
          fail(item, e);
          requireThatTheRestHasAChance(e);
          continue;
        }
        keep(item, extraction);
      }
      listener.onEnd(open.size());
    }

    /** Reads the documents from one on, several at once; their results are written one by one. */
    private void readSeveral(List<Item> open, int first) throws StageException {
      DocumentLoader loader = new DocumentLoader();
      AtomicInteger done = new AtomicInteger(first);
      SeveralAtOnce.each(
          open.subList(first, open.size()),
          started.atOnce(),
          item -> {
            cancellation.throwIfCancelled();
            Optional<InvoiceDocument> document =
                known.containsKey(item.content)
                    ? Optional.empty()
                    : Optional.of(loader.load(item.file));
            return read(item, document);
          },
          new SeveralAtOnce.Results<>() {
            @Override
            public void done(Item item, Extraction extraction) throws StageException {
              listener.onDocument(item.file, done.getAndIncrement(), open.size());
              keep(item, extraction);
            }

            @Override
            public void failed(Item item, StageException failure) throws StageException {
              if (!(failure instanceof InferenceException e)) {
                throw failure;
              }
              done.getAndIncrement();
              fail(item, e);
              requireThatTheRestHasAChance(e);
            }
          });
    }

    private void keep(Item item, Extraction extraction) throws InferenceException {
      try {
        write(item, extraction);
      } catch (InferenceException e) {
        fail(item, e);
        requireThatTheRestHasAChance(e);
      }
    }

    private void openAhead(Item next, Item now) {
      boolean same = !next.content.isEmpty() && next.content.equals(now.content);
      if (!same && !known.containsKey(next.content)) {
        ahead.begin(next.file);
      }
    }

    private Extraction read(Item item, Optional<InvoiceDocument> document)
        throws StageException, CancelledException {
      Extraction extraction;
      if (document.isPresent()) {
        extraction = started.reader().read(document.get(), new Tokens(item.file), cancellation);
      } else {
        Extraction same = known.get(item.content);
        extraction = same.noting(List.of(WORDS.text("batch.same", same.document())));
      }
      Extraction named = extraction.named(item.file.toString());
      remember(item, named);
      return named;
    }

    /** Ends the run where every further document would only fail for the same reason. */
    private void requireThatTheRestHasAChance(InferenceException e) throws InferenceException {
      if (e.reason() == Reason.CARD_FAULT) {
        throw e;
      }
      if (e.reason() == Reason.OUTPUT_NOT_WRITABLE && !folder.isWritable(written)) {
        throw folder.notWritable(e);
      }
    }

    private synchronized void remember(Item item, Extraction extraction) {
      if (!item.content.isEmpty()) {
        int left = alike.merge(item.content, -1, Integer::sum);
        if (left > 0) {
          known.putIfAbsent(item.content, extraction);
        } else {
          known.remove(item.content);
        }
      }
    }

    private void write(Item item, Extraction extraction) throws InferenceException {
      DocumentOutcome outcome = DocumentOutcome.read(extraction);
      int doubts = outcome.record().orElseThrow().doubts().size();
      ResultFolder.Entry made =
          new ResultFolder.Entry(item.source, item.content, settings.digest(), doubts);
      try {
        write(item.result, InvoiceExport.bytes(outcome, settings.format()), made);
      } catch (InferenceException e) {
        if (e.reason() != Reason.NOT_AN_E_INVOICE) {
          throw e;
        }
        // What was read is not lost with the form that it does not fit into.
        String instead = item.result + ".json";
        write(instead, InvoiceExport.bytes(outcome, InvoiceExport.Format.JSON), made);
        item.entry = failed(item.file, Optional.of(instead), e);
        return;
      }
      item.entry =
          new BatchEntry(
              item.file.toString(), State.READ, Optional.of(item.result), doubts, Optional.empty());
    }

    private void write(String result, byte[] content, ResultFolder.Entry made)
        throws InferenceException {
      written = content.length;
      folder.write(result, content, made);
    }

    private void fail(Item item, InferenceException e) {
      item.entry = failed(item.file, Optional.empty(), e);
    }

    private BatchEntry failed(Path path, Optional<String> result, InferenceException e) {
      String told = e.problem().text();
      listener.onNote(path, told);
      log.info("{}: {}", path, e.detail());
      return new BatchEntry(
          path.toString(),
          State.FAILED,
          result,
          0,
          Optional.of(new BatchEntry.Failure(e.reason().name(), told)));
    }
  }

  /** Counts the tokens of one document's answer. */
  private final class Tokens implements TokenListener {

    private final Path file;
    private int tokens;

    Tokens(Path file) {
      this.file = file;
    }

    @Override
    public void onToken(int id, String text) {
      listener.onToken(file, ++tokens);
    }

    @Override
    public void onRestart(String why) {
      tokens = 0;
      listener.onNote(file, why);
    }
  }
}
