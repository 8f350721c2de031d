/** The safetensors container: header, checks before any trust, memory-mapped tensors, writing. */
package org.invoicelens.safetensors;
