/** The third step: the model's files come into the model folder. */
package org.invoicelens.ui.download;
