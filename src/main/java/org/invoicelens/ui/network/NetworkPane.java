package org.invoicelens.ui.network;

import static org.invoicelens.ui.text.Messages.text;

import java.util.List;
import java.util.Locale;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.PasswordField;
import javafx.scene.control.TextField;
import javafx.scene.layout.VBox;
import org.invoicelens.settings.NetworkChoice.ProxyMode;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Choices;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Rows;
import org.invoicelens.ui.component.SettingRow;
import org.invoicelens.ui.component.Shown;

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
    return row(
        "proxy",
        Choices.of(
            List.of(ProxyMode.values()),
            mode -> text("network.proxy." + lower(mode)),
            mode -> "proxy-" + lower(mode),
            model.proxyMode(),
            model::choose));
  }

  private static String lower(ProxyMode mode) {
    return mode.name().toLowerCase(Locale.ROOT);
  }

  private Node address() {
    TextField field =
        SettingRow.field(
            new TextField(), "proxy-address", text("network.address"), model::enterAddress);
    field.setPromptText("proxy.example:3128");
    model.proxyMode().subscribe(mode -> field.setText(model.address()));
    return whileManual(
        row("address", new VBox(field, SettingRow.fault("proxy-fault", model.addressFault()))));
  }

  private Node login() {
    TextField user =
        SettingRow.field(
            new TextField(model.proxyUser()),
            "proxy-user",
            text("network.login.user"),
            model::enterProxyUser);
    user.setPromptText(text("network.login.user"));
    PasswordField password = new PasswordField();
    password.setPromptText(
        text(model.hasProxyPassword() ? "network.login.entered" : "network.login.password"));
    SettingRow.field(
        password,
        "proxy-password",
        text("network.login.password"),
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
    Shown.whileSaid(model.caFile(), file);
    Button choose =
        SettingRow.button("choose-ca-file", "network.caFile.button", model::chooseCaFile);
    Button remove =
        SettingRow.button("remove-ca-file", "network.caFile.remove", model::removeCaFile);
    Shown.whileSaid(model.caFile(), remove);
    return row("caFile", new VBox(SettingRow.buttons(choose, remove), file));
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
    Button use = SettingRow.button("use-token", "network.token.use", enter);
    Button remove = SettingRow.button("remove-token", "network.token.remove", model::removeToken);
    Shown.when(model.tokenEntered(), remove);
    Button page = SettingRow.button("token-page", "network.token.page", model::openTokenPage);
    Label words = Labels.wrapped(model.tokenWords(), "small");
    words.setId("token-words");
    return row(
        "token",
        new VBox(
            field,
            SettingRow.fault("token-fault", model.tokenFault()),
            SettingRow.buttons(use, remove, page),
            words));
  }

  private Node keeping() {
    return row(
        "keep",
        Choices.of(
            List.of(false, true),
            keep -> text(keep ? "network.keep.computer" : "network.keep.run"),
            keep -> keep ? "keep-on-computer" : "keep-for-run",
            model.kept(),
            model::keep));
  }

  private Node whileManual(Node row) {
    return Shown.when(model.proxyMode().map(mode -> mode == ProxyMode.MANUAL), row);
  }

  private static SettingRow row(String key, Node control) {
    return new SettingRow("network." + key, control);
  }
}
