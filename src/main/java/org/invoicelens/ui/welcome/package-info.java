/** The first step: which model. */
package org.invoicelens.ui.welcome;
