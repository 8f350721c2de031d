package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.binding.StringBinding;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.beans.value.ObservableValue;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.config.ModelConfig.Prompt;

/**
 * What the model is asked: the prompt of its configuration, the one in use, and the one that is
 * being written. It lasts as long as the window. For the UI thread only.
 */
final class PromptViewModel {

  private static final Prompt NONE = new Prompt("", "");

  private final ReadOnlyObjectWrapper<Prompt> configured = new ReadOnlyObjectWrapper<>(NONE);
  private final ReadOnlyObjectWrapper<Prompt> inUse = new ReadOnlyObjectWrapper<>(NONE);
  private final StringProperty system = new SimpleStringProperty("");
  private final StringProperty user = new SimpleStringProperty("");
  private final BooleanProperty held = new SimpleBooleanProperty();
  private final BooleanBinding hasForm =
      Bindings.createBooleanBinding(() -> configured.get().schema().isPresent(), configured);
  private final BooleanBinding changed = inUse.isNotEqualTo(configured);
  private final BooleanBinding pending =
      Bindings.createBooleanBinding(
          () -> !written().equals(inUse.get()), system, user, held, inUse);
  private final StringBinding refusal =
      Bindings.createStringBinding(() -> user.get().isBlank() ? text("prompt.empty") : "", user);
  private final BooleanBinding usable = refusal.isEmpty();

  PromptViewModel(ObservableValue<ModelConfig> config) {
    config.subscribe(now -> {
      if (now != null && !now.prompt().equals(configured.get())) {
        configured.set(now.prompt());
        reset();
      }
    });
  }

  /** What the next document is read by. */
  ReadOnlyObjectProperty<Prompt> inUse() {
    return inUse.getReadOnlyProperty();
  }

  /** Whether that is not what the configuration says. */
  BooleanBinding changed() {
    return changed;
  }

  /** The instruction in front, as it is being written; may be empty. */
  StringProperty system() {
    return system;
  }

  /** What the model is to do, as it is being written. */
  StringProperty user() {
    return user;
  }

  /** Whether the configuration has a form that answers can be held to. */
  BooleanBinding hasForm() {
    return hasForm;
  }

  /** Whether answers are to be held to it, as it is being chosen. */
  BooleanProperty held() {
    return held;
  }

  /** Whether what is written is not yet in use. */
  BooleanBinding pending() {
    return pending;
  }

  /** Why what is written cannot be used, as a sentence; empty where it can. */
  StringBinding refusal() {
    return refusal;
  }

  /** Whether what is written can be used. */
  BooleanBinding usable() {
    return usable;
  }

  /** Uses what is written from the next document on. */
  void use() {
    if (usable.get()) {
      inUse.set(written());
    }
  }

  /** Goes back to what the configuration says. */
  void reset() {
    inUse.set(configured.get());
    system.set(configured.get().system());
    user.set(configured.get().user());
    held.set(configured.get().schema().isPresent());
  }

  private Prompt written() {
    return new Prompt(
        system.get(), user.get(), configured.get().schema().filter(form -> held.get()));
  }
}
