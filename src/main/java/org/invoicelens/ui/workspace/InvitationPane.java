package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.image.ImageView;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Icon;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Rows;
import org.invoicelens.ui.workspace.Incoming.SampleCard;
import org.kordamp.ikonli.material2.Material2OutlinedAL;

/** What to do while no document is on screen, with the samples at hand. */
final class InvitationPane extends ScrollPane {

  /** A sample's height in letters. */
  private static final double SAMPLE = 5.6;

  private final WorkspaceViewModel model;

  InvitationPane(WorkspaceViewModel model) {
    this.model = model;
    Button open = button("open-here", "workspace.open", model::open);
    open.getStyleClass().add("accent");
    FlowPane buttons =
        new FlowPane(
            open,
            button("folder-here", "workspace.folder", model::openFolder),
            button("samples-here", "workspace.samples", model::readSamples));
    buttons.getStyleClass().add("buttons");

    FlowPane pictures = new FlowPane();
    pictures.getStyleClass().add("sample-cards");
    Rows.bind(pictures, model.incoming().cards(), this::card);
    Label about = Labels.wrapped(text("workspace.samples.here"), "muted", "small");
    VBox samples = new VBox(about, pictures);
    samples.setAlignment(Pos.CENTER);
    samples.getStyleClass().add("samples");

    VBox invitation =
        new VBox(
            new Icon(Material2OutlinedAL.DESCRIPTION),
            Labels.wrapped(text("workspace.invitation"), "invitation-title"),
            Labels.wrapped(text("workspace.invitation.more"), "muted"),
            buttons,
            samples);
    invitation.getStyleClass().add("invitation");
    setContent(invitation);
    setFitToWidth(true);
    setFitToHeight(true);
    setHbarPolicy(ScrollBarPolicy.NEVER);
    getStyleClass().addAll("edge-to-edge", "preview-scroll");
    visibleProperty().bind(model.selected().isNull());
    visibleProperty()
        .subscribe(visible -> {
          if (visible) {
            model.incoming().showSamples();
          }
        });
  }

  private static Button button(String id, String key, Runnable action) {
    Button button = new Button(text(key));
    button.setId(id);
    button.setMinWidth(USE_PREF_SIZE);
    button.setOnAction(e -> action.run());
    return button;
  }

  private Node card(SampleCard sample) {
    ImageView picture = new ImageView(sample.picture());
    picture.setPreserveRatio(true);
    Button card = new Button(null, picture);
    picture.fitHeightProperty().bind(card.fontProperty().map(font -> font.getSize() * SAMPLE));
    card.getStyleClass().add("sample-card");
    card.setAccessibleText(text("workspace.sample", sample.name()));
    card.setTooltip(new Tooltip(text("workspace.sample", sample.name())));
    card.setOnAction(e -> model.incoming().addSample(sample.sample()));
    return card;
  }
}
