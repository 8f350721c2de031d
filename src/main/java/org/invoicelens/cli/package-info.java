/** The command line: one of the two doors to the pipeline. */
package org.invoicelens.cli;
