/** Proves that a model folder holds what the Hub promised, and names what does not. */
package org.invoicelens.verify;
