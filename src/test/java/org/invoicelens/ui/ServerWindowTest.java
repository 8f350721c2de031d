package org.invoicelens.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.invoicelens.remote.VllmServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The whole way where a server reads, with every stage real and the server over real HTTP. */
class ServerWindowTest {

  @TempDir Path own;

  @RegisterExtension final WindowRobot window = new WindowRobot();
  private final VllmServer vllm = new VllmServer();

  @BeforeEach
  void start() throws Exception {
    vllm.answer = "{\"vendor\":\"Acme GmbH\",\"number\":\"4711\",\"total\":\"119.00\"}";
    vllm.start();
  }

  @AfterEach
  void stop() {
    vllm.close();
  }

  @Test
  void aServerIsEnteredTestedUsedAndReadsAndIsThereAgainWhenReopened() throws Exception {
    window.open(own, Fixtures.pipeline(Fixtures.folders(own)));
    window.click("#model-pixtral-12b");
    window.click("#next");
    window.awaitSeen("#server-address");
    window.click("#server-address");
    window.robot.write(vllm.address().toString());
    window.click("#server-test");
    window.await(() -> window.text("#server-verdict").contains("cannot be used yet"));
    assertThat(window.texts("#server-steps"))
        .anyMatch(words -> words.contains("does not have the model"))
        .anyMatch(words -> words.contains(VllmServer.MODEL));

    window.robot.interact(() ->
        ((javafx.scene.control.TextField) window.seen("#server-model")).setText(VllmServer.MODEL));
    window.click("#server-test");
    window.await(() -> window.text("#server-verdict").equals("The server can read for you."));
    window.click("#server-use");
    window.await(() -> window.text("#next").equals("_Connect to the server"));
    assertThat(window.texts("#rail"))
        .anyMatch(
            words -> words.contains("sent to 127.0.0.1") || words.contains("sent to localhost"));
    window.click("#next");
    window.awaitSeen("#criteria");
    assertThat(window.texts("#rail")).contains("not needed");
    window.click("#next");

    window.awaitSeen("#workspace");
    window.drop("#drop-zone", Path.of("assets/samples/slip-2.png"));
    window.await(() -> window.seen("#field-vendor") != null || window.seen("#fields") != null);
    window.click("#tab-answer");
    window.await(() -> window.text("#answer").contains("Acme GmbH"));
    assertThat(window.texts("#status")).anyMatch(words -> words.startsWith("pages are sent to"));
    assertThat(own.resolve("data/models")).doesNotExist();
    window.close();

    int before = vllm.questions.size();
    window.open(own, Fixtures.pipeline(Fixtures.folders(own)));
    window.awaitSeen("#workspace");
    assertThat(vllm.questions).as("only the list of models was asked for").hasSize(before);
  }
}
