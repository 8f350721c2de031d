package org.invoicelens.ui.shell;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javafx.application.Platform;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.value.ObservableValue;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.RadioButton;
import javafx.scene.control.ScrollPane;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import javafx.util.Subscription;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Shown;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.download.DownloadView;
import org.invoicelens.ui.failure.FailurePane;
import org.invoicelens.ui.graphics.GraphicsCard;
import org.invoicelens.ui.hardware.HardwareView;
import org.invoicelens.ui.instance.Leaving;
import org.invoicelens.ui.start.StartView;
import org.invoicelens.ui.step.StepAction;
import org.invoicelens.ui.step.StepViewModel;
import org.invoicelens.ui.verification.VerificationView;
import org.invoicelens.ui.welcome.WelcomeView;

/** The frame around the current step: rail, headline, content, and the buttons below. */
public final class WizardShell extends BorderPane {

  /** The width in em from which the steps have room for their names. */
  private static final double ROOMY = 60;

  private final WizardViewModel wizard;
  private final Map<StepViewModel, Node> pages = new LinkedHashMap<>();
  private final ScrollPane scroll = new ScrollPane();
  private final FlowPane actions = new FlowPane();
  private final Button back = new Button(text("wizard.back"));
  private final Button next = new Button();
  private final Button workspace = new Button(text("wizard.workspace"));
  private Subscription followed = Subscription.EMPTY;

  /**
   * @param leaving for what counts after the next start
   * @param log where the log lies
   * @param ready whether there is a workspace to go back to
   */
  public WizardShell(
      WizardViewModel wizard,
      Leaving leaving,
      Desktop desktop,
      Path log,
      ObservableValue<Boolean> ready) {
    this.wizard = wizard;
    getStyleClass().add("wizard");
    page(wizard.welcome(), new WelcomeView(wizard.welcome()), desktop, log);
    page(
        wizard.hardware(),
        new HardwareView(
            wizard.hardware(),
            new GraphicsCard(wizard.hardware().graphics(), true, leaving, desktop, log)),
        desktop,
        log);
    page(wizard.download(), new DownloadView(wizard.download()), desktop, log);
    page(wizard.verification(), new VerificationView(wizard.verification()), desktop, log);
    page(wizard.start(), new StartView(wizard.start()), desktop, log);

    // A choice would take Enter for itself; here it means to go on with what is chosen.
    scroll.addEventFilter(
        KeyEvent.KEY_PRESSED,
        e -> {
          if (e.getCode() == KeyCode.ENTER && e.getTarget() instanceof RadioButton) {
            next.fire();
            e.consume();
          }
        });
    scroll.setFitToWidth(true);
    scroll.getStyleClass().addAll("edge-to-edge", "step-scroll");
    // The order in which the Tab key goes: what there is to do here, then the ways elsewhere.
    setCenter(new BorderPane(scroll, null, null, bar(ready), null));
    RailView rail = new RailView(wizard);
    rail.compact()
        .bind(
            Bindings.createBooleanBinding(
                () -> getWidth() > 0 && getWidth() < ROOMY * back.getFont().getSize(),
                widthProperty(),
                back.fontProperty()));
    setLeft(rail);
    wizard.current().subscribe(this::show);
  }

  private void page(StepViewModel step, Node content, Desktop desktop, Path log) {
    VBox cards =
        new VBox(
            new FailurePane(step.failure(), step.retryText(), step::retry, desktop, log), content);
    cards.getStyleClass().add("cards");
    VBox page =
        new VBox(
            Labels.wrapped(step.headline(), "headline"),
            Labels.wrapped(step.sentence(), "sentence"),
            cards);
    page.setId("step-" + step.id());
    page.getStyleClass().add("step-page");
    pages.put(step, page);
  }

  private HBox bar(ObservableValue<Boolean> ready) {
    workspace.setId("to-workspace");
    workspace.setOnAction(e -> wizard.returnToWorkspace());
    BooleanBinding elsewhere =
        Bindings.createBooleanBinding(
            () -> ready.getValue() && wizard.current().get() != wizard.start(),
            ready,
            wizard.current());
    Shown.when(elsewhere, workspace);
    back.setId("back");
    back.setOnAction(e -> wizard.back());
    next.setId("next");
    next.getStyleClass().add("accent");
    next.setDefaultButton(true);
    next.setOnAction(e -> wizard.next());
    next.managedProperty().bind(next.visibleProperty());
    actions.getStyleClass().add("buttons");
    // How wide the row may become before a second one is begun, which is told by nothing else.
    actions.prefWrapLengthProperty().bind(widthProperty().divide(2));
    HBox.setHgrow(actions, Priority.ALWAYS);
    HBox bar = new HBox(actions, back, next);
    for (Button button : List.of(back, next)) {
      button.setMinWidth(Region.USE_PREF_SIZE);
    }
    bar.getStyleClass().add("bottom-bar");
    return bar;
  }

  private void show(StepViewModel step) {
    followed.unsubscribe();
    if (step == null) {
      return;
    }
    scroll.setContent(pages.get(step));
    scroll.setVvalue(0);
    actions.getChildren().setAll(workspace);
    step.actions().forEach(action -> actions.getChildren().add(button(action)));
    back.setVisible(step != wizard.steps().getFirst());
    back.disableProperty().bind(step.busy());
    next.textProperty().bind(step.nextText());
    next.disableProperty().bind(step.nextReady().not());
    next.visibleProperty().bind(step.failure().isNull());
    followed =
        step.nextReady()
            .subscribe(isReady -> {
              // While a step works, Enter must not fall to the button that stops it.
              scroll.requestFocus();
              if (isReady) {
                // Once the page, which hears of the change as well, shows what is chosen.
                Platform.runLater(() -> chosen(pages.get(step)).requestFocus());
              }
            });
  }

  /** What is chosen on a page, so that the arrow keys change it at once; else the way on. */
  private Node chosen(Node page) {
    return page.lookupAll(".radio-button").stream()
        .filter(node -> node instanceof RadioButton choice && choice.isSelected())
        .findFirst()
        .orElse(next);
  }

  private static Button button(StepAction action) {
    Button button = new Button(action.text());
    button.setId(action.id());
    button.setOnAction(e -> action.action().run());
    Shown.when(action.available(), button);
    return button;
  }
}
