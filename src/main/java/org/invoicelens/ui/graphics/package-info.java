/** The library with which models run on graphics cards: offered, fetched, shown and removed. */
package org.invoicelens.ui.graphics;
