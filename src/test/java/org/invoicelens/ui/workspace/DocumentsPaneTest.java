package org.invoicelens.ui.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javafx.scene.Node;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.layout.VBox;
import javafx.stage.Stage;
import org.invoicelens.ui.FakeDesktop;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.step.SetupSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testfx.api.FxToolkit;
import org.testfx.util.WaitForAsyncUtils;

/** The list of documents in a window. */
class DocumentsPaneTest {

  @TempDir Path own;

  private Stage stage;

  @AfterEach
  void close() throws Exception {
    FxToolkit.setupFixture(() -> stage.close());
  }

  @Test
  void theKeyboardGoesWhereDocumentsComeInAlsoWhereThatIsPartOfTheWindowOnlyLater()
      throws Exception {
    FxToolkit.registerPrimaryStage();
    VBox root = new VBox(new Button("other"));
    DocumentsPane[] pane = new DocumentsPane[1];
    FxToolkit.setupFixture(() -> {
      stage = new Stage();
      pane[0] =
          new DocumentsPane(
              new WorkspaceViewModel(
                  new SetupSession(),
                  new ManualRunner(),
                  new FakeDesktop(),
                  Fixtures.surroundings(own)));
      pane[0].takeFocus();
      stage.setScene(new Scene(root, 300, 300));
      stage.show();
    });
    WaitForAsyncUtils.waitForFxEvents();
    Node drop = pane[0].lookup("#drop-zone");
    assertThat(stage.getScene().getFocusOwner()).isNotEqualTo(drop);
    FxToolkit.setupFixture(() -> root.getChildren().add(pane[0]));
    WaitForAsyncUtils.waitFor(25, TimeUnit.SECONDS, () -> stage.getScene().getFocusOwner() == drop);
  }
}
