/** The window's texts, and numbers as people write them. */
package org.invoicelens.ui.text;
