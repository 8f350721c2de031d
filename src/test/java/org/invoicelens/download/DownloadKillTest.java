package org.invoicelens.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A download whose process is killed, again and again, without any warning. */
class DownloadKillTest {

  private static final int SIZE = 4_000_000;
  private static final int KILLS = 4;

  @TempDir Path folder;

  @Test
  void killedAtRandomMomentsItEndsWithTheRightBytesAndFetchesNothingTwiceThatTheJournalHas()
      throws Exception {
    byte[] content = FaultyHub.bytes(SIZE, 3);
    Path model = folder.resolve("model");
    Random random = new Random(42);
    try (FaultyHub hub = new FaultyHub().with("model.safetensors", content)) {
      // Slow enough to be hit in the middle; the server's own pace keeps the buffers empty.
      hub.fault =
          (request, normal) -> {
            normal.bytesPerSecond = request.isForCdn() ? 500_000 : 0;
            return normal;
          };
      long kept = 0;
      for (int kill = 0; kill < KILLS; kill++) {
        long until = hub.served.sum() + 150_000 + random.nextInt(600_000);
        Process child = start(model, hub);
        while (hub.served.sum() < until && !child.waitFor(1, TimeUnit.MILLISECONDS)) {
          // Not yet far enough.
        }
        child.destroyForcibly().waitFor();
        long now = new PartialData(model).size();
        assertThat(now).as("what the journal claims never shrinks").isGreaterThanOrEqualTo(kept);
        kept = now;
        assertThat(model.resolve("model.safetensors")).doesNotExist();
      }
      assertThat(kept).as("kills lose only what came since the last journal").isPositive();
      assertGoesOn(start(model, hub), kept);
      assertThat(Files.readAllBytes(model.resolve("model.safetensors"))).isEqualTo(content);
    }
  }

  @Test
  void killedInTheMiddleItGoesOnFromSeveralServers() throws Exception {
    byte[] content = FaultyHub.bytes(SIZE, 4);
    Path model = folder.resolve("model");
    try (FaultyHub hub = new FaultyHub().with("model.safetensors", content);
        FaultyHub mirror = new FaultyHub().with("model.safetensors", content)) {
      for (FaultyHub server : List.of(hub, mirror)) {
        server.fault =
            (request, normal) -> {
              normal.bytesPerSecond = request.isForCdn() ? 500_000 : 0;
              return normal;
            };
      }
      Process child = start(model, hub, mirror.endpoint());
      while ((hub.served.sum() < 300_000 || mirror.served.sum() < 300_000)
          && !child.waitFor(1, TimeUnit.MILLISECONDS)) {
        // Not yet far enough.
      }
      child.destroyForcibly().waitFor();
      long kept = new PartialData(model).size();
      assertThat(kept).isPositive();
      assertGoesOn(start(model, hub, mirror.endpoint()), kept);
      assertThat(Files.readAllBytes(model.resolve("model.safetensors"))).isEqualTo(content);
    }
  }

  /** Whether the last process fetches what is missing and no more. */
  private static void assertGoesOn(Process last, long kept) throws Exception {
    try {
      assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
      String said = new String(last.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said).contains("transferred " + (SIZE - kept));
    } finally {
      last.destroyForcibly();
    }
  }

  private static Process start(Path model, FaultyHub hub, String... mirrors) throws Exception {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                DownloadInChild.class.getName(),
                model.toString(),
                hub.endpoint()));
    command.addAll(List.of(mirrors));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }
}
