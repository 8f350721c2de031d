package org.invoicelens.hardware;

import java.util.OptionalInt;

/**
 * How a device that a model is on stands at one moment.
 *
 * @param name the card's name; empty for the processor
 * @param memoryTotal all its memory in bytes; 0 where it is not known
 * @param temperature in degrees Celsius; empty where it is not known
 */
public record DeviceState(String name, long memoryTotal, OptionalInt temperature) {}
