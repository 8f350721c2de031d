package org.invoicelens.ui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.invoicelens.stage.Stage.DOWNLOAD;
import static org.invoicelens.stage.Stage.INITIALIZATION;
import static org.invoicelens.stage.Stage.VERIFICATION;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.application.Platform;
import javafx.embed.swing.SwingFXUtils;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.DialogPane;
import javafx.scene.control.Hyperlink;
import javafx.scene.control.Label;
import javafx.scene.control.ListView;
import javafx.scene.control.MenuButton;
import javafx.scene.control.MenuItem;
import javafx.scene.control.RadioButton;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Slider;
import javafx.scene.control.TextArea;
import javafx.scene.control.TextField;
import javafx.scene.control.TitledPane;
import javafx.scene.control.ToggleButton;
import javafx.scene.image.WritableImage;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import javafx.stage.PopupWindow;
import javafx.stage.Stage;
import javafx.stage.Window;
import javax.imageio.ImageIO;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ConfigException.Fault;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.download.ModelDownloader;
import org.invoicelens.download.SourceUse;
import org.invoicelens.engine.InitializationException;
import org.invoicelens.engine.ServerCheck;
import org.invoicelens.hardware.HardwareException;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hardware.HardwareStatus.Check;
import org.invoicelens.hub.ConnectionCheck;
import org.invoicelens.hub.ConnectionCheck.State;
import org.invoicelens.hub.ConnectionCheck.Subject;
import org.invoicelens.hub.HubException;
import org.invoicelens.invoice.DocumentLoader;
import org.invoicelens.invoice.InvoiceDocument;
import org.invoicelens.invoice.PastReading;
import org.invoicelens.invoice.ReadingFacts;
import org.invoicelens.invoice.ReadingHistory;
import org.invoicelens.settings.Looks;
import org.invoicelens.settings.SecretsFile;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.settings.UpdateChoice;
import org.invoicelens.setup.InstalledModel;
import org.invoicelens.setup.InstalledModel.Sizes;
import org.invoicelens.setup.ModelPlace;
import org.invoicelens.stage.ByteSize;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Words;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.desktop.FxDesktop;
import org.invoicelens.ui.instance.Restart;
import org.invoicelens.ui.pipeline.ModelChoice;
import org.invoicelens.verify.VerificationException;
import org.invoicelens.verify.VerificationStatus;
import org.invoicelens.verify.VerificationStatus.Finding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxRobot;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/**
 * Writes a picture of every screen to {@code target/screenshots}: {@code ./mvnw test
 * -Dtest=ScreensTest -Dscreens=true}, in German with {@code -Dscreens.language=de}.
 */
@EnabledIfSystemProperty(named = "screens", matches = "true")
class ScreensTest {

  private static final Path TARGET = Path.of("target", "screenshots");

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  private final FxRobot robot = new FxRobot();
  private Stage stage;
  private Optional<Path> chosen = Optional.empty();
  private ModelConfig large;
  private ModelConfig mini;

  private static Locale before;

  private static final RemoteServer VLLM =
      RemoteServer.entered(
          "https://vllm.example.com",
          "mistralai/Pixtral-12B-2409",
          Optional.empty(),
          Optional.empty());

