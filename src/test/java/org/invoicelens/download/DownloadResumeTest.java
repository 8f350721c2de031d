package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assumptions;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.hub.HubCache;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.InGerman;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run makes of what it finds in the model folder. */
class DownloadResumeTest {

  private static final String WEIGHTS = "model.safetensors";
  private static final byte[] CONTENT = FaultyHub.bytes(1_500_000, 2);
  private static final byte[] CONFIG = "{\"b\":2}".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private FaultyHub hub;
  private Fixture run;

  @BeforeEach
  void open() throws Exception {
    hub = new FaultyHub().with("config.json", CONFIG).with(WEIGHTS, CONTENT);
    run = new Fixture(folder.resolve("model"));
  }

  @AfterEach
  void close() throws Exception {
    hub.close();
  }

  /** A run that the server ends after some ranges; returns how many bytes were kept. */
  private long interrupted() throws Exception {
    hub.fault =
        (request, normal) ->
            request.isFor(WEIGHTS) && normal.from > 500_000
                ? new FaultyHub.Reply().status(500)
                : normal;
    assertThatThrownBy(() -> run.download(hub)).isInstanceOf(DownloadException.class);
    hub.fault = (request, normal) -> normal;
    hub.requests.clear();
    long kept = new PartialData(run.model).size();
    assertThat(kept).isGreaterThan(400_000).isLessThan(CONTENT.length);
    return kept;
  }

  private Path partial(String ending) {
    return run.model.resolve(".invoicelens/partial/" + FaultyHub.sha256(CONTENT) + ending);
  }

  private void assertComplete() throws Exception {
    assertThat(run.files()).containsExactlyInAnyOrder("config.json", WEIGHTS);
    assertThat(run.content(WEIGHTS)).isEqualTo(CONTENT);
  }

  private static DownloadException.Reason reasonOf(Throwable failure) {
    return ((DownloadException) failure).reason();
  }

  @Test
  void aSecondRunFetchesNothing() throws Exception {
    run.download(hub);
    hub.requests.clear();
    DownloadResult again = run.download(hub);
    assertThat(again.transferred()).isZero();
    assertThat(again.checksums()).hasSize(2);
    assertThat(hub.requests).hasSize(1);
  }

  @Test
  void aCompleteModelAtAPinnedCommitNeedsNoRequest() throws Exception {
    run.download(hub);
    hub.requests.clear();
    run.revision = hub.commit;
    assertThat(run.download(hub).transferred()).isZero();
    assertThat(hub.requests).isEmpty();
  }

  @Test
  void aCompleteModelIsASuccessWithoutANetwork() throws Exception {
    run.download(hub);
    hub.close();
    DownloadResult result = run.download(hub);
    assertThat(result.commit()).isEqualTo(hub.commit);
    assertThat(result.totalSize()).isEqualTo(CONTENT.length + CONFIG.length);
  }

