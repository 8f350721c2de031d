package org.invoicelens.hardware;

import java.util.List;

/**
 * A computer without its NVIDIA driver.
 *
 * @param processor the processor's name; empty where unknown
 * @param cores logical processors this program may use
 * @param memoryTotal main memory in bytes, or what this program is limited to
 * @param memoryAvailable what programs can still have, in bytes
 * @param memorySource who said so
 * @param cards the graphics cards that the operating system lists
 */
record Machine(
    String processor,
    int cores,
    long memoryTotal,
    long memoryAvailable,
    String memorySource,
    List<Card> cards) {}
