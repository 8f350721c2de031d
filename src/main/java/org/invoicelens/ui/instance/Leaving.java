package org.invoicelens.ui.instance;

/**
 * The way out of the window for what counts only after the next start.
 *
 * @param words what the button says that leads there, its key marked
 * @param leave closes the window and, where that is possible, opens another
 */
public record Leaving(String words, Runnable leave) {}
