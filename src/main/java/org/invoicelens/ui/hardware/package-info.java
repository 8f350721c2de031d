/** The second step: what this computer has. */
package org.invoicelens.ui.hardware;
