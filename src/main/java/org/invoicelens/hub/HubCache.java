package org.invoicelens.hub;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The cache that the Hub's own programs keep on this computer; only read here.
 *
 * <p>Its layout is a written convention (Hugging Face, <i>hub-docs</i>, "Understand caching"): one
 * folder for each repository, in it {@code blobs/<digest>} and {@code snapshots/<commit>/<path>},
 * which are links to blobs where the system has links.
 *
 * @param folder what {@code HF_HUB_CACHE} names
 */
public record HubCache(Path folder) {

  /**
   * A file as another program left it: whether its content is right, only its digest tells.
   *
   * @param repoId {@code owner/name}
   * @param commit 40 hexadecimal digits, or the name of a revision, which says nothing here
   * @param path a safe path with {@code /}
   * @param digest of the content, hexadecimal
   */
  public Optional<Path> find(String repoId, String commit, String path, String digest) {
    Path repository = folder.resolve("models--" + repoId.replace("/", "--"));
    Stream<Path> places = Stream.of(repository.resolve("blobs").resolve(digest));
    if (HubClient.isCommit(commit)) {
      Path snapshot = repository.resolve("snapshots").resolve(commit).resolve(path);
      places = Stream.concat(places, Stream.of(snapshot));
    }
    return places.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).findFirst();
  }
}
