package org.invoicelens.pixtral;

import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;

/**
 * How a checkpoint is put into memory.
 *
 * @param precision how the decoder's linear layers keep their weights
 * @param dtype the type of all other weights and of activations: {@link Precision#FLOAT32} or
 *     {@link Precision#BFLOAT16}
 * @param attention how attention is computed
 * @param device {@code auto}, {@code cpu} or {@code cuda:N}
 * @param groupSize weights that share a scale in 4-bit precisions
 * @param doubleQuant whether the scales of nf4 are quantised as well
 */
public record LoadOptions(
    Precision precision,
    Precision dtype,
    AttentionVariant attention,
    String device,
    int groupSize,
    boolean doubleQuant) {}
