/** Small controls that several screens share. */
package org.invoicelens.ui.component;
