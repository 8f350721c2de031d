/** What the window tells of newer versions of the program. */
package org.invoicelens.ui.update;
