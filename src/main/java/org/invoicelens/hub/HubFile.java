package org.invoicelens.hub;

import java.util.Optional;

/**
 * One file of a repository's listing.
 *
 * @param path its place in the repository, with {@code /}; proved safe as a file name
 * @param size in bytes
 * @param gitSha1 git's id of the blob, 40 hexadecimal digits; of the pointer for a large file
 * @param sha256 the digest of the content, 64 hexadecimal digits; given for large files only
 */
public record HubFile(String path, long size, String gitSha1, Optional<String> sha256) {}
