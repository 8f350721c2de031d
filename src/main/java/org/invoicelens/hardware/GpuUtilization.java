package org.invoicelens.hardware;

/**
 * What a graphics card does at one moment.
 *
 * @param share the share of the last sampling period (a sixth of a second to a second, depending on
 *     the card) in which it was at work, 0 to 1
 * @param memoryUsed memory in use by all programs, in bytes
 */
public record GpuUtilization(double share, long memoryUsed) {}
