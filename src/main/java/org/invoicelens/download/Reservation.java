package org.invoicelens.download;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Room on a volume that is a file's before its bytes come: {@code fallocate(2)} of Linux.
 *
 * <p>Flags and error numbers are those of Linux on x86-64 and AArch64; elsewhere nothing is
 * reserved. Safe for use by several threads.
 */
@SuppressWarnings("restricted") // calling native code is what this class is for
final class Reservation {

  private static final Logger log = LoggerFactory.getLogger(Reservation.class);

  /** By processor, as Java names it: the one flag of those needed whose number differs. */
  private static final Map<String, Integer> O_NOFOLLOW =
      Map.of("amd64", 0x20000, "aarch64", 0x8000);

  private static final int O_WRONLY = 1;
  private static final int O_CLOEXEC = 0x80000;

  private static final int EINTR = 4;

  /** The errors that say there is no room, in the system's words; others mean: not possible. */
  private static final Map<Integer, String> NO_ROOM =
      Map.of(
          27, "File too large", // EFBIG
          28, "No space left on device", // ENOSPC
          122, "Disk quota exceeded"); // EDQUOT

  /** An error that no system has, for a path that cannot be handed over. */
  private static final int NOT_CALLED = -1;

  private static final Optional<Reservation> SYSTEM = link();

  private static final AtomicBoolean told = new AtomicBoolean();

  private final MethodHandle open;
  private final MethodHandle fallocate;
  private final MethodHandle close;
  private final VarHandle errno;
  private final int flags;

  private Reservation(Linker linker, int flags) {
    Linker.Option keepErrno = Linker.Option.captureCallState("errno");
    this.open =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("open"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
            keepErrno,
            Linker.Option.firstVariadicArg(2));
    this.fallocate =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("fallocate"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
            keepErrno);
    this.close =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    this.errno =
        Linker.Option.captureStateLayout()
            .varHandle(MemoryLayout.PathElement.groupElement("errno"));
    this.flags = flags;
  }

  private static Optional<Reservation> link() {
    Integer noFollow = O_NOFOLLOW.get(System.getProperty("os.arch"));
    if (!System.getProperty("os.name").equals("Linux") || noFollow == null) {
      return Optional.empty();
    }
    try {
      int flags = O_WRONLY | O_CLOEXEC | noFollow;
      return Optional.of(new Reservation(Linker.nativeLinker(), flags));
    } catch (RuntimeException | LinkageError unusual) {
      log.debug("No room can be reserved: {}", unusual.toString());
      return Optional.empty();
    }
  }

  /**
   * Reserves room for a whole file, which has that length then; what it holds stays. May take as
   * long as writing so much where the file system keeps no account of room without content.
   *
   * @param file one that exists and is no link
   * @param size in bytes, positive
   * @return whether it did; not where system or file system cannot
   * @throws FileSystemException where there is no room; some of it may be the file's then
   */
  static boolean make(Path file, long size) throws IOException {
    if (SYSTEM.isEmpty()) {
      return false;
    }
    int error = SYSTEM.get().call(file, size);
    if (NO_ROOM.containsKey(error)) {
      throw new FileSystemException(file.toString(), null, NO_ROOM.get(error));
    }
    if (error != 0 && !told.getAndSet(true)) {
      log.debug("No room is reserved for {} and others there: error {}", file, error);
    }
    return error == 0;
  }

  /** The error number; 0 where all went well. */
  private int call(Path file, long size) {
    // The encoding in which the JDK itself hands names of files to the system.
    Charset names = Charset.forName(System.getProperty("sun.jnu.encoding"));
    String path = file.toAbsolutePath().toString();
    if (!names.newEncoder().canEncode(path)) {
      return NOT_CALLED;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
      MemorySegment name = arena.allocateFrom(path, names);
      int descriptor = (int) open.invokeExact(state, name, flags);
      if (descriptor < 0) {
        return (int) errno.get(state, 0L);
      }
      try {
        int error;
        do {
          int result = (int) fallocate.invokeExact(state, descriptor, 0, 0L, size);
          error = result == 0 ? 0 : (int) errno.get(state, 0L);
        } while (error == EINTR);
        return error;
      } finally {
        int _ = (int) close.invokeExact(descriptor);
      }
    } catch (Throwable e) {
      log.debug("No room can be reserved for {}: {}", file, e.toString());
      return NOT_CALLED;
    }
  }
}
