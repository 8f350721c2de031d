package org.invoicelens.ui.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.ui.Fixtures;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptViewModelTest {

  @TempDir Path own;

  private final ObjectProperty<ModelConfig> config = new SimpleObjectProperty<>();
  private final PromptViewModel prompt = new PromptViewModel(config);
  private ModelConfig large;

  @BeforeEach
  void configure() {
    large = Fixtures.config("pixtral", own);
    config.set(large);
  }

  @Test
  void isThePromptOfTheConfigurationAtFirst() {
    assertThat(prompt.inUse().get()).isEqualTo(large.prompt());
    assertThat(prompt.user().get()).startsWith("Read this invoice");
    assertThat(prompt.changed().get()).isFalse();
    assertThat(prompt.pending().get()).isFalse();
  }

  @Test
  void whatIsWrittenIsUsedOnlyWhenAskedFor() {
    prompt.user().set("Read the total.");
    assertThat(prompt.pending().get()).isTrue();
    assertThat(prompt.changed().get()).isFalse();
    assertThat(prompt.inUse().get()).isEqualTo(large.prompt());
    prompt.use();
    assertThat(prompt.inUse().get().user()).isEqualTo("Read the total.");
    assertThat(prompt.changed().get()).isTrue();
    assertThat(prompt.pending().get()).isFalse();
    prompt.reset();
    assertThat(prompt.inUse().get()).isEqualTo(large.prompt());
    assertThat(prompt.user().get()).isEqualTo(large.prompt().user());
    assertThat(prompt.changed().get()).isFalse();
  }

  @Test
  void anEmptyPromptIsRefusedInWords() {
    prompt.user().set(" \n ");
    assertThat(prompt.usable().get()).isFalse();
    assertThat(prompt.refusal().get()).startsWith("Say what the model is to do");
    prompt.use();
    assertThat(prompt.inUse().get()).isEqualTo(large.prompt());
    prompt.user().set("Read.");
    prompt.system().set("");
    assertThat(prompt.refusal().get()).isEmpty();
    prompt.use();
    assertThat(prompt.inUse().get())
        .isEqualTo(new ModelConfig.Prompt("", "Read.", large.prompt().schema()));
  }

  @Test
  void anotherConfigurationBringsItsOwnPrompt() {
    prompt.user().set("Read the total.");
    prompt.use();
    config.set(large.withDevice("cpu"));
    assertThat(prompt.changed().get()).isTrue();
    config.set(Fixtures.config("pixtral-mini", own));
    assertThat(prompt.changed().get()).isFalse();
    assertThat(prompt.inUse().get().user()).isEqualTo("<json>");
  }

  @Test
  void answersLeaveTheFormOnlyWhereAUserWantsThat() {
    config.set(Fixtures.config("pixtral-mini", own));
    assertThat(prompt.hasForm().get()).isTrue();
    assertThat(prompt.inUse().get().schema()).isPresent();
    prompt.user().set("What colour is it?");
    prompt.use();
    assertThat(prompt.inUse().get().schema()).isPresent();
    prompt.held().set(false);
    assertThat(prompt.pending().get()).isTrue();
    prompt.use();
    assertThat(prompt.inUse().get().schema()).isEmpty();
    prompt.reset();
    assertThat(prompt.inUse().get().schema()).isPresent();
    assertThat(prompt.held().get()).isTrue();
  }
}
