package org.invoicelens.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.Checksum;
import org.invoicelens.download.DownloadException;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.download.TransferOptions;
import org.invoicelens.engine.InitializationException;
import org.invoicelens.hub.HubSettings;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.InGerman;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.verify.VerificationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupPipelineTest {

  @TempDir Path folder;

  @Test
  void aRepairMovesNothingThatLiesBehindALinkOutOfTheModelFolder() throws Exception {
    Path here = Path.of("").toAbsolutePath();
    ApplicationFolders folders = new ApplicationFolders(here, here, here, here);
    SetupPipeline pipeline = new SetupPipeline(folders, HubSettings.fromEnvironment());
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.writeString(model.resolve("config.json"), "{}");
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Path precious = Files.writeString(outside.resolve("data"), "precious");
    Files.createSymbolicLink(model.resolve("sub"), outside);
    ModelConfig config =
        ConfigOverrides.ofSource(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(model))
            .applyTo(pipeline.loadConfig(folders.modelConfigs().resolve("pixtral-mini.yaml")));
    Checksum wrong = new Checksum(Checksum.Algorithm.SHA256, "ab".repeat(32), 8);
    DownloadResult copied =
        new DownloadResult(
            model, config.repoId(), "", Map.of("sub/data", wrong), Duration.ZERO, 8, 0);

    DownloadException refused =
        catchThrowableOfType(
            DownloadException.class,
            () -> pipeline.verify(config, copied, ProgressListener.NONE, new Cancellation()));

    assertThat(refused.reason()).isEqualTo(DownloadException.Reason.UNSAFE_NAME);
    assertThat(precious).hasContent("precious");
  }

  @Test
  void aFileThatSpoiltWithoutChangingSizeOrTimeIsNotTrustedOnceItWasFound() throws Exception {
    Path here = Path.of("").toAbsolutePath();
    Path model = Files.createDirectory(folder.resolve("model"));
    Map<String, Checksum> checksums = new HashMap<>();
    try (DirectoryStream<Path> bundled =
        Files.newDirectoryStream(here.resolve("models/bundled/pixtral-mini"))) {
      for (Path file : bundled) {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(model.resolve(file.getFileName()), bytes);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
        checksums.put(
            file.getFileName().toString(),
            new Checksum(
                Checksum.Algorithm.SHA256, HexFormat.of().formatHex(digest), bytes.length));
      }
    }
    DownloadResult download =
        new DownloadResult(model, "some/model", "", checksums, Duration.ZERO, 0, 0);
    SetupPipeline pipeline =
        new SetupPipeline(new ApplicationFolders(here, here, here, here), HubSettings.DEFAULT);
    pipeline.check(download, ProgressListener.NONE, new Cancellation());
    assertThat(VerificationRecord.unchanged(model)).isPresent();

    Path weights = model.resolve("model.safetensors");
    FileTime time = Files.getLastModifiedTime(weights);
    try (RandomAccessFile file = new RandomAccessFile(weights.toFile(), "rw")) {
      file.seek(file.length() - 1);
      int last = file.read();
      file.seek(file.length() - 1);
      file.write(last ^ 1);
    }
    Files.setLastModifiedTime(weights, time);
    assertThat(VerificationRecord.unchanged(model)).isPresent();

    VerificationException found =
        catchThrowableOfType(
            VerificationException.class,
            () -> pipeline.check(download, ProgressListener.NONE, new Cancellation()));
    assertThat(found.reason()).isEqualTo(VerificationException.Reason.FILES_WRONG);
    assertThat(VerificationRecord.unchanged(model)).isEmpty();
  }

  @Test
  void asksWhichCommitTheRevisionIsNow() throws Exception {
    try (MockWebServer hub = new MockWebServer()) {
      hub.start();
      String commit = "ab".repeat(20);
      hub.enqueue(new MockResponse.Builder().body("{\"sha\":\"" + commit + "\"}").build());
      Path here = Path.of("").toAbsolutePath();
      ApplicationFolders folders = new ApplicationFolders(here, here, here, here);
      String endpoint = "http://127.0.0.1:" + hub.getPort();
      SetupPipeline pipeline =
          new SetupPipeline(
              folders,
              HubSettings.DEFAULT.withEndpoint(endpoint).withReadTimeout(Duration.ofSeconds(10)));
      ModelConfig config = pipeline.loadConfig(folders.modelConfigs().resolve("pixtral.yaml"));
      assertThat(pipeline.newestCommit(config, new Cancellation())).contains(commit);
      assertThat(hub.takeRequest().getTarget())
          .isEqualTo("/api/models/mistral-community/pixtral-12b/revision/main");
    }
  }

  private static SetupPipeline pipelineTo(MockWebServer hub) {
    Path here = Path.of("").toAbsolutePath();
    return new SetupPipeline(
        new ApplicationFolders(here, here, here, here),
        HubSettings.DEFAULT
            .withEndpoint("http://127.0.0.1:" + hub.getPort())
            .withReadTimeout(Duration.ofSeconds(10)));
  }

  private DownloadException failedDownload(MockWebServer hub) throws Exception {
    SetupPipeline pipeline = pipelineTo(hub);
    Path file = Path.of("config/models/pixtral.yaml").toAbsolutePath();
    ModelConfig config = pipeline.loadConfig(file).withModelPath(folder.resolve("model"));
    return catchThrowableOfType(
        DownloadException.class,
        () ->
            pipeline.download(
                config, null, TransferOptions.DEFAULT, ProgressListener.NONE, new Cancellation()));
  }

  @Test
  void aModelOfAnotherKindIsRefusedBeforeAnythingOfItComes() throws Exception {
    try (MockWebServer hub = new MockWebServer()) {
      hub.start();
      hub.enqueue(new MockResponse.Builder().body("{\"model_type\":\"qwen2_vl\"}").build());
      DownloadException refused = failedDownload(hub);
      assertThat(refused.reason()).isEqualTo(DownloadException.Reason.NOTHING_TO_DOWNLOAD);
      assertThat(refused.getMessage())
          .contains("mistral-community/pixtral-12b", "of the kind qwen2_vl, not llava");
      assertThat(hub.takeRequest().getTarget())
          .isEqualTo("/mistral-community/pixtral-12b/resolve/main/config.json");
      assertThat(hub.getRequestCount()).isEqualTo(1);
      assertThat(folder.resolve("model")).doesNotExist();
    }
  }

  @Test
  void whatTheServerDoesNotSayOfTheKindIsLeftToTheDownload() throws Exception {
    for (MockResponse answer :
        List.of(
            new MockResponse.Builder().code(404).addHeader("X-Error-Code", "EntryNotFound").build(),
            new MockResponse.Builder().body("no json").build(),
            new MockResponse.Builder().body("[]").build())) {
      try (MockWebServer hub = new MockWebServer()) {
        hub.start();
        hub.enqueue(answer);
        hub.enqueue(
            new MockResponse.Builder().code(401).addHeader("X-Error-Code", "GatedRepo").build());
        assertThat(failedDownload(hub).reason()).isEqualTo(DownloadException.Reason.TOKEN_NEEDED);
        assertThat(hub.getRequestCount()).isEqualTo(2);
      }
    }
  }

  @Test
  void speaksTheLanguageOfTheUser() throws Exception {
    Path here = Path.of("").toAbsolutePath();
    ApplicationFolders folders = new ApplicationFolders(here, here, here, here);
    SetupPipeline pipeline = new SetupPipeline(folders, HubSettings.fromEnvironment());
    ModelConfig config =
        ConfigOverrides.ofSource(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(folder))
            .applyTo(pipeline.loadConfig(folders.modelConfigs().resolve("pixtral.yaml")));
    Problem problem =
        InGerman.of(() ->
            catchThrowableOfType(
                    InitializationException.class,
                    () ->
                        pipeline.open(
                            config, SetupListener.NONE, ProgressListener.NONE, new Cancellation()))
                .problem());
    assertThat(problem.what())
        .isEqualTo("Das Modell pixtral-12b ist auf diesem Computer noch nicht eingerichtet.");
    assertThat(problem.remedy()).contains("„invoicelens setup“");
  }
}
