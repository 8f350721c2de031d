package org.invoicelens.download;

/**
 * What a server was good for in a run.
 *
 * @param name host, port and path of its address
 * @param isMirror whether it is one of the configuration's mirrors and not the endpoint
 * @param received bytes that came from it
 * @param bytesPerSecond how fast it is now; 0 where it is not in use
 * @param wrong whether it sent wrong bytes, for which it was left
 */
public record SourceUse(
    String name, boolean isMirror, long received, long bytesPerSecond, boolean wrong) {}
