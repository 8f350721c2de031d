/** PyTorch for graphics cards: fetched for the user, or a folder of the user's that holds it. */
package org.invoicelens.runtime;
