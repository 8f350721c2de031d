/** The wizard's frame: the steps with their states, what is shown now, and the way on and back. */
package org.invoicelens.ui.shell;
