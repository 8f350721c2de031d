/** The pipeline that strings the stages together, its state and its recovery. */
package org.invoicelens.setup;
