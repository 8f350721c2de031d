package org.invoicelens.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.invoicelens.cli.DoorForTests.Outcome;
import org.invoicelens.stage.ProgramVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdatesTest {

  @TempDir Path own;

  private Outcome ask(String version, String... options) throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    String manifest =
        "{\"format\":1,\"program\":\"InvoiceLens\",\"version\":\""
            + version
            + "\",\"packages\":[]}";
    Signature signer = Signature.getInstance("Ed25519");
    signer.initSign(keys.getPrivate());
    signer.update(manifest.getBytes(StandardCharsets.UTF_8));
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(new MockResponse.Builder().body(manifest).build());
      server.enqueue(
          new MockResponse.Builder()
              .body(Base64.getEncoder().encodeToString(signer.sign()))
              .build());
      Object[] words = new Object[5 + options.length];
      words[0] = "updates";
      words[1] = "--address";
      words[2] = server.url("/release.json");
      words[3] = "--key";
      words[4] = Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
      System.arraycopy(options, 0, words, 5, options.length);
      return new DoorForTests(own).run(words);
    }
  }

  @Test
  void saysWhetherANewerVersionExists() throws Exception {
    Outcome newer = ask("99.1.0");
    assertThat(newer.code()).isZero();
    assertThat(newer.out()).contains("InvoiceLens 99.1.0 exists");
    Outcome same = ask(ProgramVersion.current().program(), "--json");
    assertThat(same.json().get("newer").getAsBoolean()).isFalse();
    assertThat(same.json().get("running").getAsString())
        .isEqualTo(ProgramVersion.current().program());
  }

  @Test
  void isRefusedWithoutAnAddressAndWithOneThatIsNone() {
    Outcome nowhere = new DoorForTests(own).run("updates", "--json");
    assertThat(nowhere.code()).isEqualTo(2);
    assertThat(nowhere.errorReason()).isEqualTo("BAD_SETTING");
    assertThat(new DoorForTests(own).run("updates", "--address", "ftp://x/y").code()).isEqualTo(2);
  }

  @Test
  void aServerThatIsNotThereIsADownloadThatFailed() {
    Outcome outcome =
        new DoorForTests(own)
            .run("updates", "--address", "https://127.0.0.1:1/release.json", "--json");
    assertThat(outcome.code()).isEqualTo(4);
    assertThat(outcome.errorReason()).isEqualTo("UNREACHABLE");
  }
}
