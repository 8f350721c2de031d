package org.invoicelens.ui.network;

import static org.invoicelens.ui.text.Messages.text;

import java.util.Locale;
import java.util.function.Consumer;
import javafx.beans.value.ObservableValue;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.PasswordField;
import javafx.scene.control.TextField;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.controlsfx.control.SegmentedButton;
import org.invoicelens.settings.NetworkChoice.ProxyMode;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Rows;

/** The test of the connection, and below it how the network is used. */
public final class NetworkPane extends VBox {

  private final NetworkViewModel model;

  public NetworkPane(NetworkViewModel model) {
    this.model = model;
    getStyleClass().addAll("cards", "network");
    Card rows = new Card();
    rows.getStyleClass().add("rows");
    rows.getChildren().addAll(proxy(), address(), login(), certificates(), token(), keeping());
    Rows.markFirst(rows);
    getChildren().addAll(new ConnectionCard(model), rows);
  }

  private Node proxy() {
    SegmentedButton choices = segments();
    for (ProxyMode mode : ProxyMode.values()) {
      ToggleButton button =
          new ToggleButton(text("network.proxy." + mode.name().toLowerCase(Locale.ROOT)));
      button.setId("proxy-" + mode.name().toLowerCase(Locale.ROOT));
      button.setOnAction(e -> {
        // A choice that was made is not undone by making it again.
        button.setSelected(true);
        model.choose(mode);
      });
      model.proxyMode().subscribe(now -> button.setSelected(now == mode));
      choices.getButtons().add(button);
    }
    return row("proxy", choices);
  }

  private Node address() {
    TextField field = new TextField();
    field.setId("proxy-address");
    field.setPromptText("proxy.example:3128");
    field.setAccessibleText(text("network.address"));
    entering(field, model::enterAddress);
    model.proxyMode().subscribe(mode -> field.setText(model.address()));
    Label fault = fault(model.addressFault(), "proxy-fault");
    return whileManual(row("address", new VBox(field, fault)));
  }

  private Node login() {
    TextField user = new TextField(model.proxyUser());
    user.setId("proxy-user");
    user.setPromptText(text("network.login.user"));
    user.setAccessibleText(text("network.login.user"));
    entering(user, model::enterProxyUser);
    PasswordField password = new PasswordField();
    password.setId("proxy-password");
    password.setPromptText(
        text(model.hasProxyPassword() ? "network.login.entered" : "network.login.password"));
    password.setAccessibleText(text("network.login.password"));
    entering(
        password,
        entered -> {
          // An empty field means that nothing was entered, since the password is never shown.
          if (!entered.isEmpty()) {
            model.enterProxyPassword(entered);
            password.clear();
            password.setPromptText(text("network.login.entered"));
          }
        });
    return whileManual(row("login", new VBox(user, password)));
  }

  private Node certificates() {
    Label file = Labels.bound(model.caFile(), "small");
    file.setId("ca-file");
    shownWhile(file, model.caFile().map(name -> !name.isEmpty()));
    Button choose = button("choose-ca-file", "network.caFile.button", model::chooseCaFile);
    Button remove = button("remove-ca-file", "network.caFile.remove", model::removeCaFile);
    shownWhile(remove, model.caFile().map(name -> !name.isEmpty()));
    return row("caFile", new VBox(buttons(choose, remove), file));
  }

  private Node token() {
    PasswordField field = new PasswordField();
    field.setId("token");
    field.setPromptText("hf_…");
    field.setAccessibleText(text("network.token"));
    Runnable enter =
        () -> {
          if (model.enterToken(field.getText())) {
            field.clear();
          }
        };
    field.setOnAction(e -> enter.run());
    Button use = button("use-token", "network.token.use", enter);
    Button remove = button("remove-token", "network.token.remove", model::removeToken);
    shownWhile(remove, model.tokenEntered());
    Button page = button("token-page", "network.token.page", model::openTokenPage);
    Label words = Labels.wrapped(model.tokenWords(), "small");
    words.setId("token-words");
    return row(
        "token",
        new VBox(
            field, fault(model.tokenFault(), "token-fault"), buttons(use, remove, page), words));
  }

  private Node keeping() {
    SegmentedButton choices = segments();
    for (boolean keep : new boolean[] {false, true}) {
      ToggleButton button =
          new ToggleButton(text(keep ? "network.keep.computer" : "network.keep.run"));
      button.setId(keep ? "keep-on-computer" : "keep-for-run");
      button.setOnAction(e -> {
        button.setSelected(true);
        model.keep(keep);
      });
      model.kept().subscribe(now -> button.setSelected(now == keep));
      choices.getButtons().add(button);
    }
    return row("keep", choices);
  }

  private static SegmentedButton segments() {
    SegmentedButton choices = new SegmentedButton();
    choices.setToggleGroup(new ToggleGroup());
    choices.setMinWidth(USE_PREF_SIZE);
    return choices;
  }

  /** Takes what a field holds when Enter is pressed or the field is left. */
  private static void entering(TextField field, Consumer<String> taker) {
    field.setOnAction(e -> taker.accept(field.getText()));
    field
        .focusedProperty()
        .subscribe((before, focused) -> {
          if (!focused) {
            taker.accept(field.getText());
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

  private static FlowPane buttons(Button... buttons) {
    FlowPane pane = new FlowPane(buttons);
    pane.getStyleClass().add("buttons");
    return pane;
  }

  private static Label fault(ObservableValue<String> words, String id) {
    Label fault = Labels.wrapped(words, "small", "fault");
    fault.setId(id);
    shownWhile(fault, words.map(text -> !text.isEmpty()));
    return fault;
  }

  private static void shownWhile(Node node, ObservableValue<Boolean> shown) {
    node.visibleProperty().bind(shown);
    node.managedProperty().bind(node.visibleProperty());
  }

  private Node whileManual(Node row) {
    shownWhile(row, model.proxyMode().map(mode -> mode == ProxyMode.MANUAL));
    return row;
  }

  private static HBox row(String key, Node control) {
    Label about = Labels.wrapped(text("network." + key + ".about"), "muted", "small");
    VBox words = new VBox(Labels.plain(text("network." + key), "row-title"), about);
    words.getStyleClass().add("network-words");
    HBox.setHgrow(words, Priority.ALWAYS);
    if (control instanceof VBox fields) {
      fields.getStyleClass().add("network-fields");
    }
    HBox row = new HBox(words, control);
    row.getStyleClass().add("row");
    return row;
  }
}
