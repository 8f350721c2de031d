/** What is installed on this computer, and what can be done with it. */
package org.invoicelens.ui.models;
