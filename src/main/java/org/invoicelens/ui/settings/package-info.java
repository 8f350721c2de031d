/** What the user can choose about the program itself. */
package org.invoicelens.ui.settings;
