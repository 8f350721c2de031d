package org.invoicelens.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Folders and files that nobody but their owner can read, where the file system knows such rights;
 * a stick may know none, and on Windows a folder keeps what it inherits from the user's own.
 */
public final class OwnerOnly {

  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

  private OwnerOnly() {}

  /** Makes a folder, with those above it, and takes others' rights to it away. */
  public static void createFolder(Path folder) throws IOException {
    Files.createDirectories(folder);
    PosixFileAttributeView posix = posix(folder);
    if (posix != null && !posix.readAttributes().permissions().equals(FOLDER)) {
      posix.setPermissions(FOLDER);
    }
  }

  /**
   * Takes others' rights to a file away that someone gave them.
   *
   * @return whether there were any; false on Windows, where they are not looked at
   */
  public static boolean close(Path file) throws IOException {
    PosixFileAttributeView posix = posix(file);
    if (posix == null || FILE.containsAll(posix.readAttributes().permissions())) {
      return false;
    }
    posix.setPermissions(FILE);
    return true;
  }

  /** Makes an empty file, which is closed to others before the first byte is in it. */
  static void createFile(Path file) throws IOException {
    if (posix(file.toAbsolutePath().getParent()) != null) {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(FILE));
      return;
    }
    Files.createFile(file);
    AclFileAttributeView acl = Files.getFileAttributeView(file, AclFileAttributeView.class);
    if (acl != null) {
      acl.setAcl(
          List.of(
              AclEntry.newBuilder()
                  .setType(AclEntryType.ALLOW)
                  .setPrincipal(Files.getOwner(file))
                  .setPermissions(EnumSet.allOf(AclEntryPermission.class))
                  .build()));
    }
  }

  /** Null where the file system knows no such permissions. */
  private static PosixFileAttributeView posix(Path path) {
    return Files.getFileAttributeView(path, PosixFileAttributeView.class);
  }
}
