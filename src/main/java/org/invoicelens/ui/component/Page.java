package org.invoicelens.ui.component;

import static org.invoicelens.ui.text.Messages.text;

import javafx.application.Platform;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ScrollPane;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.material2.Material2AL;

/** A screen that is visited and left again: a way back, a headline, and cards that scroll. */
public final class Page extends BorderPane {

  private final Button back = new Button(text("page.back"), new Icon(Material2AL.ARROW_BACK));

  /**
   * @param id the prefix of its texts and the id of its node
   * @param leave goes back
   */
  public Page(String id, Runnable leave, Node... cards) {
    setId(id);
    getStyleClass().add("visited");
    back.setId(id + "-back");
    back.getStyleClass().add("flat");
    back.setCancelButton(true);
    back.setOnAction(e -> leave.run());
    HBox bar = new HBox(back);
    bar.getStyleClass().add("workspace-bar");
    VBox content = new VBox(cards);
    content.getStyleClass().add("cards");
    VBox page =
        new VBox(
            Labels.wrapped(text(id + ".headline"), "headline"),
            Labels.wrapped(text(id + ".sentence"), "sentence"),
            content);
    page.getStyleClass().add("step-page");
    // Not wider than can be read, and in the middle of what is there.
    HBox middle = new HBox(page);
    middle.getStyleClass().add("page-middle");
    HBox.setHgrow(page, Priority.ALWAYS);
    ScrollPane scroll = new ScrollPane(middle);
    scroll.setFitToWidth(true);
    scroll.getStyleClass().addAll("edge-to-edge", "step-scroll");
    setTop(bar);
    setCenter(scroll);
    visibleProperty()
        .subscribe(visible -> {
          if (visible) {
            // Once it is part of the window.
            Platform.runLater(back::requestFocus);
          }
        });
  }
}
