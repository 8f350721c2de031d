/** The places of the window and the way between them. */
package org.invoicelens.ui.place;