  @Test
  void anIncompleteModelWithoutANetworkIsAFailure() throws Exception {
    interrupted();
    hub.close();
    assertThatThrownBy(() -> run.download(hub))
        .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(DownloadException.Reason.NO_CONNECTION));
  }

  @Test
  void aMirrorThatKnowsOfNoCommitsIsAskedForItsFilesEveryTime() throws Exception {
    hub.fault =
        (request, normal) ->
            request.target().contains("/revision/") ? new FaultyHub.Reply().status(404) : normal;
    hub.commit = "main";
    assertThat(run.download(hub).commit()).isEqualTo("main");
    assertComplete();
    byte[] changed = "{\"b\":3}".getBytes(StandardCharsets.UTF_8);
    hub.files.put("config.json", changed);
    assertThat(run.download(hub).transferred()).isEqualTo(changed.length);
    assertThat(run.content("config.json")).isEqualTo(changed);
  }

  @Test
  void offlineMakesNoRequest() throws Exception {
    HubSettings online = run.settings;
    HubSettings offline = online.withoutNetwork();
    run.settings = offline;
    assertThatThrownBy(() -> run.download(hub))
        .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(DownloadException.Reason.OFFLINE));
    assertThat(hub.requests).isEmpty();
    run.settings = online;
    run.download(hub);
    hub.requests.clear();
    run.settings = offline;
    assertThat(run.download(hub).transferred()).isZero();
    Files.delete(run.model.resolve("config.json"));
    assertThatThrownBy(() -> run.download(hub))
        .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(DownloadException.Reason.OFFLINE));
    assertThat(hub.requests).isEmpty();
  }

  @Test
  void filesCopiedFromElsewhereAreAdopted() throws Exception {
    Files.createDirectories(run.model);
    Files.write(run.model.resolve(WEIGHTS), CONTENT);
    assertThat(run.download(hub).transferred()).isEqualTo(CONFIG.length);
    assertComplete();
    assertThat(hub.requestsFor(WEIGHTS)).isZero();
  }

  private Path inCacheOfTheHub(byte[] content) throws Exception {
    Path cache = run.model.resolveSibling("hub-cache");
    Path blobs = Files.createDirectories(cache.resolve("models--owner--model/blobs"));
    run.settings = run.settings.withCache(new HubCache(cache));
    return Files.write(blobs.resolve(FaultyHub.sha256(CONTENT)), content);
  }

  @Test
  void whatTheCacheOfTheHubHoldsIsNotFetchedAgain() throws Exception {
    Path blob = inCacheOfTheHub(CONTENT);
    assertThat(run.download(hub).transferred()).isEqualTo(CONFIG.length);
    assertComplete();
    assertThat(hub.requestsFor(WEIGHTS)).isZero();
    assertThat(blob).hasBinaryContent(CONTENT);
    assertThat(run.ownFiles()).noneMatch(file -> file.contains("partial"));
  }

  @Test
  void wrongContentInTheCacheOfTheHubIsLeftAloneAndFetched() throws Exception {
    byte[] wrong = CONTENT.clone();
    wrong[77] ^= 4;
    Path blob = inCacheOfTheHub(wrong);
    run.download(hub);
    assertComplete();
    assertThat(blob).hasBinaryContent(wrong);
    assertThat(run.messages()).anyMatch(m -> m.contains("is not right"));
  }

  private Path usbDrive(byte[] content) throws Exception {
    Path usb = Files.createDirectories(run.model.resolveSibling("usb"));
    run.options = TransferOptions.DEFAULT.importing(Optional.of(usb));
    Files.writeString(usb.resolve("holiday.jpg"), "mine");
    return Files.write(usb.resolve(WEIGHTS.substring(WEIGHTS.lastIndexOf('/') + 1)), content);
  }

  @Test
  void whatAFolderHoldsIsImportedAfterComparingItsChecksum() throws Exception {
    Path file = usbDrive(CONTENT);
    assertThat(run.download(hub).transferred()).isEqualTo(CONFIG.length);
    assertComplete();
    assertThat(hub.requestsFor(WEIGHTS)).isZero();
    assertThat(file).hasBinaryContent(CONTENT);
    assertThat(run.model.resolve("holiday.jpg")).doesNotExist();
  }

  @Test
  void aFileToImportWithTheRightSizeAndTheWrongContentIsFetchedInstead() throws Exception {
    byte[] wrong = CONTENT.clone();
    wrong[77] ^= 4;
    Path file = usbDrive(wrong);
    run.download(hub);
    assertComplete();
    assertThat(file).hasBinaryContent(wrong);
  }

  @Test
  void aLinkInAFolderToImportIsFollowedAndNeverTakenItself() throws Exception {
    Path file = usbDrive(CONTENT);
    Path blob = Files.move(file, run.model.resolveSibling("blob"));
    Files.createSymbolicLink(file, blob);
    assertThat(run.download(hub).transferred()).isEqualTo(CONFIG.length);
    assertComplete();
    assertThat(Files.isSymbolicLink(run.model.resolve(WEIGHTS))).isFalse();
  }

  @Test
  void saysWhatTheFolderHad() throws Exception {
    usbDrive(CONTENT);
    DownloadResult result = run.download(hub);
    assertThat(result.imported()).isEqualTo(CONTENT.length);
    assertThat(run.messages())
        .anyMatch(m -> m.startsWith("One file, 1.5 MB, came from the folder. Downloading over"));
    run.options = TransferOptions.DEFAULT.importing(Optional.of(folder.resolve("empty")));
    Files.delete(run.model.resolve("config.json"));
    assertThat(run.download(hub).imported()).isZero();
    assertThat(run.messages()).anyMatch(m -> m.contains("empty holds no file of this model."));
  }

  @Test
  void aSnapshotInACacheOfTheHubAndAModelFolderAreFoundInAFolder() throws Exception {
    Path usb = usbDrive(CONTENT).getParent();
    Path repository = usb.resolve("models--owner--model");
    Path snapshot = Files.createDirectories(repository.resolve("snapshots/" + hub.commit));
    Path blobs = Files.createDirectories(repository.resolve("blobs"));
    Files.move(usb.resolve(WEIGHTS), blobs.resolve("blob"));
    Files.createSymbolicLink(snapshot.resolve(WEIGHTS), Path.of("../../blobs/blob"));
    Path colleagues = Files.createDirectories(usb.resolve(run.model.getFileName()));
    Files.write(colleagues.resolve("config.json"), CONFIG);
    DownloadResult result = run.download(hub);
    assertThat(result.transferred()).isZero();
    assertThat(result.imported()).isEqualTo(result.totalSize());
    assertComplete();

    run = new Fixture(folder.resolve("other"));
    run.options = TransferOptions.DEFAULT.importing(Optional.of(repository));
    assertThat(run.download(hub).imported()).isEqualTo(CONTENT.length);
  }

  @Test
  void aFileToImportThatCannotBeReadIsFetched() throws Exception {
    Path file = usbDrive(CONTENT);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    Assumptions.assumeThat(Files.isReadable(file)).isFalse();
    DownloadResult result = run.download(hub);
    assertThat(result.imported()).isZero();
    assertComplete();
  }

  /** A folder on another volume where this computer has one that is known. */
  private static Path elsewhere(Path here) throws Exception {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory) && !Files.getFileStore(memory).equals(Files.getFileStore(here))
        ? Files.createTempDirectory(memory, "import")
        : Files.createDirectories(here.resolve("elsewhere"));
  }

  @Test
  void anImportStoppedInTheMiddleLeavesNothingThatLooksWholeAndIsMadeUpForLater() throws Exception {
    Path drive = elsewhere(folder);
    Path file = Files.write(drive.resolve(WEIGHTS), CONTENT);
    try {
      run.options = TransferOptions.DEFAULT.importing(Optional.of(drive));
      run.listener =
          progress -> {
            if (progress.item().equals(WEIGHTS) && progress.done() > 0) {
              run.cancellation.cancel();
            }
          };
      assertThatThrownBy(() -> run.download(hub)).isInstanceOf(CancelledException.class);
      assertThat(run.files()).isEmpty();
      assertThat(run.ownFiles()).noneMatch(name -> name.contains("partial"));

      run = new Fixture(run.model);
      run.options = TransferOptions.DEFAULT.importing(Optional.of(drive));
      assertThat(run.download(hub).transferred()).isEqualTo(CONFIG.length);
      assertComplete();
      assertThat(hub.requestsFor(WEIGHTS)).isZero();
      assertThat(file).hasBinaryContent(CONTENT);
    } finally {
      Files.delete(file);
      Files.delete(drive);
    }
  }

  @Test
  void aFileImportedInPlaceOfAnUnfinishedOneLeavesNothingOfThat() throws Exception {
    interrupted();
    usbDrive(CONTENT);
    assertThat(run.download(hub).transferred()).isZero();
    assertComplete();
    assertThat(run.ownFiles()).noneMatch(name -> name.contains("partial"));
  }

  @Test
  void onceTheListIsKnownAFolderHelpsWithoutANetwork() throws Exception {
    interrupted();
    String endpoint = hub.endpoint();
    hub.close();
    usbDrive(CONTENT);
    DownloadResult result = run.download(endpoint, FaultyHub.REPOSITORY);
    assertThat(result.imported()).isEqualTo(CONTENT.length);
    assertComplete();
  }

  @Test
  void withoutAListAFolderCannotBeComparedAndThatIsSaid() throws Exception {
    usbDrive(CONTENT);
    String endpoint = hub.endpoint();
    hub.close();
    assertThatThrownBy(() -> run.download(endpoint, FaultyHub.REPOSITORY))
        .satisfies(e -> {
          assertThat(reasonOf(e)).isEqualTo(DownloadException.Reason.NO_CONNECTION);
          assertThat(((DownloadException) e).problem().what()).contains("list", "usb");
        });
    assertThat(run.files()).isEmpty();
  }

  @Test
  void aCopyTellsAnUnreadableFileFromOneThatIsNotRight() throws Exception {
    Checksum checksum =
        new Checksum(Checksum.Algorithm.SHA256, FaultyHub.sha256(CONTENT), CONTENT.length);
    Path copy = folder.resolve("copy");
    assertThatThrownBy(() -> Digests.copyMatches(folder, copy, checksum, n -> {}, run.cancellation))
        .isInstanceOf(Digests.UnreadableException.class);
    Files.delete(copy);
    Path file = Files.write(folder.resolve("file"), CONTENT);
    assertThat(Digests.copyMatches(file, copy, checksum, n -> {}, run.cancellation)).isTrue();
    assertThat(copy).hasBinaryContent(CONTENT);
    Files.delete(copy);
    Files.write(file, CONFIG);
    assertThat(Digests.copyMatches(file, copy, checksum, n -> {}, run.cancellation)).isFalse();
  }

  @Test
  void aWrongFileUnderAFinalNameIsReplacedOnlyByTheRightOne() throws Exception {
    byte[] wrong = CONTENT.clone();
    wrong[77] ^= 4;
    Files.createDirectories(run.model);
    Files.write(run.model.resolve(WEIGHTS), wrong);
    hub.fault =
        (request, normal) -> request.isForCdn() ? new FaultyHub.Reply().status(500) : normal;
    assertThatThrownBy(() -> run.download(hub)).isInstanceOf(DownloadException.class);
    assertThat(run.content(WEIGHTS)).isEqualTo(wrong);
    hub.fault = (request, normal) -> normal;
    run.download(hub);
    assertComplete();
    assertThat(run.messages()).anyMatch(m -> m.contains("here but not right"));
  }

  @Test
  void aFlippedBitIsFoundWhenTheFileWasTouched() throws Exception {
    run.download(hub);
    byte[] flipped = CONTENT.clone();
    flipped[5] ^= 1;
    Files.write(run.model.resolve(WEIGHTS), flipped);
    Files.setLastModifiedTime(
        run.model.resolve(WEIGHTS), java.nio.file.attribute.FileTime.fromMillis(1_000));
    assertThat(run.download(hub).transferred()).isEqualTo(CONTENT.length);
    assertComplete();
  }

  @Test
  void aPartialFileLongerThanTheFileIsGivenUp() throws Exception {
    interrupted();
    Files.write(partial(".part"), new byte[100], StandardOpenOption.APPEND);
    assertThat(run.download(hub).transferred()).isEqualTo(CONTENT.length);
    assertComplete();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20, 70, 130, 150, 200})
  void aTruncatedJournalCostsBytesAndNothingElse(int length) throws Exception {
    interrupted();
    byte[] journal = Files.readAllBytes(partial(".journal"));
    Files.write(
        partial(".journal"), java.util.Arrays.copyOf(journal, Math.min(length, journal.length)));
    run.download(hub);
    assertComplete();
  }

  @Test
  void aSpoiltJournalIsNotBelieved() throws Exception {
    interrupted();
    byte[] journal = Files.readAllBytes(partial(".journal"));
    String text =
        new String(journal, StandardCharsets.UTF_8).replaceFirst("have 0 [0-9]+", "have 0 1500000");
    Files.writeString(partial(".journal"), text);
    assertThat(run.download(hub).transferred()).isPositive();
    assertComplete();
  }

  @Test
  void aLostJournalMeansFromTheStart() throws Exception {
    interrupted();
    Files.delete(partial(".journal"));
    assertThat(run.download(hub).transferred()).isEqualTo(CONTENT.length);
    assertComplete();
  }

  @Test
  void bytesSpoiltOnDiskBetweenTwoRunsAreFoundByTheDigest() throws Exception {
    interrupted();
    byte[] data = Files.readAllBytes(partial(".part"));
    data[10] ^= 1;
    Files.write(partial(".part"), data);
    run.download(hub);
    assertComplete();
  }

  @Test
  void aListThatChangedBetweenTwoRunsIsFollowed() throws Exception {
    interrupted();
    byte[] other = FaultyHub.bytes(300_000, 7);
    hub.files.put(WEIGHTS, other);
    hub.with("generation_config.json", CONFIG);
    hub.commit = "b".repeat(40);
    run.download(hub);
    assertThat(run.files())
        .containsExactlyInAnyOrder("config.json", "generation_config.json", WEIGHTS);
    assertThat(run.content(WEIGHTS)).isEqualTo(other);
    assertThat(run.ownFiles()).noneMatch(name -> name.contains("partial"));
    assertThat(Manifest.read(run.model).orElseThrow().commit()).isEqualTo("b".repeat(40));
  }

  @Test
  void aFolderThatMovedGoesOn() throws Exception {
    long kept = interrupted();
    Path elsewhere = folder.resolve("elsewhere");
    Files.move(run.model, elsewhere);
    run = new Fixture(elsewhere);
    assertThat(run.download(hub).transferred()).isEqualTo(CONTENT.length - kept);
    assertComplete();
  }

  @Test
  void emptyFilesAndFilesOfTheSameContentArrive() throws Exception {
    hub.with("LICENSE", new byte[0]).with("README.md", new byte[0]);
    hub.with("model-2.safetensors", CONTENT);
    run.download(hub);
    assertThat(run.files())
        .containsExactlyInAnyOrder(
            "config.json", WEIGHTS, "LICENSE", "README.md", "model-2.safetensors");
    assertThat(run.content("LICENSE")).isEmpty();
    assertThat(run.content("model-2.safetensors")).isEqualTo(CONTENT);
  }

  @Test
  void cancellingStopsAndTheNextCallGoesOn() throws Exception {
    CountDownLatch halfWay = new CountDownLatch(1);
    hub.fault =
        (request, normal) -> {
          normal.stall = request.isFor(WEIGHTS) && normal.from > 0;
          return normal.stall ? normal.cut(100_000) : normal;
        };
    run.listener =
        progress -> {
          if (progress.done() > 300_000) {
            halfWay.countDown();
          }
        };
    CompletableFuture<Throwable> end =
        CompletableFuture.supplyAsync(() -> {
          try {
            run.download(hub);
            return null;
          } catch (Exception e) {
            return e;
          }
        });
    halfWay.await();
    run.cancellation.cancel();
    assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(CancelledException.class);
    long kept = new PartialData(run.model).size();
    assertThat(kept).isGreaterThan(250_000);
    hub.fault = (request, normal) -> normal;
    run = new Fixture(run.model);
    assertThat(run.download(hub).transferred()).isEqualTo(CONTENT.length - kept);
    assertComplete();
  }

  @Test
  void interruptingTheCallerIsCancelling() throws Exception {
    hub.fault =
        (request, normal) -> {
          normal.stall = request.isFor(WEIGHTS);
          return normal.stall ? normal.cut(100_000) : normal;
        };
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread caller =
        Thread.ofPlatform()
            .daemon()
            .unstarted(() -> {
              try {
                run.download(hub);
                end.complete(null);
              } catch (Exception e) {
                end.complete(e);
              }
            });
    run.listener =
        progress -> {
          if (progress.done() > 50_000) {
            caller.interrupt();
          }
        };
    caller.start();
    assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(CancelledException.class);
    assertThat(new PartialData(run.model).size()).isGreaterThan(50_000);
  }

  @Test
  void aSecondDownloadIntoTheSameFolderIsRefused() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    hub.fault =
        (request, normal) -> {
          if (request.isFor(WEIGHTS)) {
            begun.countDown();
            goOn.await();
          }
          return normal;
        };
    CompletableFuture<Void> first =
        CompletableFuture.runAsync(() -> {
          try {
            run.download(hub);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    begun.await();
    assertThatThrownBy(() -> new Fixture(run.model).download(hub))
        .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(DownloadException.Reason.IN_USE));
    assertThatThrownBy(() -> new PartialData(run.model).remove())
        .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(DownloadException.Reason.IN_USE));
    goOn.countDown();
    first.get(30, TimeUnit.SECONDS);
    assertComplete();
  }

  @Test
  void partialDataCanBeRemoved() throws Exception {
    interrupted();
    PartialData left = new PartialData(run.model);
    assertThat(left.size()).isPositive();
    left.remove();
    assertThat(left.size()).isZero();
    assertThat(run.files()).containsExactly("config.json");
    assertThat(partial(".part")).doesNotExist();
  }

  @Test
  void aModelLargerThanTheDiskIsRefusedBeforeAnythingComes() {
    hub.fault =
        (request, normal) ->
            request.target().contains("/tree/")
                ? FaultyHub.json(
                    "[{\"type\":\"file\",\"path\":\"model.safetensors\",\"oid\":\""
                        + "a".repeat(40)
                        + "\",\"size\":4000000000000000}]")
                : normal;
    assertThatThrownBy(() -> run.download(hub))
        .satisfies(e -> {
          assertThat(reasonOf(e)).isEqualTo(DownloadException.Reason.DISK_FULL);
          assertThat(e.getMessage()).contains("4.0 PB");
        });
    assertThatThrownBy(() -> InGerman.of(() -> run.download(hub)))
        .hasMessageStartingWith(
            "Die Festplatte ist zu voll für das Modell. Es fehlen noch 4,0 PB;");
    assertThat(hub.requests).noneMatch(FaultyHub.Request::isForCdn);
  }

  @Test
  void aFolderWithoutPermissionIsNamed() throws Exception {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    Assumptions.assumeThat(locked.getFileSystem().supportedFileAttributeViews()).contains("posix");
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
    Assumptions.assumeThat(Files.isWritable(locked)).isFalse();
    run = new Fixture(locked.resolve("model"));
    assertThatThrownBy(() -> run.download(hub))
        .satisfies(e -> {
          assertThat(reasonOf(e)).isEqualTo(DownloadException.Reason.NOT_WRITABLE);
          assertThat(e.getMessage()).contains("permission");
        });
  }

  @Test
  void aFileWhereTheFolderBelongsIsNamed() throws Exception {
    Files.writeString(run.model, "not a folder");
    assertThatThrownBy(() -> run.download(hub))
        .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(DownloadException.Reason.NOT_WRITABLE));
    assertThat(run.model).hasContent("not a folder");
  }

  @Test
  void aLinkThatLeadsOutsideIsNotFollowed() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.createDirectories(run.model);
    Files.createSymbolicLink(run.model.resolve("sub"), outside);
    hub.with("sub/notes.json", CONFIG);
    run.options = new TransferOptions(List.of(), List.of(), true, Optional.empty(), 0);
    assertThatThrownBy(() -> run.download(hub))
        .satisfies(e -> assertThat(reasonOf(e)).isEqualTo(DownloadException.Reason.UNSAFE_NAME));
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void theModelsFilesAloneAreFetchedUnlessMoreIsAskedFor() throws Exception {
    hub.with("pytorch_model.bin", CONFIG).with("sub/notes.txt", CONFIG).with("picture.png", CONFIG);
    run.download(hub);
    assertComplete();
    run.options =
        new TransferOptions(List.of("*.txt", "pict*"), List.of("*.png"), false, Optional.of(2), 0);
    assertThat(run.download(hub).checksums()).containsOnlyKeys("sub/notes.txt");
    run.options = new TransferOptions(List.of(), List.of(), true, Optional.empty(), 0);
    assertThat(run.download(hub).transferred()).isEqualTo(2L * CONFIG.length);
    assertThat(run.files()).hasSize(5);
  }

  @Test
  void nothingThatFitsIsAFailure() {
    run.options = new TransferOptions(List.of("*.gguf"), List.of(), false, Optional.empty(), 0);
    assertThatThrownBy(() -> run.download(hub))
        .satisfies(
            e -> assertThat(reasonOf(e)).isEqualTo(DownloadException.Reason.NOTHING_TO_DOWNLOAD));
  }

  @Test
  void anEndpointOfTheUsersChoiceReplacesTheConfigured() throws Exception {
    run.settings = run.settings.withEndpoint(hub.endpoint());
    run.download("https://hub.invalid", FaultyHub.REPOSITORY);
    assertComplete();
  }

  @Test
  void theBundledModelComesFromTheApplicationWhateverTheEnvironmentSays() throws Exception {
    run.settings =
        run.settings
            .withEndpoint("https://hub.invalid")
            .withProxy(URI.create("http://proxy.invalid:1"))
            .withoutNetwork();
    DownloadResult result = run.download("bundled", "invoicelens/pixtral-mini");
    assertThat(result.checksums()).containsKeys("config.json", "model.safetensors");
    Path shipped = Path.of("models/bundled/pixtral-mini");
    for (String file : result.checksums().keySet()) {
      assertThat(Files.mismatch(shipped.resolve(file), run.model.resolve(file))).isEqualTo(-1);
    }
    assertThat(run.download("bundled", "invoicelens/pixtral-mini").transferred()).isZero();
  }

  @Test
  void theRateStaysBelowTheLimit() throws Exception {
    run.options = new TransferOptions(List.of(), List.of(), false, Optional.empty(), 500_000);
    long before = run.ticker.nanos();
    run.download(hub);
    assertComplete();
    assertThat((run.ticker.nanos() - before) / 1e9).isGreaterThan(2.5);
  }

  @Test
  void aLimitThatIsLiftedWhileItRunsLetsTheRestThrough() throws Exception {
    Path here = Path.of("").toAbsolutePath();
    // At this rate the download would take longer than any test may.
    RateLimit limit = new RateLimit(1);
    CountDownLatch begun = new CountDownLatch(1);
    hub.fault =
        (request, normal) -> {
          if (request.isFor(WEIGHTS)) {
            begun.countDown();
          }
          return normal;
        };
    ModelDownloader downloader =
        new ModelDownloader(
            new ApplicationFolders(here, here, here, here),
            run.settings,
            TransferOptions.DEFAULT,
            limit,
            progress -> {},
            run.cancellation);
    Thread user =
        Thread.ofPlatform()
            .start(() -> {
              try {
                begun.await();
              } catch (InterruptedException stopped) {
                return;
              }
              limit.change(0);
            });
    downloader.download(run.config(hub.endpoint(), FaultyHub.REPOSITORY), null);
    user.join();
    assertComplete();
  }
}
