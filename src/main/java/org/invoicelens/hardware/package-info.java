/** What this workstation has, where that was learned, and which precision fits. */
package org.invoicelens.hardware;
