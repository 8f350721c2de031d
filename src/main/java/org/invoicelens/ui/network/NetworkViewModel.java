package org.invoicelens.ui.network;

import static org.invoicelens.ui.text.Messages.text;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.value.ObservableValue;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.hub.AccessToken;
import org.invoicelens.hub.ConnectionCheck.Finding;
import org.invoicelens.hub.ConnectionCheck.Subject;
import org.invoicelens.settings.NetworkChoice;
import org.invoicelens.settings.NetworkChoice.ProxyMode;
import org.invoicelens.settings.Secrets;
import org.invoicelens.settings.SecretsFile;
import org.invoicelens.settings.Settings;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.failure.Failure;
import org.invoicelens.ui.pipeline.ConnectionSteps;
import org.invoicelens.ui.pipeline.ModelChoice;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.settings.SettingsViewModel;
import org.invoicelens.ui.step.SetupSession;
import org.invoicelens.ui.task.WorkObserver;
import org.invoicelens.ui.task.WorkRunner;
import org.invoicelens.ui.task.WorkRunner.RunningWork;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the network is used, as the window shows and changes it, and the test of the connection. What
 * is changed counts from the next request on. For the UI thread only.
 */
public final class NetworkViewModel {

  private static final Logger log = LoggerFactory.getLogger(NetworkViewModel.class);

  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?:(http|socks5)://)?([A-Za-z0-9.-]+|\\[[0-9a-fA-F:]+])(?::([0-9]{1,5}))?/?",
          Pattern.CASE_INSENSITIVE);

  private final Stages stages;
  private final SetupSession session;
  private final WorkRunner runner;
  private final Desktop desktop;
  private final SettingsViewModel settings;
  private final SecretsFile secrets;
  private final ReadOnlyStringWrapper addressFault = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper tokenFault = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper tokenWords = new ReadOnlyStringWrapper("");
  private final ReadOnlyBooleanWrapper tokenEntered = new ReadOnlyBooleanWrapper();
  private final ReadOnlyBooleanWrapper kept = new ReadOnlyBooleanWrapper();
  private final ReadOnlyBooleanWrapper testing = new ReadOnlyBooleanWrapper();
  private final ReadOnlyStringWrapper verdict = new ReadOnlyStringWrapper("");
  private final ReadOnlyStringWrapper hosts = new ReadOnlyStringWrapper("");
  private final ObservableList<CheckedStep> steps = FXCollections.observableArrayList();
  private boolean environmentHasToken;
  private RunningWork running;

  public NetworkViewModel(
      Stages stages,
      SetupSession session,
      WorkRunner runner,
      Desktop desktop,
      SettingsViewModel settings,
      SecretsFile secrets) {
    this.stages = stages;
    this.session = session;
    this.runner = runner;
    this.desktop = desktop;
    this.settings = settings;
    this.secrets = secrets;
    kept.set(secrets.isKept());
    tellOfToken();
    runner.start(
        (listener, cancellation) -> stages.environmentHasToken(),
        has -> {
          environmentHasToken = has;
          tellOfToken();
        },
        thrown -> log.warn("The token of the environment cannot be looked for", thrown));
  }

  /** Which proxy counts. */
  public ObservableValue<ProxyMode> proxyMode() {
    return network().map(NetworkChoice::proxyMode);
  }

  /** The proxy's address as the user may change it; empty where there is none. */
  public String address() {
    return now().proxy().map(URI::toString).orElse("");
  }

  /** What is wrong with the address; empty where nothing is. */
  public ReadOnlyStringProperty addressFault() {
    return addressFault.getReadOnlyProperty();
  }

  /** The name that the proxy asks for. */
  public String proxyUser() {
    return secrets.current().proxyUser().orElse("");
  }

  /** Whether a password for the proxy was entered, which is never shown. */
  public boolean hasProxyPassword() {
    return secrets.current().proxyPassword().isPresent();
  }

  /** The file of further certificates; empty where there is none. */
  public ObservableValue<String> caFile() {
    return network().map(choice -> choice.caFile().map(Path::toString).orElse(""));
  }

  /** Whether a token was entered here. */
  public ReadOnlyBooleanProperty tokenEntered() {
    return tokenEntered.getReadOnlyProperty();
  }

  /** Where the token that counts comes from; never the token itself. */
  public ReadOnlyStringProperty tokenWords() {
    return tokenWords.getReadOnlyProperty();
  }

  /** What is wrong with what was entered as a token; empty where nothing is. */
  public ReadOnlyStringProperty tokenFault() {
    return tokenFault.getReadOnlyProperty();
  }

  /** Whether token and password are kept on this computer, and not only while the program runs. */
  public ReadOnlyBooleanProperty kept() {
    return kept.getReadOnlyProperty();
  }

  /** Whether the connection is tested now. */
  public ReadOnlyBooleanProperty testing() {
    return testing.getReadOnlyProperty();
  }

  /** The lines of the test; empty before the first one. */
  ObservableList<CheckedStep> steps() {
    return steps;
  }

  /** How the test ended, in a sentence; empty before. */
  public ReadOnlyStringProperty verdict() {
    return verdict.getReadOnlyProperty();
  }

  /** The hosts that a firewall has to let through; empty where no test failed. */
  public ReadOnlyStringProperty hosts() {
    return hosts.getReadOnlyProperty();
  }

  private ObservableValue<NetworkChoice> network() {
    return settings.settings().map(Settings::network);
  }

  private NetworkChoice now() {
    return settings.settings().get().network();
  }

  /** Chooses which proxy counts. */
  public void choose(ProxyMode mode) {
    settings.changeNetwork(network -> network.withProxy(mode, network.proxy()));
    addressFault.set(
        mode == ProxyMode.MANUAL && now().proxy().isEmpty() ? text("network.address.missing") : "");
  }

  /** Takes a proxy's address, such as {@code proxy.example:3128}; a wrong one changes nothing. */
  public void enterAddress(String entered) {
    String text = entered.strip();
    if (text.contains("@")) {
      addressFault.set(text("network.address.password"));
      return;
    }
    Optional<URI> address = Optional.empty();
    if (!text.isEmpty()) {
      address = parse(text);
      if (address.isEmpty()) {
        addressFault.set(text("network.address.wrong"));
        return;
      }
    }
    addressFault.set(
        text.isEmpty() && now().proxyMode() == ProxyMode.MANUAL
            ? text("network.address.missing")
            : "");
    Optional<URI> proxy = address;
    if (!proxy.equals(now().proxy())) {
      settings.changeNetwork(network -> network.withProxy(network.proxyMode(), proxy));
    }
  }

  private static Optional<URI> parse(String text) {
    Matcher parts = ADDRESS.matcher(text);
    if (!parts.matches() || (parts.group(3) != null && Integer.parseInt(parts.group(3)) > 65_535)) {
      return Optional.empty();
    }
    String scheme = Optional.ofNullable(parts.group(1)).orElse("http").toLowerCase(Locale.ROOT);
    String port = parts.group(3) == null ? "" : ":" + parts.group(3);
    try {
      return Optional.of(new URI(scheme + "://" + parts.group(2) + port));
    } catch (URISyntaxException notAnAddress) {
      return Optional.empty();
    }
  }

  /** Takes the name that the proxy asks for; without a name there is no password either. */
  public void enterProxyUser(String name) {
    Optional<String> user = Optional.of(name.strip()).filter(text -> !text.isEmpty());
    Secrets before = secrets.current();
    if (!user.equals(before.proxyUser())) {
      change(
          before.withProxyLogin(user, user.isEmpty() ? Optional.empty() : before.proxyPassword()));
    }
  }

  /** Takes the password that the proxy asks for; empty for none. */
  public void enterProxyPassword(String password) {
    change(secrets.current().withProxyLogin(secrets.current().proxyUser(), Optional.of(password)));
  }

  /** Lets the user choose a file of certificates. */
  public void chooseCaFile() {
    desktop
        .chooseFile(text("network.caFile.choose"), List.of("pem", "crt", "cer"))
        .ifPresent(
            file -> settings.changeNetwork(network -> network.withCaFile(Optional.of(file))));
  }

  /** Trusts no further certificates. */
  public void removeCaFile() {
    settings.changeNetwork(network -> network.withCaFile(Optional.empty()));
  }

  /**
   * Takes a token.
   *
   * @return whether it has the form of one; otherwise nothing was changed
   */
  public boolean enterToken(String entered) {
    String word = entered.strip();
    if (word.isEmpty()) {
      tokenFault.set(text("network.token.missing"));
      return false;
    }
    try {
      new AccessToken(word);
    } catch (IllegalArgumentException notOneWord) {
      tokenFault.set(notOneWord.getMessage());
      return false;
    }
    tokenFault.set("");
    change(secrets.current().withToken(Optional.of(word)));
    return true;
  }

  /** Forgets the token that was entered here. */
  public void removeToken() {
    tokenFault.set("");
    change(secrets.current().withToken(Optional.empty()));
  }

  /** Chooses whether token and password are kept on this computer. */
  public void keep(boolean onThisComputer) {
    kept.set(onThisComputer);
    change(secrets.current());
  }

  private void change(Secrets changed) {
    secrets.change(changed, kept.get());
    tellOfToken();
    runner.start(
        (listener, cancellation) -> {
          secrets.save();
          return secrets;
        },
        saved -> {},
        thrown -> {
          log.warn("The secrets could not be written: {}", thrown.toString());
          desktop.tell(text("network.notKept"));
        });
  }

  private void tellOfToken() {
    boolean entered = secrets.current().token().isPresent();
    tokenEntered.set(entered);
    if (entered) {
      tokenWords.set(
          text(environmentHasToken ? "network.token.insteadOfOutside" : "network.token.entered"));
    } else {
      tokenWords.set(text(environmentHasToken ? "network.token.outside" : "network.token.none"));
    }
  }

  /** Opens the page on which tokens are made. */
  public void openTokenPage() {
    desktop.browse(URI.create("https://huggingface.co/settings/tokens"));
  }

  /** Tests the connection, step by step; does nothing while a test runs. */
  public void test() {
    if (testing.get()) {
      return;
    }
    testing.set(true);
    verdict.set("");
    hosts.set("");
    // The steps of mirrors come as they are tested, because their number is not known before.
    steps.setAll(
        Arrays.stream(Subject.values())
            .filter(subject -> subject != Subject.MIRROR)
            .map(CheckedStep::waiting)
            .toList());
    steps.set(0, CheckedStep.working(Subject.values()[0]));
    ModelConfig chosen = session.config().get();
    running =
        runner.start(
            (listener, cancellation) -> stages.connectionSteps(target(chosen)),
            new WorkObserver<ConnectionSteps>() {
              @Override
              public void succeeded(ConnectionSteps opened) {
                goOn(opened, 0);
              }

              @Override
              public void failed(Throwable thrown) {
                broke(thrown);
              }

              @Override
              public void cancelled() {
                end();
              }
            });
  }

  /** Asks the test to stop. */
  public void stopTest() {
    if (running != null) {
      running.stop();
    }
  }

  /** The chosen model, unless it ships and needs no network; then the first that does. */
  private ModelConfig target(ModelConfig chosen) throws IOException {
    if (chosen != null && !chosen.isBundled()) {
      return chosen;
    }
    return stages.choices().stream()
        .map(ModelChoice::config)
        .flatMap(Optional::stream)
        .filter(config -> !config.isBundled())
        .findFirst()
        .orElse(chosen);
  }

  private void goOn(ConnectionSteps check, int place) {
    if (!check.hasNext()) {
      boolean good = steps.stream().noneMatch(step -> step.mark() == Mark.FAILED);
      verdict.set(text(good ? "network.test.good" : "network.test.failed"));
      hosts.set(good ? "" : text("network.test.hosts", String.join(", ", check.hostsToAllow())));
      check.close();
      end();
      return;
    }
    if (place == steps.size()) {
      steps.add(CheckedStep.waiting(Subject.MIRROR));
    }
    steps.set(place, CheckedStep.working(steps.get(place).subject()));
    running =
        runner.start(
            (listener, cancellation) -> check.next(cancellation),
            new WorkObserver<Finding>() {
              @Override
              public void succeeded(Finding finding) {
                steps.set(place, CheckedStep.of(finding));
                goOn(check, place + 1);
              }

              @Override
              public void failed(Throwable thrown) {
                check.close();
                broke(thrown);
              }

              @Override
              public void cancelled() {
                steps.set(place, CheckedStep.waiting(steps.get(place).subject()));
                verdict.set(text("network.test.stopped"));
                check.close();
                end();
              }
            });
  }

  private void broke(Throwable thrown) {
    log.error("The test of the connection broke", thrown);
    steps.clear();
    verdict.set(Failure.of(thrown).problem().what());
    end();
  }

  private void end() {
    running = null;
    testing.set(false);
  }
}
