package org.invoicelens.ui;

import java.awt.image.BufferedImage;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.ConfigException;
import org.invoicelens.config.ConfigLoader;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.Precision;
import org.invoicelens.config.RemoteServer;
import org.invoicelens.config.TorchBuild;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.engine.EngineFacts;
import org.invoicelens.engine.OptimizedModel;
import org.invoicelens.engine.OptimizedModel.Criterion;
import org.invoicelens.engine.RemoteModel;
import org.invoicelens.hardware.DeviceState;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.hardware.HardwareStatus.Check;
import org.invoicelens.hardware.HardwareStatus.Check.State;
import org.invoicelens.hardware.HardwareStatus.Check.Subject;
import org.invoicelens.hardware.MemoryEstimate;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.invoice.Extraction;
import org.invoicelens.invoice.InvoiceDocument;
import org.invoicelens.invoice.InvoiceFields;
import org.invoicelens.invoice.ReadingHistory;
import org.invoicelens.invoice.SampleInvoices;
import org.invoicelens.pixtral.CheckpointException;
import org.invoicelens.pixtral.GenerationResult;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.PixtralProcessor;
import org.invoicelens.pixtral.SeenPicture;
import org.invoicelens.pixtral.TokenListener;
import org.invoicelens.runtime.CudaRuntime;
import org.invoicelens.runtime.TorchPlatform;
import org.invoicelens.settings.SettingsStore;
import org.invoicelens.setup.GraphicsSupport;
import org.invoicelens.setup.InstalledModel;
import org.invoicelens.setup.SetupPipeline;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.ui.pipeline.ModelChoice;
import org.invoicelens.ui.pipeline.PipelineStages;
import org.invoicelens.ui.pipeline.ReadyModel;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.task.Work;
import org.invoicelens.ui.workspace.Surroundings;
import org.invoicelens.update.Release;
import org.invoicelens.verify.VerificationStatus;

/** A workstation, a model and their figures, made up but plausible. */
public final class Fixtures {

  /** Bytes of a GiB. */
  public static final long GIB = 1L << 30;

  private Fixtures() {}

  /** Folders with what ships, and all else in a folder of the test's own. */
  public static ApplicationFolders folders(Path own) {
    return new ApplicationFolders(
        Path.of("").toAbsolutePath(),
        own.resolve("data"),
        own.resolve("state"),
        own.resolve("logs"));
  }

  /** The real pipeline, for a workstation without a network. */
  static Stages pipeline(ApplicationFolders folders) {
    return new PipelineStages(
        folders,
        new SettingsStore(folders),
        new SetupPipeline(folders, HubSettings.DEFAULT.withoutNetwork()));
  }

  /** A configuration that ships. */
  public static ModelConfig config(String name, Path own) {
    ApplicationFolders folders = folders(own);
    try {
      return new ConfigLoader(folders).load(folders.modelConfigs().resolve(name + ".yaml"));
    } catch (ConfigException e) {
      throw new AssertionError(e);
    }
  }

  /** A version of the program with one package for this computer. */
  public static Release release(String version, boolean newer) {
    String name = "invoicelens_" + version + "_amd64.deb";
    return new Release(
        version,
        Optional.of(LocalDate.of(2026, 12, 1)),
        Optional.of(URI.create("https://example.com/new")),
        List.of(
            new Release.Package(
                name, URI.create("https://example.com/" + name), 171_000_000, "ab".repeat(32))),
        newer);
  }

  /** A configuration as a choice. */
  public static ModelChoice choice(ModelConfig config) {
    return new ModelChoice(config.source(), Optional.of(config), Optional.empty());
  }

