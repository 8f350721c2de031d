/** The server of a company that reads in the place of this computer. */
package org.invoicelens.ui.server;
