/** How a failure is shown. */
package org.invoicelens.ui.failure;
