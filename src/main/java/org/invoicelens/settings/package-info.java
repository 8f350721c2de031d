/** What the user chose about the program itself, kept from one run to the next. */
package org.invoicelens.settings;
