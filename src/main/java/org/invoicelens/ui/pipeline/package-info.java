/** The stages of the setup as the window's view models see them. */
package org.invoicelens.ui.pipeline;
