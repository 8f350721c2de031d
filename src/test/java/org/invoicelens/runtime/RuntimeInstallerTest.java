package org.invoicelens.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import okio.Buffer;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.TorchBuild;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.RateLimit;
import org.invoicelens.download.SmallVolume;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.runtime.CudaRuntimeException.Reason;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.Stage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeInstallerTest {

  @TempDir Path folder;

  private final List<Progress> reports = Collections.synchronizedList(new ArrayList<>());
  private final Cancellation cancellation = new Cancellation();
  private RuntimeServer server;
  private TorchBuild build;
  private HubSettings settings = HubSettings.DEFAULT.withoutProxy();

  @BeforeEach
  void start() throws Exception {
    server = new RuntimeServer();
    build = server.build();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static ApplicationFolders folders(Path data) {
    return new ApplicationFolders(data, data, data.resolve("state"), data.resolve("logs"));
  }

  private ApplicationFolders folders() {
    return folders(folder);
  }

  private CudaRuntime install() throws Exception {
    return install(folders(), cancellation);
  }

  private CudaRuntime install(ApplicationFolders folders, Cancellation cancellation)
      throws Exception {
    return new RuntimeInstaller(
            folders,
            build,
            TorchPlatform.LINUX,
            settings,
            new RateLimit(0),
            reports::add,
            cancellation)
        .install();
  }

  private CudaRuntimeException refused() {
    return catchThrowableOfType(CudaRuntimeException.class, this::install);
  }

  private void assertNothingIsInstalled() {
    assertThat(CudaRuntime.find(folders(), build, TorchPlatform.LINUX)).isEmpty();
    assertThat(CudaRuntime.ownFolder(folders(), build, TorchPlatform.LINUX)).doesNotExist();
  }

  private void assertWhole(CudaRuntime runtime) throws Exception {
    for (Map.Entry<String, byte[]> file : server.files.entrySet()) {
      assertThat(runtime.folder().resolve(file.getKey())).hasBinaryContent(file.getValue());
    }
    assertThat(runtime.verify(progress -> {}, new Cancellation())).isTrue();
    assertThat(CudaRuntime.find(folders(), build, TorchPlatform.LINUX)).contains(runtime);
    try (Stream<Path> left = Files.list(folders().runtimes())) {
      assertThat(left).containsExactly(runtime.folder());
    }
  }

  @Test
  void fetchesAndUnpacksEverythingAndLeavesNothingElseBehind() throws Exception {
    CudaRuntime runtime = install();
    assertThat(runtime.folder())
        .isEqualTo(folder.resolve("runtimes/pytorch-2.7.1-cu128-linux-x86_64"));
    assertWhole(runtime);
    assertThat(runtime.size())
        .isEqualTo(server.files.values().stream().mapToLong(file -> file.length).sum());
    assertThat(reports)
        .filteredOn(Progress::isWhole)
        .extracting(Progress::stage)
        .contains(Stage.DOWNLOAD, Stage.VERIFICATION);
  }

  @Test
  void asksNothingWhereItIsHereAndWhole() throws Exception {
    CudaRuntime first = install();
    server.requests.clear();
    assertThat(install()).isEqualTo(first);
    assertThat(server.requests).isEmpty();
  }

  @Test
  void fetchesAgainWhereAFileVanished() throws Exception {
    CudaRuntime runtime = install();
    Files.delete(runtime.folder().resolve("libc10_cuda.so"));
    CudaRuntimeException gone =
        catchThrowableOfType(CudaRuntimeException.class, runtime::requirePresent);
    assertThat(gone.reason()).isEqualTo(Reason.VANISHED);
    assertThat(gone.problem().meaning()).contains("virus scanner");
    assertWhole(install());
  }

  @Test
  void tellsAFileThatChanged() throws Exception {
    CudaRuntime runtime = install();
    Path file = runtime.folder().resolve("libtorch_cuda.so");
    byte[] content = Files.readAllBytes(file);
    content[1_000_000] ^= 1;
    Files.write(file, content);
    runtime.requirePresent();
    CudaRuntimeException changed =
        catchThrowableOfType(
            CudaRuntimeException.class, () -> runtime.verify(progress -> {}, cancellation));
    assertThat(changed.reason()).isEqualTo(Reason.CHANGED);
    assertThat(changed.problem().what()).contains("libtorch_cuda.so");
    Files.write(file, new byte[10]);
    assertThat(catchThrowableOfType(CudaRuntimeException.class, runtime::requirePresent).reason())
        .isEqualTo(Reason.CHANGED);
  }

  @Test
  void aFolderWithoutItsManifestIsNotWhole() throws Exception {
    CudaRuntime runtime = install();
    Files.delete(runtime.folder().resolve(RuntimeManifest.FILE));
    assertThat(CudaRuntime.find(folders(), build, TorchPlatform.LINUX)).isEmpty();
    assertWhole(install());
  }

  @Test
  void saysWhereTheServerHasNoListing() {
    server.fault =
        (path, normal) -> path.equals("files.txt") ? new MockResponse.Builder().code(404) : normal;
    CudaRuntimeException failure = refused();
    assertThat(failure.reason()).isEqualTo(Reason.NOT_ON_SERVER);
    assertThat(failure.problem().what()).contains(server.address(), "2.7.1");
    assertNothingIsInstalled();
  }

  @Test
  void aListingForbiddenAsByAStoreOfFilesCountsAsMissing() {
    server.fault = (path, normal) -> new MockResponse.Builder().code(403);
    assertThat(refused().reason()).isEqualTo(Reason.NOT_ON_SERVER);
  }

  @Test
  void refusesAListingThatLacksALibrary() {
    server.packed.remove("libtorch_cuda.so.gz");
    CudaRuntimeException failure = refused();
    assertThat(failure.reason()).isEqualTo(Reason.NOT_ON_SERVER);
    assertThat(failure.problem().meaning()).contains("libtorch_cuda.so");
  }

  @Test
  void refusesAPageInPlaceOfTheListing() {
    server.fault =
        (path, normal) ->
            new MockResponse.Builder()
                .setHeader("Content-Type", "text/html")
                .body("<html>Please log in</html>");
    assertThat(refused().reason()).isEqualTo(Reason.SERVER);
  }

  @Test
  void refusesAListingThatIsNotText() {
    server.fault =
        (path, normal) ->
            new MockResponse.Builder().body(new Buffer().write(new byte[] {(byte) 0xc3, 0x28}));
    assertThat(refused().reason()).isEqualTo(Reason.SERVER);
    server.listing = text -> text + RuntimeServer.FOLDER + "lib%zz.so.gz\n";
    server.fault = (path, normal) -> normal;
    assertThat(refused().reason()).isEqualTo(Reason.SERVER);
  }

  @Test
  void refusesNamesThatAreNotSafeOnAnySystem() throws Exception {
    for (String evil :
        List.of(
            "..%2F..%2Fevil.so.gz",
            "../evil.so.gz",
            "sub/evil.so.gz",
            "%2Fetc%2Fevil.so.gz",
            "C%3Aevil.so.gz",
            "NUL.gz",
            "evil.so:stream.gz",
            "LIBTORCH.SO.gz",
            "evil%5C..%5Cevil.so.gz",
            // Safe until the ending of the packing is taken off.
            "con.gz",
            "evil .gz",
            "invoicelens-runtime.json.gz")) {
      server.listing = text -> text + RuntimeServer.FOLDER + evil + "\n";
      assertThat(refused().reason()).as(evil).isEqualTo(Reason.SERVER);
      assertNothingIsInstalled();
    }
    assertThat(server.requests).as("nothing but listings was asked for").containsOnly("files.txt");
  }

  @Test
  void saysWhereAListedFileIsMissing() {
    server.fault =
        (path, normal) ->
            path.endsWith("libc10.so.gz") ? new MockResponse.Builder().code(404) : normal;
    assertThat(refused().reason()).isEqualTo(Reason.NOT_ON_SERVER);
    assertNothingIsInstalled();
  }

  @Test
  void asksAgainWhereTheServerIsBusyForAMoment() throws Exception {
    AtomicBoolean busy = new AtomicBoolean(true);
    server.fault =
        (path, normal) ->
            busy.compareAndSet(true, false) ? new MockResponse.Builder().code(503) : normal;
    assertWhole(install());
  }

  @Test
  void fetchesADamagedFileOnceAgain() throws Exception {
    byte[] right = server.packed.get("libtorch_cpu.so.gz");
    byte[] wrong = right.clone();
    wrong[right.length / 2] ^= 0x55;
    server.packed.put("libtorch_cpu.so.gz", wrong);
    // Mended while the rest is unpacked.
    server.fault =
        (path, normal) -> {
          if (server.requests.stream().filter(p -> p.endsWith("libtorch_cpu.so.gz")).count() == 3) {
            server.packed.put("libtorch_cpu.so.gz", right);
          }
          return normal;
        };
    assertWhole(install());
  }

  @Test
  void stopsWhereAFileIsDamagedTwice() {
    byte[] wrong = server.packed.get("libtorch_cpu.so.gz").clone();
    wrong[wrong.length / 2] ^= 0x55;
    server.packed.put("libtorch_cpu.so.gz", wrong);
    CudaRuntimeException failure = refused();
    assertThat(failure.reason()).isEqualTo(Reason.DAMAGED);
    assertThat(failure.problem().what()).contains("libtorch_cpu.so.gz");
    assertNothingIsInstalled();
  }

  @Test
  void refusesAFileThatIsNotPackedAtAll() {
    server.packed.put("libtorch_cpu.so.gz", RuntimeServer.bytes(5000, 1));
    assertThat(refused().reason()).isIn(Reason.DAMAGED, Reason.TOO_LARGE);
    assertNothingIsInstalled();
  }

  @Test
  void writesNoMoreThanAFileAnnounced() throws Exception {
    // 40 MB of nothing in 40 kB, which says at its end that it is 1000 bytes.
    byte[] bomb = RuntimeServer.gzip(new byte[40_000_000]);
    bomb[bomb.length - 4] = (byte) 0xE8;
    bomb[bomb.length - 3] = 0x03;
    bomb[bomb.length - 2] = 0;
    bomb[bomb.length - 1] = 0;
    server.packed.put("libtorch_cpu.so.gz", bomb);
    // Announced sizes below half of the packed ones are read as larger by 4 GiB.
    assertThat(refused().reason()).isEqualTo(Reason.TOO_LARGE);
    Path target = folder.resolve("unpacked");
    Path packed = Files.write(folder.resolve("bomb.gz"), bomb);
    catchThrowableOfType(
        Unpacking.DamagedException.class,
        () -> Unpacking.unpack(packed, target, 1_000_000, bytes -> {}, cancellation));
    assertThat(target).isRegularFile();
    assertThat(Files.size(target)).isLessThanOrEqualTo(1_000_000);
  }

  @Test
  void refusesSeveralPackedFilesInOne() throws Exception {
    byte[] first = RuntimeServer.gzip(new byte[1_000_000]);
    byte[] second = RuntimeServer.gzip(RuntimeServer.bytes(3000, 5));
    byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    server.packed.put("libtorch_cpu.so.gz", both);
    assertThat(refused().reason()).isEqualTo(Reason.DAMAGED);
    assertNothingIsInstalled();
  }

  @Test
  void refusesWhatIsTooLargeBeforeAnythingComes() {
    byte[] huge = RuntimeServer.gzip(new byte[60_000_000]);
    server.packed.put("libtorch_cpu.so.gz", huge);
    CudaRuntimeException failure = refused();
    assertThat(failure.reason()).isEqualTo(Reason.TOO_LARGE);
    assertThat(failure.problem().meaning()).contains("50.0 MB");
    assertThat(server.served.sum()).as("only sizes were asked for").isLessThan(100);
  }

  @Test
  void saysBeforehandThatTheDiskIsTooFull() throws Exception {
    // Room for the download, but not for what it becomes and the reserve.
    try (SmallVolume volume = SmallVolume.mount(folder, 68)) {
      CudaRuntimeException failure =
          catchThrowableOfType(
              CudaRuntimeException.class, () -> install(folders(volume.folder()), cancellation));
      assertThat(failure.reason()).isEqualTo(Reason.DISK_FULL);
      assertThat(failure.problem().meaning()).contains("3.0 MB");
      assertThat(server.served.sum()).isLessThan(100);
    }
  }

  @Test
  void goesOnWhereItWasStopped() throws Exception {
    Cancellation soon = cancelledAfterAMegabyte();
    assertThat(catchThrowableOfType(CancelledException.class, () -> install(folders(), soon)))
        .isNotNull();
    assertNothingIsInstalled();
    assertThat(RuntimeInstaller.leftBehind(folders()))
        .as("what has come, and not the room that was taken for it")
        .isBetween(1L, server.served.sum());
    server.bytesPerSecond = 0;
    assertWhole(install());
  }

  @Test
  void killedInTheMiddleItFetchesOnlyTheRest() throws Exception {
    server.with("libtorch_cuda.so", RuntimeServer.bytes(6_000_000, 9));
    server.bytesPerSecond = 500_000;
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                InstallInChild.class.getName(),
                folder.toString(),
                server.address())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Path fetching = folders().runtimes().resolve(".fetching");
    while (journalled(fetching) < 1_000_000 && !child.waitFor(20, TimeUnit.MILLISECONDS)) {
      // Not yet far enough.
    }
    child.destroyForcibly().waitFor();
    long kept = journalled(fetching);
    assertThat(kept).isGreaterThanOrEqualTo(1_000_000);
    assertNothingIsInstalled();
    server.bytesPerSecond = 0;
    long before = server.served.sum();
    assertWhole(install());
    assertThat(server.served.sum() - before)
        .isLessThanOrEqualTo(
            server.packed.values().stream().mapToLong(f -> f.length).sum() - kept + 1000);
  }

  /** How many bytes the journals claim. */
  private static long journalled(Path fetching) throws Exception {
    if (!Files.exists(fetching)) {
      return 0;
    }
    long claimed = 0;
    try (Stream<Path> files = Files.walk(fetching)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".journal")).toList()) {
        for (String line : Files.readAllLines(file)) {
          String[] words = line.split(" ");
          if (words[0].equals("have")) {
            claimed += Long.parseLong(words[2]) - Long.parseLong(words[1]);
          }
        }
      }
    } catch (java.nio.file.NoSuchFileException | java.io.UncheckedIOException replacedMeanwhile) {
      return 0;
    }
    return claimed;
  }

  @Test
  void beginsAgainWhereTheServerHasOtherFilesMeanwhile() throws Exception {
    Cancellation soon = cancelledAfterAMegabyte();
    catchThrowableOfType(CancelledException.class, () -> install(folders(), soon));
    server.bytesPerSecond = 0;
    server.tag = "\"two\"";
    server.with("libtorch_cuda.so", RuntimeServer.bytes(RuntimeServer.LARGE, 1234));
    assertWhole(install());
  }

  @Test
  void whatIsUnderWayElsewhereIsNotDisturbed() throws Exception {
    try (var _ =
        org.invoicelens.download.FolderLock.take(folders().runtimes().resolve(".fetching"))) {
      assertThat(catchThrowableOfType(DownloadException.class, this::install).reason())
          .isEqualTo(DownloadException.Reason.IN_USE);
      assertThat(
              catchThrowableOfType(
                      DownloadException.class, () -> RuntimeInstaller.discard(folders()))
                  .reason())
          .isEqualTo(DownloadException.Reason.IN_USE);
    }
    RuntimeInstaller.discard(folders());
    assertThat(folders().runtimes().resolve(".fetching")).doesNotExist();
  }

  @Test
  void provesDigestsThatSomebodyWroteDown() throws Exception {
    byte[] packed = server.packed.get("libc10.so.gz");
    String right = HexFormat.of().formatHex(Unpacking.sha256().digest(packed));
    build = withDigest(right);
    assertWhole(install());
    RuntimeInstaller.remove(
        folders(), CudaRuntime.find(folders(), build, TorchPlatform.LINUX).orElseThrow());
    build = withDigest("0".repeat(64));
    assertThat(catchThrowableOfType(DownloadException.class, this::install).reason())
        .isEqualTo(DownloadException.Reason.WRONG_CHECKSUM);
    assertNothingIsInstalled();
  }

  private TorchBuild withDigest(String hex) {
    return new TorchBuild(
        build.version(),
        build.flavor(),
        build.address(),
        build.platforms(),
        build.driverLinux(),
        build.driverWindows(),
        build.minComputeCapability(),
        build.downloadBytes(),
        build.unpackedBytes(),
        build.largestBytes(),
        Map.of("libc10.so.gz", hex));
  }

  @Test
  void saysThatItIsOffline() {
    settings = settings.withoutNetwork();
    CudaRuntimeException failure = refused();
    assertThat(failure.reason()).isEqualTo(Reason.SERVER);
    assertThat(failure.problem().remedy()).contains("HF_HUB_OFFLINE");
  }

  @Test
  void removesWhatItFetched() throws Exception {
    CudaRuntime runtime = install();
    RuntimeInstaller.remove(folders(), runtime);
    assertNothingIsInstalled();
    try (Stream<Path> left = Files.list(folders().runtimes())) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void existsForLinuxAndWindowsOnOneKindOfProcessor() {
    assertThat(TorchPlatform.of("Linux", "amd64")).contains(TorchPlatform.LINUX);
    assertThat(TorchPlatform.of("Windows 11", "amd64")).contains(TorchPlatform.WINDOWS);
    assertThat(TorchPlatform.of("Mac OS X", "aarch64")).isEmpty();
    assertThat(TorchPlatform.of("Linux", "aarch64")).isEmpty();
    assertThat(TorchPlatform.WINDOWS.required()).contains("torch_cuda.dll", "c10_cuda.dll");
  }

  /** Is cancelled by itself once the server, which becomes slow, has sent a megabyte. */
  private Cancellation cancelledAfterAMegabyte() {
    server.bytesPerSecond = 400_000;
    Cancellation soon = new Cancellation();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          while (server.served.sum() < 1_000_000) {
            Thread.onSpinWait();
          }
          soon.cancel();
        });
    return soon;
  }
}