  /** A workstation with a graphics card of 16 GiB. */
  public static HardwareStatus workstation() {
    List<MemoryEstimate> fits =
        List.of(
            fit(Precision.BFLOAT16, 23.6),
            fit(Precision.FP8, 13.5),
            fit(Precision.INT8, 13.5),
            fit(Precision.NF4, 9.0),
            fit(Precision.INT4, 9.2));
    return new HardwareStatus(
        true,
        16 * GIB,
        8.6,
        812_000_000_000L,
        true,
        Path.of("/var/tmp"),
        List.of(
            new HardwareStatus.Gpu(
                0, "NVIDIA RTX A4000", 16 * GIB, (long) (14.1 * GIB), 8.6, "570.86", "NVML", "")),
        "Intel Xeon W-2235",
        12,
        64 * GIB,
        41 * GIB,
        List.of(
            new Check(
                Subject.GRAPHICS,
                State.GOOD,
                "NVIDIA RTX A4000, 16 GiB, of which 14.1 GiB are free, compute capability 8.6",
                "NVML",
                "",
                ""),
            new Check(
                Subject.PROCESSOR,
                State.GOOD,
                "Intel Xeon W-2235, 12 logical processors",
                "OSHI",
                "",
                ""),
            new Check(
                Subject.MEMORY,
                State.REMARK,
                "64 GiB, of which 41 GiB are free",
                "OSHI",
                "Other programs hold 1.9 GiB of the graphics card.",
                "Closing programs that draw in 3D frees some of it."),
            new Check(
                Subject.DISK,
                State.GOOD,
                "812 GB are free on the disk of the model folder; 25.4 GB are needed",
                "Java",
                "",
                ""),
            new Check(Subject.NETWORK, State.GOOD, "huggingface.co answered", "HTTPS", "", "")),
        fits,
        Optional.of(Precision.NF4));
  }

  private static MemoryEstimate fit(Precision precision, double weights) {
    return new MemoryEstimate(
        precision,
        true,
        (long) (weights * GIB),
        (long) (1.3 * GIB),
        GIB,
        (long) (1.5 * GIB),
        (long) (14.1 * GIB));
  }

  /** A computer on which the library for graphics cards is not needed, or is here. */
  public static GraphicsSupport.State support() {
    return support(Optional.empty(), Optional.empty(), false);
  }

  /** A computer with a graphics card that lies idle for want of the library. */
  public static GraphicsSupport.State supportMissing() {
    return support(Optional.empty(), Optional.of("NVIDIA RTX A4000"), false);
  }

  /** A download of the library was stopped. */
  public static GraphicsSupport.State supportBegun(long arrived) {
    GraphicsSupport.State missing = supportMissing();
    return new GraphicsSupport.State(
        missing.build(),
        true,
        Optional.empty(),
        Optional.empty(),
        missing.card(),
        missing.free(),
        arrived,
        false,
        false,
        false);
  }

  /** The library is here, fetched. */
  public static GraphicsSupport.State supportHere(boolean processorLoaded) {
    return support(
        Optional.of(
            new CudaRuntime(
                Path.of("/home/user/.local/share/invoicelens/runtimes/pytorch-2.7.1-cu128-linux"),
                false,
                TorchPlatform.LINUX,
                "2.7.1",
                "cu128")),
        Optional.of("NVIDIA RTX A4000"),
        processorLoaded);
  }

  private static GraphicsSupport.State support(
      Optional<CudaRuntime> runtime, Optional<String> card, boolean processorLoaded) {
    TorchBuild build =
        new TorchBuild(
            "2.7.1",
            "cu128",
            "https://example.com",
            List.of("linux-x86_64"),
            "525",
            "528",
            7.5,
            2_500_000_000L,
            5_000_000_000L,
            12_000_000_000L,
            Map.of());
    return new GraphicsSupport.State(
        build,
        true,
        runtime,
        Optional.empty(),
        card,
        812_000_000_000L,
        0,
        false,
        processorLoaded,
        false);
  }

  /** A download that brought all. */
  public static DownloadResult download(ModelConfig config) {
    return new DownloadResult(
        config.modelPath(),
        config.repoId(),
        "0".repeat(40),
        Map.of(),
        Duration.ofMinutes(15),
        25_374_823_869L,
        25_374_823_869L);
  }

  /** A check that found all files right. */
  public static VerificationStatus verified(ModelConfig config) {
    return new VerificationStatus(config.modelPath(), true, 11, 11, 25_374_823_869L, List.of());
  }

