package org.invoicelens.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelMoveTest {

  @TempDir Path own;

  private Path from;
  private Path to;
  private final List<Progress> reports = new ArrayList<>();
  private final Cancellation cancellation = new Cancellation();

  @BeforeEach
  void aModel() throws Exception {
    from = own.resolve("old/model");
    to = own.resolve("new/model");
    Files.createDirectories(from.resolve(".invoicelens/partial"));
    Files.write(from.resolve("model.safetensors"), new byte[9_000_000]);
    Files.writeString(from.resolve("config.json"), "{}");
    Files.writeString(from.resolve(".invoicelens/partial/x.journal"), "1");
  }

  private void move() throws Exception {
    new ModelMove(reports::add, cancellation).move(from, to);
  }

  @Test
  void onOneVolumeItIsANewName() throws Exception {
    move();
    assertThat(from).doesNotExist();
    assertThat(to.resolve("model.safetensors")).hasSize(9_000_000);
    assertThat(to.resolve(".invoicelens/partial/x.journal")).hasContent("1");
  }

  @Test
  void intoAFolderThatIsThereEveryFileIsCopiedAndThenTheOldOnesGo() throws Exception {
    Files.createDirectories(to);
    Files.writeString(to.resolve("mine.txt"), "mine");
    move();
    assertThat(from).doesNotExist();
    assertThat(to.resolve("model.safetensors")).hasSize(9_000_000);
    assertThat(to.resolve("mine.txt")).hasContent("mine");
    assertThat(reports.getLast().fraction()).isEqualTo(1);
  }

  @Test
  void stoppedInTheMiddleTheOldFolderIsWholeAndNothingHalfWrittenLooksWhole() throws Exception {
    Files.createDirectories(to);
    ModelMove move =
        new ModelMove(
            report -> {
              if (report.message().contains("model.safetensors")) {
                cancellation.cancel();
              }
            },
            cancellation);
    assertThatThrownBy(() -> move.move(from, to)).isInstanceOf(CancelledException.class);
    assertThat(from.resolve("model.safetensors")).hasSize(9_000_000);
    assertThat(from.resolve("config.json")).exists();
    assertThat(to.resolve("model.safetensors")).doesNotExist();

    new ModelMove(reports::add, new Cancellation()).move(from, to);
    assertThat(from).doesNotExist();
    assertThat(to.resolve("model.safetensors")).hasSize(9_000_000);
  }

  @Test
  void whatALinkLeadsToStaysWhereItIs() throws Exception {
    Path elsewhere = Files.writeString(own.resolve("elsewhere.txt"), "mine");
    Files.createSymbolicLink(from.resolve("link"), elsewhere);
    Files.createDirectories(to);
    move();
    assertThat(elsewhere).hasContent("mine");
    assertThat(to.resolve("link")).doesNotExist();
  }
}
