package org.invoicelens.pixtral;

/** A way to make the products of one token's row with weights on the processor. */
public enum RowWay {

  /** By {@link RowMachineCode} where there is some for a weight, else by {@link RowKernel}. */
  MACHINE_CODE,

  /** By {@link RowKernel}, in the vector instructions that Java knows. */
  VECTORS,

  /** By PyTorch, in the program. */
  PYTORCH
}