  /** A model of the large size in some state, with what an interrupted update left. */
  public static InstalledModel installed(ModelConfig config, InstalledModel.State state) {
    return new InstalledModel(
        config.name(),
        state,
        Optional.of(config),
        Optional.empty(),
        Optional.of(config.modelPath()),
        config.repoId(),
        "c2756cbbb9422eba9f6c5c439a214b0392dfc998",
        new InstalledModel.History(
            Optional.of(Instant.parse("2026-03-02T09:12:00Z")),
            Optional.of(Instant.parse("2026-03-02T09:31:00Z")),
            Optional.of(Instant.parse("2026-04-17T14:05:00Z")),
            Optional.of("a".repeat(40))),
        Optional.of(new InstalledModel.Start(Precision.NF4, "cuda:0")),
        new InstalledModel.Sizes(
            25_374_823_869L,
            1_200_000_000L,
            0,
            0,
            List.of(
                new InstalledModel.CacheEntry(
                    config.cachePath().resolve("c2756cbbb942-nf4"), 6_800_000_000L)),
            25_374_823_869L));
  }

  /** A model that answers every document with the same words. */
  public static ReadyModel model(String answer) {
    return model(prompt -> answer);
  }

  /** A model whose answer depends on what it is asked. */
  public static ReadyModel model(Function<ModelConfig.Prompt, String> answers) {
    return new Answering(answers, document -> {});
  }

  /** A model that gives every document away before it answers. */
  public static ReadyModel watched(String answer, Consumer<InvoiceDocument> given) {
    return new Answering(prompt -> answer, given::accept);
  }

  /** A model that answers after a pause. */
  public static ReadyModel model(String answer, CountDownLatch pause) {
    return new Answering(prompt -> answer, document -> pause.await());
  }

  /** What the workspace takes from outside: the samples that ship, all else of the test. */
  public static Surroundings surroundings(Path own) {
    return new Surroundings(
        new SampleInvoices(folders(own)),
        new ReadingHistory(history(own)),
        device -> Optional.of(new DeviceState("NVIDIA RTX A4000", 16 * GIB, OptionalInt.of(61))),
        Runnable::run);
  }

  /** Where the history lies. */
  public static Path history(Path own) {
    return folders(own).data().resolve("history");
  }

  /** The eyes of the bundled model; they are never closed. */
  private static final class Eyes {
    private static final PixtralProcessor PROCESSOR = open();

    private static PixtralProcessor open() {
      try {
        return PixtralProcessor.open(Path.of("models", "bundled", "pixtral-mini"));
      } catch (CheckpointException e) {
        throw new AssertionError(e);
      }
    }
  }

  private interface Pause {
    void take(InvoiceDocument document) throws InterruptedException;
  }

