/** How the network is used, and whether it works. */
package org.invoicelens.ui.network;
