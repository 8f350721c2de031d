package org.invoicelens.pixtral;

import java.awt.image.BufferedImage;

/**
 * A picture as the model sees it.
 *
 * @param pixels exactly its pixels, after resizing and on white; 8 bits a channel, before they are
 *     normalised
 * @param tokens how many tokens of the prompt hold its place
 */
public record SeenPicture(BufferedImage pixels, int tokens) {}
