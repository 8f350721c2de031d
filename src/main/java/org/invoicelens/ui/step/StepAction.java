package org.invoicelens.ui.step;

import javafx.beans.value.ObservableValue;

/**
 * Something a step offers beside going on.
 *
 * @param id the button's id
 * @param text what the button says, with its mnemonic
 * @param available whether it can be done now; its button is hidden where not
 * @param action does it
 */
public record StepAction(
    String id, String text, ObservableValue<Boolean> available, Runnable action) {}
