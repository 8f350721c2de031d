package org.invoicelens.ui.workspace;

import java.io.File;
import javafx.scene.input.Clipboard;

/** What of a clipboard, or of what is dragged over the window, the workspace takes. */
final class Intake {

  private final WorkspaceViewModel model;

  Intake(WorkspaceViewModel model) {
    this.model = model;
  }

  /** Whether there is something to take. */
  static boolean accepts(Clipboard content) {
    return content.hasFiles() || content.hasImage();
  }

  /** Takes the files, or else the picture; a browser offers both for some pictures. */
  boolean take(Clipboard content) {
    if (content.hasFiles()) {
      model.add(content.getFiles().stream().map(File::toPath).toList());
      return true;
    }
    if (content.hasImage() && content.getImage() != null) {
      model.addPicture(content.getImage());
      return true;
    }
    return false;
  }
}
