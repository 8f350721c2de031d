/** Whether a newer version of the program exists. It only tells; nothing is fetched or replaced. */
package org.invoicelens.update;
