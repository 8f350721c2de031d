/**
 * The Hugging Face Hub's protocol: listing, resolving, redirects, tokens and errors; and the
 * bundled hub, a server on the loopback address that speaks it for the model that ships.
 */
package org.invoicelens.hub;