  private record Answering(Function<ModelConfig.Prompt, String> answers, Pause pause)
      implements ReadyModel {

    @Override
    public SeenPicture seen(BufferedImage page) throws InferenceException {
      return Eyes.PROCESSOR.seen(page);
    }

    @Override
    public OptimizedModel facts() {
      return new OptimizedModel(
          null,
          null,
          "cuda:0",
          Precision.NF4,
          (long) (11.4 * GIB),
          0.62,
          Duration.ofMillis(940),
          AttentionVariant.SDPA,
          List.of(
              new Criterion("The model’s files are complete and verified", true, "11 files"),
              new Criterion("The test’s answer is finite and as expected", true, "0.9 s"),
              new Criterion("Memory stays within the estimate", true, "11.4 of 11.8 GiB"),
              new Criterion("The graphics card is not overloaded", true, "62 % of at most 80 %")),
          List.of(
              "16 bit needs 27.4 GiB and does not fit into 14.1 GiB, so 8 bit was considered.",
              "8 bit needs 17.3 GiB and does not fit either, so 4 bit (nf4) was chosen.",
              "Scaled dot product attention was the fastest in the warm-up."));
    }

    @Override
    public Extraction read(
        InvoiceDocument document,
        ModelConfig.Prompt prompt,
        TokenListener listener,
        Cancellation cancellation)
        throws InferenceException, CancelledException {
      String answer = answers.apply(prompt);
      int half = answer.length() / 2;
      listener.onToken(1, answer.substring(0, half));
      try {
        pause.take(document);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      cancellation.throwIfCancelled();
      listener.onToken(2, answer.substring(half));
      return new Extraction(
          document.name(),
          InvoiceFields.parse(answer),
          new GenerationResult(
              answer,
              new int[53],
              new int[172],
              GenerationResult.FinishReason.STOP,
              new GenerationResult.Timings(
                  Duration.ofMillis(820),
                  Duration.ofMillis(1310),
                  Duration.ofMillis(1560),
                  172,
                  53),
              (long) (11.4 * GIB)),
          document.pages().size(),
          document.pages().size(),
          List.of(new Extraction.SeenPage(176, 224)));
    }

    @Override
    public void close() {}
  }

  /** A model that begins an answer, runs out of memory, and begins anew in fewer bits. */
  public static ReadyModel steppingDown(ReadyModel within) {
    return new SteppingDown(within);
  }

  /** What a model does that another one does for it. */
  private abstract static class Standing implements ReadyModel {

    final ReadyModel within;

    Standing(ReadyModel within) {
      this.within = within;
    }

    @Override
    public Extraction read(
        InvoiceDocument document,
        ModelConfig.Prompt prompt,
        TokenListener listener,
        Cancellation cancellation)
        throws InferenceException, CancelledException {
      return within.read(document, prompt, listener, cancellation);
    }

    @Override
    public SeenPicture seen(BufferedImage page) throws InferenceException {
      return within.seen(page);
    }

    @Override
    public void close() {
      within.close();
    }
  }

  private static final class SteppingDown extends Standing {

    private static final String WHY =
        "4 bit (nf4) on the graphics card did not work, since memory ran out: 1.9 GiB more were"
            + " needed and 0.4 GiB are free. Loaded in 4 bit (int4) on the processor instead.";

    private volatile EngineFacts now;

    SteppingDown(ReadyModel within) {
      super(within);
      now = within.facts();
    }

    @Override
    public EngineFacts facts() {
      return now;
    }

    @Override
    public Extraction read(
        InvoiceDocument document,
        ModelConfig.Prompt prompt,
        TokenListener listener,
        Cancellation cancellation)
        throws InferenceException, CancelledException {
      listener.onToken(1, "{\"vendor\":\"cut of");
      now =
          new OptimizedModel(
              null,
              null,
              "cpu",
              Precision.INT4,
              7 * GIB,
              -1,
              Duration.ofMillis(940),
              AttentionVariant.SDPA,
              List.of(),
              List.of(WHY));
      listener.onRestart(WHY);
      Extraction read = super.read(document, prompt, listener, cancellation);
      return new Extraction(
          read.document(),
          read.fields(),
          read.generation(),
          read.pages(),
          read.pagesRead(),
          read.seen(),
          List.of(WHY));
    }
  }

  /** A model that a server has. */
  public static ReadyModel onServer(RemoteServer server, ReadyModel within) {
    return new OnServer(server, within);
  }

  private static final class OnServer extends Standing {

    private final RemoteServer server;

    OnServer(RemoteServer server, ReadyModel within) {
      super(within);
      this.server = server;
    }

    @Override
    public RemoteModel facts() {
      return new RemoteModel(
          server,
          Duration.ofMillis(940),
          List.of(
              new Criterion("The server has the model", true, server.model()),
              new Criterion("The server answers a question about a page", true, "in 0.9 s")),
          List.of("Pages and questions are sent to " + server.address() + "."));
    }
  }

  /** Work that reports, then goes on until it is asked to stop. */
  public static <V> Work<V> untilStopped(Reports reports) {
    return (listener, cancellation) -> {
      reports.to(listener);
      CountDownLatch stopped = new CountDownLatch(1);
      Cancellation.Registration registration = cancellation.onCancel(stopped::countDown);
      stopped.await();
      registration.close();
      throw new CancelledException();
    };
  }

  /** What a work reports. */
  public interface Reports {
    void to(ProgressListener listener) throws Exception;
  }
}
