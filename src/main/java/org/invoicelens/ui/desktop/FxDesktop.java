package org.invoicelens.ui.desktop;

import static org.invoicelens.ui.text.Messages.text;

import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javafx.application.HostServices;
import javafx.scene.Parent;
import javafx.scene.control.Alert;
import javafx.scene.control.Button;
import javafx.scene.control.ButtonBar;
import javafx.scene.control.ButtonBar.ButtonData;
import javafx.scene.control.ButtonType;
import javafx.scene.control.DialogPane;
import javafx.scene.control.Label;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.layout.Region;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import javafx.stage.FileChooser.ExtensionFilter;
import javafx.stage.Window;
import org.invoicelens.invoice.DocumentType;

/** The desktop the window is on. */
public final class FxDesktop implements Desktop {

  private final Window window;
  private final HostServices host;
  private final Consumer<String> notifier;

  /**
   * @param host opens folders and pages
   * @param notifier shows a sentence for a while
   */
  public FxDesktop(Window window, HostServices host, Consumer<String> notifier) {
    this.window = window;
    this.host = host;
    this.notifier = notifier;
  }

  @Override
  public void copy(String text) {
    ClipboardContent content = new ClipboardContent();
    content.putString(text);
    Clipboard.getSystemClipboard().setContent(content);
  }

  @Override
  public List<Path> chooseDocuments() {
    FileChooser chooser = new FileChooser();
    chooser.setTitle(text("chooser.documents"));
    chooser
        .getExtensionFilters()
        .addAll(
            new ExtensionFilter(
                text("chooser.invoices"),
                Stream.of(DocumentType.values())
                    .flatMap(type -> type.extensions().stream())
                    .map(extension -> "*." + extension)
                    .toList()),
            new ExtensionFilter(text("chooser.all"), "*"));
    List<File> files = chooser.showOpenMultipleDialog(window);
    return files == null ? List.of() : files.stream().map(File::toPath).toList();
  }

  @Override
  public Optional<Path> chooseTarget(String suggestedName) {
    FileChooser chooser = new FileChooser();
    chooser.setTitle(text("chooser.save"));
    chooser.setInitialFileName(suggestedName);
    return Optional.ofNullable(chooser.showSaveDialog(window)).map(File::toPath);
  }

  @Override
  public Optional<Path> chooseFolder(String title, Path start) {
    DirectoryChooser chooser = new DirectoryChooser();
    chooser.setTitle(title);
    Path folder = start;
    while (folder != null && !Files.isDirectory(folder)) {
      folder = folder.getParent();
    }
    if (folder != null) {
      chooser.setInitialDirectory(folder.toFile());
    }
    return Optional.ofNullable(chooser.showDialog(window)).map(File::toPath);
  }

  @Override
  public Optional<Path> chooseFile(String title, List<String> endings) {
    FileChooser chooser = new FileChooser();
    chooser.setTitle(title);
    if (!endings.isEmpty()) {
      List<String> patterns = endings.stream().map(ending -> "*." + ending).toList();
      chooser
          .getExtensionFilters()
          .addAll(
              new ExtensionFilter(String.join(", ", patterns), patterns),
              new ExtensionFilter(text("chooser.all"), "*"));
    }
    return Optional.ofNullable(chooser.showOpenDialog(window)).map(File::toPath);
  }

  @Override
  public void show(Path path) {
    host.showDocument(path.toUri().toString());
  }

  @Override
  public void browse(URI page) {
    host.showDocument(page.toString());
  }

  @Override
  public int ask(Question question) {
    List<ButtonType> buttons =
        question.answers().stream()
            .map(answer ->
                new ButtonType(
                    answer,
                    answer.equals(question.answers().getLast())
                        ? ButtonData.CANCEL_CLOSE
                        : ButtonData.OTHER))
            .toList();
    Alert alert = new Alert(Alert.AlertType.CONFIRMATION, "", buttons.toArray(ButtonType[]::new));
    alert.initOwner(window);
    alert.setTitle(question.title());
    alert.setHeaderText(question.title());
    Label content = new Label(question.text());
    content.setWrapText(true);
    content.getStyleClass().add("question-text");
    alert.setGraphic(null);
    DialogPane pane = alert.getDialogPane();
    pane.setContent(content);
    pane.getStyleClass().add("question");
    pane.getStylesheets().addAll(window.getScene().getStylesheets());
    // A dialog is a window of its own: it takes over the looks of the one it belongs to.
    Parent root = window.getScene().getRoot();
    pane.setStyle(root.getStyle());
    root.getPseudoClassStates().forEach(state -> pane.pseudoClassStateChanged(state, true));
    for (ButtonType button : buttons) {
      Button answer = (Button) pane.lookupButton(button);
      answer.setMinWidth(Region.USE_PREF_SIZE);
      ButtonBar.setButtonUniformSize(answer, false);
    }
    return buttons.indexOf(alert.showAndWait().orElse(buttons.getLast()));
  }

  @Override
  public void tell(String text) {
    notifier.accept(text);
  }
}
