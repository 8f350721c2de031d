package org.invoicelens.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.invoicelens.cli.DoorForTests.Outcome;
import org.invoicelens.runtime.RuntimeServer;
import org.invoicelens.runtime.TorchPlatform;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeTest {

  @TempDir Path folder;

  private DoorForTests door;

  @BeforeEach
  void open() {
    assumeThat(TorchPlatform.current()).contains(TorchPlatform.LINUX);
    door = new DoorForTests(folder);
  }

  @Test
  void tellsHowItStands() {
    Outcome outcome = door.run("runtime");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .contains("PyTorch 2.7.1", "cu128", "not here", "2.5 GB", "Models run with the processor.");
    JsonObject json = door.run("runtime", "--json").json();
    assertThat(json.get("installed").getAsBoolean()).isFalse();
    assertThat(json.get("offered").getAsBoolean()).isTrue();
    assertThat(json.get("runs_with").getAsString()).isEqualTo("processor");
  }

  @Test
  void fetchesVerifiesAndRemoves() throws Exception {
    try (RuntimeServer server = new RuntimeServer()) {
      Outcome fetched =
          door.run("runtime", "--install", "--address", server.address() + "/", "--json");
      assertThat(fetched.code()).as(fetched.err()).isZero();
      Path runtime = Path.of(fetched.json().get("folder").getAsString());
      assertThat(runtime).startsWith(folder.resolve("runtimes"));
      assertThat(fetched.json().get("whole").getAsBoolean()).isTrue();
      Outcome verified = door.run("runtime", "--verify", "--json");
      assertThat(verified.json().get("verified").getAsString()).isEqualTo("digests");
      Files.delete(runtime.resolve("libtorch_cuda.so"));
      assertThat(door.run("runtime").out()).contains("has vanished", "virus scanner");
      Outcome gone = door.run("runtime", "--verify", "--json");
      assertThat(gone.code()).isEqualTo(5);
      assertThat(gone.errorReason()).isEqualTo("VANISHED");
      Outcome removed = door.run("runtime", "--remove", "--json");
      assertThat(removed.json().get("installed").getAsBoolean()).isFalse();
      assertThat(removed.json().get("freed_bytes").getAsLong()).isPositive();
      assertThat(runtime).doesNotExist();
      assertThat(door.run("runtime", "--verify").code()).isEqualTo(2);
    }
  }

  @Test
  void adoptsAFolderWithoutCopyingItAndForgetsItWithoutTouchingIt() throws Exception {
    Path libtorch = Files.createDirectory(folder.resolve("libtorch"));
    Path lib = Files.createDirectory(libtorch.resolve("lib"));
    Files.writeString(lib.resolve("libtorch.so"), "library");
    Outcome processor = door.run("runtime", "--adopt", libtorch);
    assertThat(processor.code()).isEqualTo(2);
    assertThat(processor.err()).contains("does not hold PyTorch for graphics cards", "libc10.so");
    for (String name : TorchPlatform.LINUX.required()) {
      Files.writeString(lib.resolve(name), "library");
    }
    assertThat(door.run("runtime", "--adopt", libtorch).err()).contains("does not say which");
    Files.writeString(libtorch.resolve("build-version"), "2.6.0+cu124\n");
    assertThat(door.run("runtime", "--adopt", libtorch).err())
        .contains("2.6.0+cu124", "2.7.1+cu128");
    Files.writeString(libtorch.resolve("build-version"), "2.7.1+cu128\n");
    Outcome adopted = door.run("runtime", "--adopt", libtorch, "--json");
    assertThat(adopted.json().get("folder").getAsString()).isEqualTo(lib.toString());
    assertThat(adopted.json().get("adopted").getAsBoolean()).isTrue();
    assertThat(door.run("runtime").out()).contains(lib + " (adopted)");
    assertThat(door.run("runtime", "--verify").out()).contains("no digests are known");
    assertThat(folder.resolve("runtimes")).doesNotExist();
    assertThat(door.run("runtime", "--remove").out()).contains("not here");
    assertThat(lib.resolve("libtorch_cuda.so")).exists();
  }

  @Test
  void aPythonPackageAndAFolderOfTheJavaLibrarySayTheirVersionToo() throws Exception {
    Path torch = Files.createDirectories(folder.resolve("site-packages/torch"));
    Path python = Files.createDirectory(torch.resolve("lib"));
    Path djl = Files.createDirectory(folder.resolve("2.7.1-20250812-cu128-linux-x86_64"));
    for (String name : TorchPlatform.LINUX.required()) {
      Files.writeString(python.resolve(name), "library");
      Files.writeString(djl.resolve(name), "library");
    }
    Files.writeString(
        torch.resolve("version.py"), "from typing import Optional\n__version__ = '2.7.1+cu128'\n");
    assertThat(door.run("runtime", "--adopt", torch).code()).isZero();
    assertThat(door.run("runtime", "--adopt", djl).out()).contains(djl + " (adopted)");
  }

  @Test
  void whatIsRememberedAndCannotBeUnderstoodIsKeptAside() throws Exception {
    Path state = Files.createDirectories(folder.resolve("state"));
    Files.writeString(state.resolve("runtime.json"), "{\"version\":1,\"adopted\":[]}");
    assertThat(door.run("runtime").out()).contains("not here");
    assertThat(state.resolve("runtime.json.broken")).exists();
  }

  @Test
  void refusesWhatMakesNoSense() {
    assertThat(door.run("runtime", "--install", "--remove").code()).isEqualTo(2);
    assertThat(door.run("runtime", "--install", "--address", "http://example.com").err())
        .contains("https://");
    assertThat(door.run("runtime", "--address", "https://example.com").err()).contains("--install");
    assertThat(door.run("runtime", "--install", "--limit-rate", "0").code()).isEqualTo(2);
  }

  @Test
  void aServerWithoutItIsSaid() throws Exception {
    try (RuntimeServer server = new RuntimeServer()) {
      Outcome outcome =
          door.run("runtime", "--install", "--address", server.address() + "/other", "--json");
      assertThat(outcome.code()).isEqualTo(4);
      assertThat(outcome.errorReason()).isEqualTo("NOT_ON_SERVER");
    }
  }
}
