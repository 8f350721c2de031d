/** The window: one of the two doors to the pipeline. One package for each step of the wizard. */
package org.invoicelens.ui;
