/** Where documents go in and fields come out. */
package org.invoicelens.ui.workspace;
