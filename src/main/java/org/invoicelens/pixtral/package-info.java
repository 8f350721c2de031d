/**
 * The model itself: checkpoint, tokenizer, image processor, chat format, the TorchScript program,
 * quantisation, KV cache, sampling and generation.
 */
package org.invoicelens.pixtral;
