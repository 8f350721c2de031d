/** One window for each user: a second start hands over to the first. */
package org.invoicelens.ui.instance;
