/** What lies outside the window: clipboard, file choosers, questions. */
package org.invoicelens.ui.desktop;