  @BeforeAll
  static void display() throws Exception {
    before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(System.getProperty("screens.language", "en")));
    Files.createDirectories(TARGET);
    FxToolkit.registerPrimaryStage();
  }

  @AfterAll
  static void speakAsBefore() {
    Locale.setDefault(before);
  }

  @AfterEach
  void close() throws Exception {
    FxToolkit.setupFixture(() -> stage.hide());
  }

  private void open() throws Exception {
    FxToolkit.setupFixture(() -> {
      stage = new Stage();
      ApplicationFolders folders = Fixtures.folders(own);
      InvoiceLensWindow window =
          new InvoiceLensWindow(
              stage,
              folders,
              new SettingsStore(folders),
              new SecretsFile(folders),
              stages,
              Restart.ofThisProgram(),
              notifier -> chosen.isPresent() ? decided() : realDesktop(notifier));
      // A window that changes its size while it is drawn upsets the test display.
      stage.setWidth(1024);
      stage.setHeight(700);
      window.show();
    });
  }

  private Desktop realDesktop(InvoiceLensWindow.Notifier notifier) {
    return new FxDesktop(stage, null, notifier::tell);
  }

  /** No screen shows the platform's own chooser, so a folder is chosen without it. */
  private FakeDesktop decided() {
    FakeDesktop desktop = new FakeDesktop();
    desktop.folder = chosen;
    return desktop;
  }

  private void prepare() {
    large = Fixtures.config("pixtral", own);
    mini = Fixtures.config("pixtral-mini", own);
    stages.choices = List.of(Fixtures.choice(mini), Fixtures.choice(large));
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    stages.download = (listener, cancellation) -> Fixtures.download(large);
    stages.verification = (listener, cancellation) -> Fixtures.verified(large);
  }

  private void await(BooleanSupplier condition) throws Exception {
    WaitForAsyncUtils.waitFor(20, TimeUnit.SECONDS, condition::getAsBoolean);
    WaitForAsyncUtils.waitForFxEvents();
  }

  private Node find(String id) {
    return robot.lookup(id).tryQuery().orElse(null);
  }

  private void awaitVisible(String id) throws Exception {
    await(() -> {
      Node node = find(id);
      return node != null && visible(node);
    });
  }

  private static boolean visible(Node node) {
    return node == null || (node.isVisible() && visible(node.getParent()));
  }

  private void press(String id) throws Exception {
    await(() -> robot.lookup(id).queryAll().stream().anyMatch(n -> visible(n) && !n.isDisabled()));
    robot.interact(() -> {
      Node node =
          robot.lookup(id).queryAll().stream()
              .filter(n -> visible(n) && !n.isDisabled())
              .findFirst()
              .orElseThrow();
      if (node instanceof ToggleButton toggle) {
        toggle.fire();
      } else {
        ((Button) node).fire();
      }
    });
  }

  private void shoot(String name) throws Exception {
    for (Looks.Theme theme : List.of(Looks.Theme.LIGHT, Looks.Theme.DARK)) {
      for (int scale : List.of(100, 150)) {
        String look = theme.name().toLowerCase(Locale.ROOT) + (scale == 100 ? "" : "-" + scale);
        shoot(name + "-" + look, Looks.DEFAULT.withTheme(theme).withScale(scale));
      }
    }
    robot.interact(() -> Appearance.apply(stage.getScene(), Looks.DEFAULT));
  }

  private void shoot(String name, Looks looks) throws Exception {
    robot.interact(() -> Appearance.apply(stage.getScene(), looks));
    WaitForAsyncUtils.waitForFxEvents();
    Thread.sleep(120);
    WaitForAsyncUtils.waitForFxEvents();
    WritableImage[] image = new WritableImage[1];
    robot.interact(() -> image[0] = stage.getScene().snapshot(null));
    Path file = TARGET.resolve(name + ".png");
    ImageIO.write(SwingFXUtils.fromFXImage(image[0], null), "png", file.toFile());
    assertThat(file).isNotEmptyFile();
  }

  @Test
  void settings() throws Exception {
    prepare();
    open();
    press("#rail-settings");
    awaitVisible("#settings");
    shoot("8-settings");
    robot.interact(
        () -> ((ScrollPane) robot.lookup("#settings .step-scroll").query()).setVvalue(1));
    shoot("8-settings-places");
  }

  @Test
  void updates() throws Exception {
    prepare();
    SettingsStore chosen = new SettingsStore(Fixtures.folders(own));
    chosen.change(now ->
        now.withUpdates(
            new UpdateChoice(
                true,
                Optional.of(URI.create("https://downloads.example.com/lens/release.json")),
                Optional.empty())));
    chosen.save();
    stages.release = (listener, cancellation) -> Fixtures.release("9.9.0", true);
    open();
    awaitVisible("#notices .button-bar .button");
    Thread.sleep(500);
    shoot("1-welcome-update");
    press("#notices .button-bar .button");
    awaitVisible("#updates");
    shoot("8-updates");
  }

  private static InstalledModel with(
      InstalledModel model, String name, InstalledModel.State state, Sizes sizes) {
    return new InstalledModel(
        name,
        state,
        model.config(),
        model.fault(),
        model.folder(),
        model.repository(),
        model.commit(),
        model.history(),
        model.start(),
        sizes);
  }

  private void models(Locale language) throws Exception {
    prepare();
    Locale.setDefault(language);
    InstalledModel ready = Fixtures.installed(large, InstalledModel.State.READY);
    InstalledModel small =
        with(
            Fixtures.installed(mini, InstalledModel.State.READY),
            "pixtral-mini",
            InstalledModel.State.UNVERIFIED,
            new Sizes(7_669_388, 0, 0, 0, List.of(), 7_669_388));
    InstalledModel partly =
        with(
            Fixtures.installed(
                Fixtures.config("pixtral", own).withModelPath(own.resolve("other")),
                InstalledModel.State.PARTLY),
            "a-model-of-the-house-with-a-very-long-name-for-invoices-of-all-our-suppliers",
            InstalledModel.State.PARTLY,
            new Sizes(
                9_980_000_000L,
                1_700_000_000L,
                13_694_823_869L,
                424_823_869L,
                List.of(),
                25_374_823_869L));
    InstalledModel gone =
        new InstalledModel(
            "archive",
            InstalledModel.State.FOLDER_MISSING,
            Optional.of(large),
            Optional.empty(),
            Optional.of(Path.of("/media/office/External Disk/InvoiceLens/models/archive")),
            "owner/archive",
            "",
            ready.history(),
            Optional.empty(),
            new Sizes(0, 0, 0, 0, List.of(), 0));
    ConfigException fault =
        new ConfigException(
            ConfigException.Reason.INVALID,
            List.of(),
            new Problem("The configuration cannot be used.", "", "Correct line 12."),
            null);
    InstalledModel broken =
        new InstalledModel(
            "my-own.yaml",
            InstalledModel.State.CONFIGURATION_BROKEN,
            Optional.empty(),
            Optional.of(fault),
            Optional.empty(),
            "",
            "",
            ready.history(),
            Optional.empty(),
            new Sizes(0, 0, 0, 0, List.of(), 0));
    InstalledModel served =
        new InstalledModel(
            "pixtral-server",
            InstalledModel.State.ON_SERVER,
            Optional.of(
                Fixtures.config("pixtral", own)
                    .withModelPath(own.resolve("served"))
                    .withServer(Optional.of(VLLM))),
            Optional.empty(),
            Optional.of(own.resolve("served")),
            "mistralai/Pixtral-12B-2409",
            "",
            new InstalledModel.History(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
            Optional.empty(),
            new Sizes(0, 0, 0, 0, List.of(), 0));
    stages.installed = List.of(ready, served, small, partly, gone, broken);
    stages.recallSetUp(large);
    stages.start = (listener, cancellation) -> Fixtures.model(ANSWER);
    stages.newest = Optional.of("f".repeat(40));
    open();
    awaitVisible("#workspace");
    press("#models-open");
    awaitVisible("#installed-pixtral-12b");
    press("#look-pixtral-12b");
    awaitVisible("#update-pixtral-12b");
  }

  private void scrollModels(double where) {
    robot.interact(
        () -> ((ScrollPane) robot.lookup("#models .step-scroll").query()).setVvalue(where));
  }

  @Test
  void models() throws Exception {
    models(Locale.ENGLISH);
    shoot("9-models");
    scrollModels(0.6);
    shoot("9-models-middle");
    scrollModels(1);
    shoot("9-models-end");
    scrollModels(0);
    stages.verification =
        (listener, cancellation) -> {
          throw new VerificationException(
              VerificationException.Reason.FILES_WRONG,
              new VerificationStatus(
                  large.modelPath(),
                  false,
                  10,
                  11,
                  5,
                  List.of(new Finding("tokenizer.json", Finding.Fault.MISSING, "missing"))),
              new Problem(
                  "1 of 11 files is not right.",
                  "A model with damaged files is never started.",
                  "Repair loads this file again."),
              "",
              null);
        };
    press("#verify-pixtral-12b");
    awaitVisible("#installed-pixtral-12b #failure");
    shoot("9-models-failed");
    stages.verification =
        Fixtures.untilStopped(listener ->
            listener.onProgress(
                Progress.of(
                    VERIFICATION, 12_080_000_000L, 25_374_823_869L, Progress.Unit.BYTES, "")));
    press("#verify-pixtral-12b");
    awaitVisible("#stop-pixtral-12b");
    Thread.sleep(400);
    shoot("9-models-verifying");
    press("#stop-pixtral-12b");
  }

  private void moving(Locale language) throws Exception {
    chosen = Optional.of(Path.of("/media/office/External Disk/Models"));
    models(language);
    stages.move =
        Fixtures.untilStopped(listener -> {
          copied(listener, 11_900_000_000L);
          Thread.sleep(700);
          copied(listener, 12_080_000_000L);
        });
    press("#move-pixtral-12b");
    awaitVisible("#stop-pixtral-12b");
    Thread.sleep(1200);
  }

  private static void copied(ProgressListener listener, long bytes) {
    listener.onProgress(Progress.of(DOWNLOAD, bytes, 25_374_823_869L, Progress.Unit.BYTES, ""));
  }

  @Test
  void movingAModel() throws Exception {
    moving(Locale.ENGLISH);
    shoot("9-models-moving");
    press("#stop-pixtral-12b");
    Thread.sleep(400);
    shoot("9-models-move-stopped");
  }

  @Test
  void movingAModelInGerman() throws Exception {
    try {
      moving(Locale.GERMANY);
      shoot("9-models-moving-german");
      press("#stop-pixtral-12b");
      scrollModels(1);
      Thread.sleep(400);
      stages.refusal =
          new DownloadException(
              DownloadException.Reason.NOTHING_TO_DOWNLOAD,
              Words.of(ModelPlace.class).problem("place.notHere", chosen.get(), "archive"),
              "",
              null);
      press("#find-archive");
      awaitVisible("#installed-archive #failure");
      scrollModels(1);
      shoot("9-models-elsewhere-german");
    } finally {
      Locale.setDefault(Locale.ENGLISH);
    }
  }

  @Test
  void modelsInGerman() throws Exception {
    try {
      models(Locale.GERMANY);
      shoot("9-models-german");
      scrollModels(0.6);
      shoot("9-models-german-middle");
    } finally {
      Locale.setDefault(Locale.ENGLISH);
    }
  }

  @Test
  void network() throws Exception {
    prepare();
    Problem problem =
        new Problem(
            "The certificate of huggingface.co is not trusted: it was issued by “Example"
                + " Corporation Web Gateway CA”.",
            "Your network probably inspects encrypted connections.",
            "Ask your administrator for the gateway’s certificate and choose it as the file of"
                + " certificates.");
    stages.findings =
        List.of(
            finding(Subject.ROUTE, State.GOOD, "Through the proxy proxy.example:3128"),
            new ConnectionCheck.Finding(
                Subject.SERVER,
                State.FAILED,
                problem.what(),
                Optional.of(problem),
                Optional.of(HubException.Reason.UNTRUSTED_CERTIFICATE)),
            finding(Subject.TOKEN, State.SKIPPED, "Not tried, because an earlier step failed."),
            finding(
                Subject.REPOSITORY, State.SKIPPED, "Not tried, because an earlier step failed."),
            finding(Subject.FILES, State.SKIPPED, "Not tried, because an earlier step failed."));
    open();
    press("#rail-settings");
    awaitVisible("#settings");
    robot.interact(
        () -> ((ScrollPane) robot.lookup("#settings .scroll-pane").query()).setVvalue(0.6));
    shoot("8-settings-network");
    press("#settings-back");
    stages.failDownload(DownloadException.Reason.NO_CONNECTION, problem);
    choose("pixtral-12b");
    press("#next");
    press("#next");
    awaitVisible("#failure");
    shoot("3-download-no-connection");
    press("#remedy-connection");
    // The page of the settings, which was visited before, has the same lines.
    await(() ->
        robot.lookup("#connection-verdict").queryAll().stream().anyMatch(ScreensTest::visible));
    shoot("8-network-failed");
    press("#proxy-manual");
    robot.interact(() -> ((ScrollPane) robot.lookup("#network .scroll-pane").query()).setVvalue(1));
    shoot("8-network-manual");
  }

  private static ConnectionCheck.Finding finding(Subject subject, State state, String found) {
    return new ConnectionCheck.Finding(subject, state, found, Optional.empty(), Optional.empty());
  }

  @Test
  void welcome() throws Exception {
    prepare();
    Path broken = Path.of("/srv/models/my-own-very-long-name-of-a-model-configuration.yaml");
    Fault fault =
        new Fault(
            broken, 12, 3, "$.download.conections", "unknown key.", "Did you mean connections?");
    stages.choices =
        List.of(
            Fixtures.choice(mini),
            Fixtures.choice(large),
            new ModelChoice(
                broken,
                Optional.empty(),
                Optional.of(
                    new ConfigException(
                        ConfigException.Reason.INVALID,
                        List.of(fault),
                        new Problem(
                            "The configuration cannot be used.",
                            "",
                            "Correct what is named below, then look again."),
                        null))));
    open();
    awaitVisible("#next");
    shoot("1-welcome");
  }

  @Test
  void hardware() throws Exception {
    prepare();
    open();
    choose("pixtral-12b");
    press("#next");
    awaitVisible("#gpu-memory");
    shoot("2-hardware");
    press("#copy-report");
    Thread.sleep(600);
    shoot("2-hardware-copied-light", Looks.DEFAULT);
  }

  @Test
  void graphics() throws Exception {
    prepare();
    stages.graphics = (listener, cancellation) -> Fixtures.supportMissing();
    CountDownLatch looked = new CountDownLatch(1);
    stages.graphicsInstall =
        (listener, cancellation) -> {
          listener.onProgress(
              Progress.of(
                  org.invoicelens.stage.Stage.DOWNLOAD,
                  900_000_000L,
                  2_500_000_000L,
                  Progress.Unit.BYTES,
                  "Downloading over up to 8 connections"));
          looked.await();
          throw new DownloadException(
              DownloadException.Reason.NO_CONNECTION,
              new Problem(
                  "The connection to publish.djl.ai broke off.",
                  "What has arrived is kept.",
                  "Check the network and try again."),
              "",
              null);
        };
    open();
    choose("pixtral-12b");
    press("#next");
    awaitVisible("#graphics-download");
    shoot("2-graphics-offered");
    press("#graphics-decline");
    shoot("2-graphics-declined", Looks.DEFAULT);
    press("#graphics-reconsider");
    press("#graphics-download");
    awaitVisible("#graphics-bar");
    Thread.sleep(300);
    shoot("2-graphics-working");
    looked.countDown();
    awaitVisible("#graphics-failure");
    shoot("2-graphics-failed", Looks.DEFAULT);
    stages.graphics = (listener, cancellation) -> Fixtures.supportHere(true);
    stages.installed = List.of();
    press("#rail-models");
    awaitVisible("#models-graphics-remove");
    shoot("9-graphics-models");
  }

  private void choose(String model) throws Exception {
    awaitVisible("#model-" + model);
    robot.interact(() -> ((RadioButton) find("#model-" + model)).fire());
  }

  @Test
  void server() throws Exception {
    prepare();
    stages.hardware =
        (listener, cancellation) -> {
          HardwareStatus good = Fixtures.workstation();
          List<Check> checks = new ArrayList<>(good.checks());
          checks.removeIf(check -> check.subject() == Check.Subject.PRECISION);
          throw new HardwareException(
              HardwareException.Reason.TOO_LITTLE_MEMORY,
              new HardwareStatus(
                  false,
                  0,
                  0,
                  good.diskSpace(),
                  true,
                  good.tempDir(),
                  List.of(),
                  good.processor(),
                  4,
                  8L << 30,
                  5L << 30,
                  checks,
                  List.of(),
                  Optional.empty()),
              new Problem(
                  "This computer has too little memory for pixtral-12b.",
                  "It needs 11.8 GiB, and 5.0 GiB are free.",
                  "Close other programs, or let a server of your company read."),
              "",
              null);
        };
    stages.serverCheck =
        (listener, cancellation) ->
            List.of(
                new ServerCheck.Finding(
                    ServerCheck.Subject.SERVER,
                    ServerCheck.State.FAILED,
                    "vllm.example.com does not have the model pixtral.",
                    Optional.of(
                        new Problem(
                            "",
                            "It has: mistralai/Pixtral-12B-2409.",
                            "Enter one of these names, or ask the people who run the server."))),
                new ServerCheck.Finding(
                    ServerCheck.Subject.ANSWER,
                    ServerCheck.State.SKIPPED,
                    "Not tried, because an earlier step failed.",
                    Optional.empty()));
    open();
    choose("pixtral-12b");
    press("#next");
    awaitVisible("#server-address");
    shoot("2-server-offered");
    robot.interact(() -> {
      ((TextField) find("#server-address")).setText("https://vllm.example.com/v1");
      ((TextField) find("#server-model")).setText("pixtral");
    });
    press("#server-key-file");
    press("#server-test");
    awaitVisible("#server-fault");
    press("#server-key-none");
    press("#server-test");
    awaitVisible("#server-verdict");
    Thread.sleep(300);
    shoot("2-server-failed");
    stages.serverCheck =
        (listener, cancellation) ->
            List.of(
                new ServerCheck.Finding(
                    ServerCheck.Subject.SERVER,
                    ServerCheck.State.GOOD,
                    "Reached; it has the model mistralai/Pixtral-12B-2409. Pages and questions are"
                        + " sent to https://vllm.example.com/v1; nothing else leaves this"
                        + " computer.",
                    Optional.empty()),
                new ServerCheck.Finding(
                    ServerCheck.Subject.ANSWER,
                    ServerCheck.State.GOOD,
                    "A question about a page was answered in 0.9 s.",
                    Optional.empty()));
    press("#server-test");
    Thread.sleep(600);
    shoot("2-server-good");
    stages.hardware = (listener, cancellation) -> Fixtures.workstation();
    press("#server-use");
    Thread.sleep(600);
    shoot("2-server-in-use", Looks.DEFAULT);
    stages.start =
        (listener, cancellation) -> {
          throw new InitializationException(
              InitializationException.Reason.SERVER_FAILED,
              new Problem(
                  "vllm.example.com refuses the connection.",
                  "The server is not running, or a firewall is in the way.",
                  "Check the address of the server; in a company, ask for access to it."),
              "UNREACHABLE",
              null);
        };
    press("#next");
    awaitVisible("#remedy-server");
    shoot("5-server-lost", Looks.DEFAULT);
    stages.start = (listener, cancellation) -> Fixtures.onServer(VLLM, Fixtures.model(ANSWER));
    press("#retry");
    awaitVisible("#criteria");
    shoot("5-server-started", Looks.DEFAULT);
    press("#next");
    awaitVisible("#drop-zone");
    shoot("6-server-workspace", Looks.DEFAULT);
  }

  @Test
  void hardwareInsufficient() throws Exception {
    prepare();
    HardwareStatus good = Fixtures.workstation();
    List<Check> checks = new ArrayList<>(good.checks());
    checks.set(
        3,
        new Check(
            Check.Subject.DISK,
            Check.State.FAILED,
            "3.1 GB are free on the disk of the model folder; 25.4 GB are needed",
            "Java",
            "The model does not fit on this disk.",
            "Free 22.3 GB, or set model_path in the configuration to a folder on another disk."));
    HardwareStatus bad =
        new HardwareStatus(
            true,
            good.gpuMemory(),
            8.6,
            3_100_000_000L,
            true,
            good.tempDir(),
            good.gpus(),
            good.processor(),
            12,
            good.memoryTotal(),
            good.memoryAvailable(),
            checks,
            good.fits(),
            good.recommended());
    stages.hardware =
        (listener, cancellation) -> {
          throw new HardwareException(
              HardwareException.Reason.TOO_LITTLE_DISK,
              bad,
              new Problem(
                  "There is too little room on the disk for the model.",
                  "3.1 GB are free where 25.4 GB are needed, so the download is not begun.",
                  "Free 22.3 GB on the disk of the model folder, or choose a smaller model."),
              "",
              null);
        };
    open();
    choose("pixtral-12b");
    press("#next");
    awaitVisible("#failure");
    shoot("2-hardware-failed");
  }

  private static void downloading(ProgressListener listener) throws InterruptedException {
    long total = 25_374_823_869L;
    for (int i = 1; i <= 6; i++) {
      long size = i < 6 ? 4_990_000_000L : 424_823_869L;
      report(listener, "model-0000" + i + "-of-00006.safetensors", i < 3 ? size : 0, size);
    }
    report(listener, "tokenizer.json", 9_000_000, 9_000_000);
    report(
        listener,
        "a-folder-with-a-long-name/and-another-one/processor_configuration.json",
        0,
        2_000);
    long done = 9_980_000_000L;
    for (int i = 0; i < 8; i++) {
      done += 11_000_000 + (i % 3) * 4_000_000;
      report(listener, "model-00003-of-00006.safetensors", done - 9_980_000_000L, 4_990_000_000L);
      listener.onProgress(
          Progress.of(
              DOWNLOAD,
              done,
              total,
              Progress.Unit.BYTES,
              Words.of(ModelDownloader.class).text("progress.downloading", 8)));
      Thread.sleep(520);
    }
  }

  private static void report(ProgressListener listener, String file, long done, long total) {
    listener.onProgress(new Progress(DOWNLOAD, file, done, total, Progress.Unit.BYTES, ""));
  }

  @Test
  void download() throws Exception {
    prepare();
    stages.download = Fixtures.untilStopped(ScreensTest::downloading);
    open();
    choose("pixtral-12b");
    press("#next");
    press("#next");
    awaitVisible("#percent");
    Thread.sleep(4500);
    shoot("3-download");
    Platform.runLater(() -> ((Button) find("#cancel")).fire());
    await(() -> robot.listWindows().size() > 1);
    WritableImage[] image = new WritableImage[1];
    Window question =
        robot.listWindows().stream().filter(w -> w != stage && w.isFocused()).findFirst().get();
    robot.interact(() -> image[0] = question.getScene().snapshot(null));
    ImageIO.write(
        SwingFXUtils.fromFXImage(image[0], null),
        "png",
        TARGET.resolve("3-download-question.png").toFile());
    robot.type(KeyCode.ESCAPE);
    press("#pause");
    await(() -> !find("#next").isDisabled());
    shoot("3-download-paused");
  }

  @Test
  void downloadFromSeveralServers() throws Exception {
    prepare();
    CountDownLatch end = new CountDownLatch(1);
    List<SourceUse> servers =
        List.of(
            new SourceUse("huggingface.co", false, 3_310_000_000L, 12_100_000, false),
            new SourceUse(
                "models.share.example.com/departments/finance/pixtral-12b",
                true,
                22_060_000_000L,
                80_700_000,
                false),
            new SourceUse("old.example.com:8080/pixtral", true, 4_823_869L, 0, true));
    stages.download =
        (listener, cancellation) -> {
          downloading(listener);
          String each =
              servers.stream()
                  .filter(use -> use.bytesPerSecond() > 0)
                  .map(use -> use.name() + " " + ByteSize.text(use.bytesPerSecond()) + "/s")
                  .collect(Collectors.joining(", "));
          listener.onProgress(
              Progress.of(
                  DOWNLOAD,
                  10_200_000_000L,
                  25_374_823_869L,
                  Progress.Unit.BYTES,
                  Words.of(ModelDownloader.class).text("progress.downloadingFrom", 8, each)));
          end.await();
          DownloadResult all = Fixtures.download(Fixtures.config("pixtral", own));
          return new DownloadResult(
              all.modelPath(),
              all.repoId(),
              all.commit(),
              all.checksums(),
              all.downloadTime(),
              25_374_823_869L,
              25_374_823_869L,
              0,
              servers);
        };
    openDownload();
    Thread.sleep(5500);
    shoot("3-download-servers");
    end.countDown();
    Thread.sleep(1500);
    press("#back");
    Thread.sleep(300);
    press("#back");
    Thread.sleep(300);
    shoot("3-download-servers-done");
  }

  private void openDownload() throws Exception {
    open();
    choose("pixtral-12b");
    press("#next");
    press("#next");
    awaitVisible("#percent");
  }

  private void scrollStep(double where) {
    robot.interact(() ->
        robot.lookup(".step-scroll").queryAll().stream()
            .filter(ScreensTest::visible)
            .forEach(node -> ((ScrollPane) node).setVvalue(where)));
  }

  @Test
  void downloadOfManyFilesWithALimit() throws Exception {
    prepare();
    stages.present = 10_200_000_000L;
    stages.download =
        Fixtures.untilStopped(listener -> {
          for (int i = 10; i < 27; i++) {
            report(listener, "weights/part-" + i + "-of-a-divided-model.bin", 0, 1_000_000_000);
          }
          listener.onProgress(
              Progress.of(
                  DOWNLOAD,
                  10_200_000_000L,
                  25_374_823_869L,
                  Progress.Unit.BYTES,
                  Words.of(ModelDownloader.class)
                      .text("progress.tryingAgain", "part-12", "4", "…")));
          Thread.sleep(600);
          downloading(listener);
          listener.onProgress(
              Progress.of(
                  DOWNLOAD,
                  10_300_000_000L,
                  25_374_823_869L,
                  Progress.Unit.BYTES,
                  Words.of(ModelDownloader.class).text("progress.askedToWait", "12")));
        });
    openDownload();
    robot.interact(() -> ((Slider) find("#limit")).setValue(3));
    Thread.sleep(5200);
    shoot("3-download-many-waiting");
    scrollStep(1);
    shoot("3-download-many-folder");
    press("#more-files");
    scrollStep(0.6);
    shoot("3-download-many-unfolded");
  }

  @Test
  void downloadImported() throws Exception {
    prepare();
    stages.download = Fixtures.untilStopped(ScreensTest::downloading);
    openDownload();
    Thread.sleep(1500);
    press("#pause");
    await(() -> !find("#next").isDisabled());
    scrollStep(1);
    shoot("3-download-paused-folder");
    stages.download =
        Fixtures.untilStopped(listener -> {
          downloading(listener);
          Words words = Words.of(ModelDownloader.class);
          listener.onProgress(
              Progress.of(
                  DOWNLOAD,
                  10_300_000_000L,
                  25_374_823_869L,
                  Progress.Unit.BYTES,
                  words.text("progress.imported", 4, ByteSize.text(9_980_000_000L))
                      + " "
                      + words.text("progress.downloading", 8)));
        });
    press("#next");
    scrollStep(0);
    Thread.sleep(5200);
    shoot("3-download-imported");
  }

  @Test
  void downloadFailed() throws Exception {
    prepare();
    stages.download =
        (listener, cancellation) -> {
          report(listener, "model-00001-of-00006.safetensors", 4_990_000_000L, 4_990_000_000L);
          report(listener, "model-00002-of-00006.safetensors", 990_000_000L, 4_990_000_000L);
          throw new DownloadException(
              DownloadException.Reason.UNTRUSTED_CERTIFICATE,
              new Problem(
                  "The certificate of huggingface.co is not trusted: it was issued by “Example"
                      + " Corporation Web Gateway CA”.",
                  "Your network probably inspects encrypted connections.",
                  "Ask your administrator for the gateway’s certificate and start InvoiceLens with"
                      + " it as the CA file."),
              "PKIX path building failed",
              null);
        };
    open();
    choose("pixtral-12b");
    press("#next");
    press("#next");
    awaitVisible("#failure");
    shoot("3-download-failed");
  }

  @Test
  void verification() throws Exception {
    prepare();
    stages.verification =
        Fixtures.untilStopped(listener -> {
          for (int i = 1; i <= 3; i++) {
            listener.onProgress(
                new Progress(
                    VERIFICATION,
                    "model-0000" + i + "-of-00006.safetensors",
                    i < 3 ? 4_990_000_000L : 2_100_000_000L,
                    4_990_000_000L,
                    Progress.Unit.BYTES,
                    ""));
          }
          listener.onProgress(
              Progress.of(
                  VERIFICATION,
                  12_080_000_000L,
                  25_374_823_869L,
                  Progress.Unit.BYTES,
                  "Hashing model-00003-of-00006.safetensors"));
        });
    open();
    choose("pixtral-12b");
    press("#next");
    press("#next");
    await(() -> find("#step-verification") != null);
    Thread.sleep(400);
    shoot("4-verification");
  }

  @Test
  void verificationFailed() throws Exception {
    prepare();
    stages.verification =
        (listener, cancellation) -> {
          throw new VerificationException(
              VerificationException.Reason.FILES_WRONG,
              new VerificationStatus(
                  large.modelPath(),
                  false,
                  9,
                  11,
                  25_374_823_869L,
                  List.of(
                      new Finding(
                          "model-00002-of-00006.safetensors",
                          Finding.Fault.WRONG_CHECKSUM,
                          "The content is not what was published, though the size is right."),
                      new Finding(
                          "tokenizer.json", Finding.Fault.MISSING, "The file is missing."))),
              new Problem(
                  "2 of 11 files are not right.",
                  "A model with damaged files is never started.",
                  "Repair loads these files again. If it happens again, have the disk and the"
                      + " memory of this computer checked."),
              "",
              null);
        };
    open();
    choose("pixtral-12b");
    press("#next");
    press("#next");
    awaitVisible("#failure");
    shoot("4-verification-failed");
  }

  @Test
  void start() throws Exception {
    prepare();
    stages.start =
        Fixtures.untilStopped(listener ->
            listener.onProgress(
                Progress.of(
                    INITIALIZATION,
                    7_100_000_000L,
                    25_000_000_000L,
                    Progress.Unit.BYTES,
                    "Loading in 4 bit (nf4): layer 11 of 40")));
    open();
    choose("pixtral-12b");
    press("#next");
    press("#next");
    await(() -> find("#step-start") != null);
    Thread.sleep(400);
    shoot("5-start");
  }

  private static final String ANSWER =
      """
      {"vendor":"Xehea Thoud","number":"05207","date":"2019-09-25","currency":"USD","total":5691.0,\
      "items":[{"description":"Bolts","quantity":4,"unit_price":944.27,"amount":3777.08}]}\
      """;

  @Test
  void workspace() throws Exception {
    prepare();
    stages.start = (listener, cancellation) -> Fixtures.model(ANSWER);
    open();
    choose("pixtral-12b");
    press("#next");
    press("#next");
    awaitVisible("#criteria");
    shoot("5-start-done");
    press("#next");
    awaitVisible("#workspace");
    shoot("6-workspace-empty");
    press("#samples-here");
    awaitVisible("#field-vendor");
    await(() -> find("#read-again") != null && !find("#read-again").isDisabled());
    robot.interact(() -> ((ListView<?>) find("#documents")).getSelectionModel().clearAndSelect(0));
    awaitVisible("#field-vendor");
    Thread.sleep(400);
    shoot("6-workspace-samples");
    press("#tab-timings");
    shoot("6-workspace-timings");
  }

  @Test
  void workspaceNoEInvoice() throws Exception {
    prepare();
    stages.start = (listener, cancellation) -> Fixtures.model(ANSWER);
    open();
    choose("pixtral-12b");
    press("#next");
    press("#next");
    awaitVisible("#criteria");
    press("#next");
    awaitVisible("#workspace");
    press("#samples-here");
    awaitVisible("#field-vendor");
    await(() -> find("#read-again") != null && !find("#read-again").isDisabled());
    MenuButton export = (MenuButton) find("#export");
    robot.interact(export::show);
    shootWindow(window -> window instanceof PopupWindow, "6-workspace-export");
    robot.interact(export::hide);
    MenuItem xml =
        export.getItems().stream()
            .filter(item -> "export-xml".equals(item.getId()))
            .findFirst()
            .orElseThrow();
    for (Looks.Theme theme : List.of(Looks.Theme.LIGHT, Looks.Theme.DARK)) {
      for (int scale : List.of(100, 150)) {
        Looks looks = Looks.DEFAULT.withTheme(theme).withScale(scale);
        robot.interact(() -> Appearance.apply(stage.getScene(), looks));
        Platform.runLater(xml::fire);
        shootWindow(
            window ->
                window.getScene() != null && window.getScene().getRoot() instanceof DialogPane,
            "6-workspace-no-e-invoice-" + theme.name().toLowerCase(Locale.ROOT) + "-" + scale);
      }
    }
  }

  /** Draws a window that lies above the program's own. */
  private void shootWindow(Predicate<Window> wanted, String name) throws Exception {
    await(() -> Window.getWindows().stream().anyMatch(wanted));
    Thread.sleep(300);
    Window above = Window.getWindows().stream().filter(wanted).findFirst().orElseThrow();
    WritableImage[] image = new WritableImage[1];
    robot.interact(() -> image[0] = above.getScene().snapshot(null));
    ImageIO.write(
        SwingFXUtils.fromFXImage(image[0], null), "png", TARGET.resolve(name + ".png").toFile());
    if (!(above instanceof PopupWindow)) {
      robot.interact(above::hide);
    }
  }

  @Test
  void workspaceReading() throws Exception {
    prepare();
    CountDownLatch pause = new CountDownLatch(1);
    stages.recallSetUp(large);
    stages.start = (listener, cancellation) -> Fixtures.model(ANSWER, pause);
    open();
    awaitVisible("#workspace");
    press("#samples-here");
    awaitVisible("#stop");
    Thread.sleep(600);
    shoot("7-workspace-reading");
    pause.countDown();
  }

  /** Memory ran out while a document was read: what is told at once, and what stays with it. */
  private void steppedDown(String name, Looks looks) throws Exception {
    prepare();
    stages.recallSetUp(large);
    stages.start = (listener, cancellation) -> Fixtures.steppingDown(Fixtures.model(ANSWER));
    open();
    awaitVisible("#workspace");
    robot.interact(() -> Appearance.apply(stage.getScene(), looks));
    add(Path.of("assets/samples/slip-2.png"));
    awaitVisible("#field-vendor");
    Thread.sleep(400);
    shoot(name, looks);
    press("#tab-timings");
    shoot(name + "-timings", looks);
  }

  @Test
  void steppedDown() throws Exception {
    steppedDown("7-workspace-stepped-down", Looks.DEFAULT);
  }

  @Test
  void steppedDownInTheDarkAndLarge() throws Exception {
    Looks looks = Looks.DEFAULT.withTheme(Looks.Theme.DARK).withScale(150);
    steppedDown("7-workspace-stepped-down-dark-150", looks);
  }

  private static final String DOUBTFUL =
      """
      {"vendor":"Müller & Söhne Gebäudetechnik und Wartungsgesellschaft mbH","number":"2026-0417",\
      "date":"03/04/2026","due_date":"14.13.2026","currency":"EUR","net":"1.200,00",\
      "tax_rate":"19 %","tax":"228,00","total":"1.482,00","items":[{"description":"Wartung Pumpe P3 \
      einschließlich Anfahrt","quantity":1,"unit_price":"900,00","amount":"900,00"},\
      {"description":"Dichtungssatz","quantity":4,"unit_price":"75,00","amount":"330,00"}],\
      "iban":"DE02120300000000202051","payment_terms":"14 days net"}\
      """;

  /** An invoice with everything, in long words, and misread in several places. */
  private static final String WHOLE =
      """
      {"seller":{"name":"Müller & Söhne Pumpentechnik und Anlagenbau GmbH & Co. KG",\
      "address":"Hinter den Kirschkatenweg 117\\n20457 Hamburg","vat_id":"DE136695967"},\
      "buyer":{"name":"Österreichische Wasserwerke Aktiengesellschaft","address":"Ring 3, 1010 \
      Wien","vat_id":"ATU13585627"},"number":"2026-0417","issue_date":"14.11.2026",\
      "due_date":"28.11.2026","currency":"EUR","lines":[{"description":"Wartung Pumpe P3 \
      einschließlich Anfahrt","quantity":"2,5","unit":"Std.","unit_price":"4.400,00",\
      "amount":"11.000,00","tax_rate":"19 %"},{"description":"Handbuch","quantity":"4",\
      "unit":"Stk","unit_price":"50,00","amount":"200,00","tax_rate":"7 %"}],"taxes":\
      [{"rate":"19 %","net":"11.000,00","tax":"2.090,00"},{"rate":"7 %","net":"200,00",\
      "tax":"41,00"}],"net":"11.200,00","tax":"2.104,00","gross":"13.304,00","payment":\
      {"iban":"DE89 3704 0044 0532 O130 00","bic":"UBSWCHZH80A","reference":"RE 2026-0417"}}\
      """;

  private void openDoubtful() throws Exception {
    openRead(DOUBTFUL);
  }

  private void openRead(String answer) throws Exception {
    prepare();
    stages.recallSetUp(large);
    stages.start = (listener, cancellation) -> Fixtures.model(answer);
    open();
    awaitVisible("#workspace");
    robot.interact(() -> {
      ClipboardContent content = new ClipboardContent();
      content.putFiles(List.of(Path.of("assets/samples/slip-2.png").toAbsolutePath().toFile()));
      Clipboard.getSystemClipboard().setContent(content);
    });
    press("#paste");
    awaitVisible("#field-vendor");
    Thread.sleep(400);
  }

  private void scroll(double where) {
    robot.interact(
        () -> ((ScrollPane) find("#fields").getParent().getParent().getParent()).setVvalue(where));
  }

  @Test
  void form() throws Exception {
    openDoubtful();
    shoot("8-form-doubts");
    scroll(1);
    shoot("8-form-lines");
    robot.interact(() -> ((TextField) find("#field-total")).setText("1.428,00"));
    robot.interact(() -> ((TitledPane) find("#further")).setExpanded(true));
    press("#add-line");
    Thread.sleep(300);
    scroll(0.5);
    shoot("8-form-edited");
    press("#tab-answer");
    shoot("8-form-answer");
    press("#tab-timings");
    shoot("8-form-timings");
  }

  @Test
  void formOfAWholeInvoice() throws Exception {
    openRead(WHOLE);
    shoot("8-form-whole");
    // A scroll pane keeps its place in pixels while its content grows with the scale.
    for (int part = 1; part <= 4; part++) {
      for (Looks.Theme theme : List.of(Looks.Theme.LIGHT, Looks.Theme.DARK)) {
        for (int scale : List.of(100, 150)) {
          Looks looks = Looks.DEFAULT.withTheme(theme).withScale(scale);
          robot.interact(() -> Appearance.apply(stage.getScene(), looks));
          WaitForAsyncUtils.waitForFxEvents();
          scroll(part / 4.0);
          String look = theme.name().toLowerCase(Locale.ROOT) + (scale == 100 ? "" : "-" + scale);
          shoot("8-form-whole-" + part + "-" + look, looks);
        }
      }
    }
  }

  @Test
  void formOfAWholeInvoiceInGerman() throws Exception {
    Locale.setDefault(Locale.GERMANY);
    try {
      openRead(WHOLE);
      robot.interact(() -> ((Hyperlink) find("#add-tax")).fire());
      Thread.sleep(300);
      shoot("8-form-german-whole");
      scroll(1);
      shoot("8-form-german-payment");
    } finally {
      Locale.setDefault(Locale.ENGLISH);
    }
  }

  @Test
  void formInGerman() throws Exception {
    Locale.setDefault(Locale.GERMANY);
    try {
      openDoubtful();
      shoot("8-form-german");
      scroll(1);
      shoot("8-form-german-lines");
      press("#tab-prompt");
      shoot("9-prompt-german");
    } finally {
      Locale.setDefault(Locale.ENGLISH);
    }
  }

  @Test
  void prompt() throws Exception {
    openDoubtful();
    press("#tab-prompt");
    shoot("9-prompt");
    robot.interact(() -> ((TextArea) find("#prompt-user")).setText(""));
    shoot("9-prompt-empty");
    robot.interact(() -> ((TextArea) find("#prompt-user")).setText("Read the total."));
    press("#prompt-use");
    shoot("9-prompt-changed");
  }

  private void openWorkspace() throws Exception {
    prepare();
    stages.recallSetUp(large);
    stages.start = (listener, cancellation) -> Fixtures.model(ANSWER);
    open();
    awaitVisible("#workspace");
  }

  private void add(Path... files) throws Exception {
    robot.interact(() -> {
      ClipboardContent content = new ClipboardContent();
      content.putFiles(Stream.of(files).map(file -> file.toAbsolutePath().toFile()).toList());
      Clipboard.getSystemClipboard().setContent(content);
    });
    press("#paste");
  }

  private Path slip(int number, String name) throws Exception {
    Path file = own.resolve(name);
    return Files.copy(Path.of("assets", "samples", "slip-" + number + ".png"), file);
  }

  private void awaitCounts(String words) throws Exception {
    await(() -> find("#counts") instanceof Label counts && counts.getText().contains(words));
    Thread.sleep(500);
  }

  /** A page as scanners make them: 300 dots per inch. */
  private Path scan() throws Exception {
    BufferedImage page = new BufferedImage(2480, 3508, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = page.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, page.getWidth(), page.getHeight());
    graphics.setColor(Color.BLACK);
    graphics.setFont(new Font(Font.SERIF, Font.BOLD, 110));
    graphics.drawString("Müller & Söhne GmbH", 260, 400);
    graphics.setFont(new Font(Font.SERIF, Font.PLAIN, 52));
    for (int line = 0; line < 34; line++) {
      graphics.drawString("Position " + line + ", Wartung Pumpe P3", 260, 700 + line * 75);
      graphics.drawString((100 + line * 7) + ",00", 2000, 700 + line * 75);
    }
    graphics.dispose();
    Path file = own.resolve("scan.png");
    ImageIO.write(page, "png", file.toFile());
    return file;
  }

  @Test
  void queue() throws Exception {
    openWorkspace();
    Path broken = Files.writeString(own.resolve("Lieferschein 2026-11.pdf"), "no document");
    Path notes = Files.writeString(own.resolve("notes.txt"), "none");
    add(
        slip(
            0,
            "2026-11-14 Müller & Söhne Gebäudetechnik und Wartungsgesellschaft, Rechnung 0417.png"),
        slip(1, "scan_0031.png"),
        slip(2, "receipt.png"),
        slip(3, "Rechnung 1.png"),
        slip(4, "Rechnung 2.png"),
        slip(5, "Rechnung 3.png"),
        slip(6, "Rechnung 4.png"),
        slip(7, "Rechnung 5.png"),
        broken,
        notes);
    awaitCounts("8 read · 1 not readable");
    shoot("A-queue");
    press("#refusals-close");
    robot.interact(() -> ((ListView<?>) find("#documents")).getSelectionModel().select(8));
    Thread.sleep(400);
    shoot("A-queue-failed");
  }

  @Test
  void queueInGerman() throws Exception {
    Locale.setDefault(Locale.GERMANY);
    try {
      openWorkspace();
      Thread.sleep(800);
      shoot("A-empty-german");
      Path notes = Files.writeString(own.resolve("notes.txt"), "none");
      add(slip(0, "Rechnung.png"), notes);
      awaitCounts("1 gelesen");
      press("#as-seen");
      Thread.sleep(500);
      shoot("A-queue-german");
    } finally {
      Locale.setDefault(Locale.ENGLISH);
    }
  }

  @Test
  void dropping() throws Exception {
    openWorkspace();
    Thread.sleep(800);
    robot.interact(() -> {
      find("#drop-cover").visibleProperty().unbind();
      find("#drop-cover").setVisible(true);
    });
    shoot("A-dropping");
  }

  @Test
  void pixels() throws Exception {
    openWorkspace();
    add(scan());
    awaitCounts("1 read");
    shoot("B-page");
    press("#rotate-right");
    Thread.sleep(900);
    shoot("B-page-turned");
    press("#rotate-left");
    press("#as-seen");
    Thread.sleep(1200);
    shoot("B-page-seen");
    for (int i = 0; i < 9; i++) {
      press("#zoom-in");
    }
    shoot("B-page-seen-enlarged");
  }

  @Test
  void history() throws Exception {
    ReadingHistory kept = new ReadingHistory(Fixtures.history(own));
    for (int i = 0; i < 12; i++) {
      Instant at = Instant.now().minus(i / 3 * 23L, ChronoUnit.HOURS).minusSeconds(i);
      InvoiceDocument document = new DocumentLoader().load(slip(i % 8, "invoice " + i + ".png"));
      kept.keep(
          new PastReading(
              ReadingHistory.newId(at),
              new PastReading.Source(
                  document.name(),
                  Optional.of(own.resolve(document.name())),
                  Optional.empty(),
                  false),
              new ReadingFacts(
                  at, "pixtral-12b", "4 bit", "cuda:0", new ModelConfig.Prompt("", "Read."), false),
              Fixtures.model(ANSWER)
                  .read(
                      document,
                      new ModelConfig.Prompt("", "Read."),
                      (id, t) -> {},
                      new Cancellation()),
              0,
              i % 4 == 1 ? Map.of("vendor", "Somebody Else and Sons") : Map.of()));
    }
    Files.delete(own.resolve("invoice 4.png"));
    openWorkspace();
    awaitCounts("12 earlier");
    shoot("C-history");
    robot.interact(() -> ((ListView<?>) find("#documents")).getSelectionModel().select(1));
    awaitVisible("#field-vendor");
    Thread.sleep(500);
    shoot("C-history-read");
    robot.interact(() -> ((ListView<?>) find("#documents")).getSelectionModel().clearAndSelect(4));
    Thread.sleep(500);
    shoot("C-history-gone");
  }
}
