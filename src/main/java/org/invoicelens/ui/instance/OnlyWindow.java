package org.invoicelens.ui.instance;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place where the one window of this user is reached, so that opening a second document does
 * not load a second model: a socket in the state folder, which only its owner can connect to.
 *
 * <p>A message is the absolute paths of documents in UTF-8, each ended by a zero byte; the answer
 * is one byte. Where there can be no such socket, every start opens a window. Thread-safe.
 */
public final class OnlyWindow implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OnlyWindow.class);

  private static final String NAME = "window.socket";
  private static final int LARGEST = 1 << 20;

  private final Path socket;
  private final ServerSocketChannel server;

  private OnlyWindow(Path socket, ServerSocketChannel server) {
    this.socket = socket;
    this.server = server;
  }

  /**
   * Hands documents to the window that is open.
   *
   * @param state the folder of settings and state
   * @param documents absolute paths; none only brings the window to the front
   * @return whether a window took them; where not, one has to be opened
   */
  public static boolean handOver(Path state, List<Path> documents) {
    Path socket = state.resolve(NAME);
    if (!Files.exists(socket)) {
      return false;
    }
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      String message =
          documents.stream()
              .map(path -> path.toAbsolutePath() + "\0")
              .collect(Collectors.joining());
      ByteBuffer bytes = ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.shutdownOutput();
      return Channels.newInputStream(channel).read() >= 0;
    } catch (IOException | UnsupportedOperationException nobodyThere) {
      // A platform without Unix sockets, such as an old Windows, is "unsupported".
      log.info("No window answers at {}: {}", socket, nobodyThere.toString());
      return false;
    }
  }

  /**
   * Becomes the window that is reached there; empty where that is not possible.
   *
   * @param receiver gets the documents of later starts, on a thread of its own
   */
  public static Optional<OnlyWindow> listen(Path state, Consumer<List<Path>> receiver) {
    Path socket = state.resolve(NAME);
    try {
      Files.createDirectories(state);
      // A window that was killed leaves its socket behind; one that lives was asked before.
      Files.deleteIfExists(socket);
      ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      if (Files.getFileStore(socket).supportsFileAttributeView("posix")) {
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      }
      OnlyWindow window = new OnlyWindow(socket, server);
      Thread.ofPlatform().daemon().name("only-window").start(() -> window.answer(receiver));
      return Optional.of(window);
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      // As above; and a state folder on another file system than the platform's own is no address.
      log.info("Later starts open windows of their own: {}", e.toString());
      return Optional.empty();
    }
  }

  private void answer(Consumer<List<Path>> receiver) {
    while (server.isOpen()) {
      try (SocketChannel channel = server.accept()) {
        byte[] message = Channels.newInputStream(channel).readNBytes(LARGEST + 1);
        if (message.length > LARGEST) {
          log.warn("A message of more than {} bytes was not heard", LARGEST);
          continue;
        }
        receiver.accept(paths(new String(message, StandardCharsets.UTF_8)));
        channel.write(ByteBuffer.wrap(new byte[] {1}));
      } catch (IOException e) {
        log.debug("The socket of the window: {}", e.toString());
      }
    }
  }

  private static List<Path> paths(String message) {
    return Stream.of(message.split("\0"))
        .filter(text -> !text.isEmpty())
        .flatMap(text -> {
          try {
            return Stream.of(Path.of(text)).filter(Path::isAbsolute);
          } catch (InvalidPathException e) {
            return Stream.empty();
          }
        })
        .toList();
  }

  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      log.debug("The socket of the window stays behind: {}", e.toString());
    }
  }
}
