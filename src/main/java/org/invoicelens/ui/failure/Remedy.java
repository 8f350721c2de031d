package org.invoicelens.ui.failure;

/**
 * Something that a failure's page offers to do, as its text advises.
 *
 * @param id the button's id
 * @param text what the button says, with its mnemonic
 * @param action does it
 */
public record Remedy(String id, String text, Runnable action) {}
