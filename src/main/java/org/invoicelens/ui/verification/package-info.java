/** The fourth step: every file is what it must be. */
package org.invoicelens.ui.verification;
