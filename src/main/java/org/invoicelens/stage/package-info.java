/**
 * What every stage of the pipeline has in common: progress, cancellation and typed failures with a
 * text for the user.
 */
package org.invoicelens.stage;
