package org.invoicelens.setup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.invoicelens.config.ApplicationFolders;

/**
 * Everything an installed InvoiceLens keeps for one user, to be removed with it. Uninstalling
 * leaves it alone, since models are large and history is the user's.
 */
public final class UserData {

  private final ApplicationFolders folders;

  public UserData(ApplicationFolders folders) {
    this.folders = folders;
  }

  /**
   * A folder that is kept for the user.
   *
   * @param path the folder
   * @param size all files in it, in bytes; what links lead to is not counted
   * @param files how many files
   */
  public record Part(Path path, long size, int files) {}

  /** Whether there is a line between the program and the user's data; a checkout has none. */
  public boolean isSeparate() {
    return !folders.data().equals(folders.program());
  }

  /** The folders that are there, none inside another. */
  public List<Part> parts() throws IOException {
    Set<Path> roots = new LinkedHashSet<>();
    for (Path folder : List.of(folders.data(), folders.state(), folders.logs())) {
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          && roots.stream().noneMatch(folder::startsWith)) {
        roots.removeIf(root -> root.startsWith(folder));
        roots.add(folder);
      }
    }
    List<Part> parts = new ArrayList<>();
    for (Path root : roots) {
      FolderTree.Content content = FolderTree.content(root);
      parts.add(new Part(root, content.size(), content.files()));
    }
    return parts;
  }

  /**
   * Removes a folder with everything in it; a link is removed and not what it leads to.
   *
   * @throws IOException where something cannot be removed; what was removed before stays removed
   */
  public void remove(Part part) throws IOException {
    if (!isSeparate()) {
      throw new IllegalStateException("a checkout is the program itself");
    }
    FolderTree.delete(part.path());
  }
}
