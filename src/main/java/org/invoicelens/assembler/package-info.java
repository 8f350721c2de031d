/**
 * Machine code for the processor at hand, made while the program runs: the instructions that Java
 * has no name for, in loops that read gigabytes for each token.
 *
 * <p>An {@link org.invoicelens.assembler.Assembler} puts instructions into bytes, {@link
 * org.invoicelens.assembler.MachineCode} puts these where the processor may run them. Knows nothing
 * of models.
 */
package org.invoicelens.assembler;
