/** Initialises and optimises a verified model, with the fallbacks the configuration names. */
package org.invoicelens.engine;
