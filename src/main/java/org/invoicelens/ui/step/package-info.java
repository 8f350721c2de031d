/** What all steps of the wizard have in common. */
package org.invoicelens.ui.step;
