/** The fifth step: the model is loaded, warmed up and tested. */
package org.invoicelens.ui.start;
