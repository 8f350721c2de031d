package org.invoicelens.ui.workspace;

import java.util.List;
import javafx.scene.Node;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.Labeled;
import javafx.scene.layout.HBox;

/**
 * Buttons in one row. Where they do not fit, the last ones lose their words first and keep their
 * symbols, their tooltips and what is said of them.
 */
final class ToolRow extends HBox {

  private final List<Labeled> buttons;

  /**
   * @param buttons those among the children that can do without their words, each with a symbol
   */
  ToolRow(List<? extends Labeled> buttons, Node... children) {
    super(children);
    this.buttons = List.copyOf(buttons);
    buttons.forEach(button -> button.setMinWidth(USE_PREF_SIZE));
    setMinWidth(0);
  }

  @Override
  protected void layoutChildren() {
    fit();
    super.layoutChildren();
  }

  private void fit() {
    double room = getWidth();
    buttons.forEach(button -> show(button, ContentDisplay.LEFT));
    double needed = prefWidth(-1);
    for (Labeled button : buttons.reversed()) {
      if (needed <= room) {
        return;
      }
      double whole = button.prefWidth(-1);
      show(button, ContentDisplay.GRAPHIC_ONLY);
      needed -= whole - button.prefWidth(-1);
    }
  }

  private static void show(Labeled button, ContentDisplay display) {
    if (button.getContentDisplay() != display) {
      button.setContentDisplay(display);
    }
  }
}
