package org.invoicelens.ui.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnlyWindowTest {

  @TempDir Path state;

  private final BlockingQueue<List<Path>> heard = new LinkedBlockingQueue<>();
  private Optional<OnlyWindow> window = Optional.empty();

  @AfterEach
  void close() {
    window.ifPresent(OnlyWindow::close);
  }

  private void open() {
    window = OnlyWindow.listen(state, heard::add);
    assertThat(window).isPresent();
  }

  @Test
  void aLaterStartHandsItsDocumentsToTheWindowThatIsOpen() throws Exception {
    open();
    List<Path> documents =
        List.of(Path.of("/srv/Rechnung äöü.pdf"), Path.of("/srv/two\nlines.png"));
    assertThat(OnlyWindow.handOver(state, documents)).isTrue();
    assertThat(heard.take()).isEqualTo(documents);
    assertThat(OnlyWindow.handOver(state, List.of())).isTrue();
    assertThat(heard.take()).isEmpty();
  }

  @Test
  void withoutAWindowNothingIsHandedOver() {
    assertThat(OnlyWindow.handOver(state, List.of(Path.of("/a.pdf")))).isFalse();
  }

  @Test
  void aWindowThatWasKilledDoesNotStandInTheWayOfTheNext() throws Exception {
    Files.createFile(state.resolve("window.socket"));
    assertThat(OnlyWindow.handOver(state, List.of())).isFalse();
    open();
    assertThat(OnlyWindow.handOver(state, List.of())).isTrue();
  }

  @Test
  void aClosedWindowIsNotReachedAndLeavesNothingBehind() {
    open();
    window.get().close();
    assertThat(OnlyWindow.handOver(state, List.of())).isFalse();
    assertThat(state).isEmptyDirectory();
  }

  @Test
  void onlyTheOwnerCanReachIt() throws Exception {
    open();
    assertThat(Files.getPosixFilePermissions(state.resolve("window.socket"))).hasSize(2);
  }

  @Test
  void whatIsNoAbsolutePathOrTooLongIsNotHeard() throws Exception {
    open();
    send("relative.pdf\0/absolute.pdf\0");
    assertThat(heard.take()).containsExactly(Path.of("/absolute.pdf"));
    send("x".repeat(2 << 20));
    assertThat(OnlyWindow.handOver(state, List.of(Path.of("/next.pdf")))).isTrue();
    assertThat(heard.take()).containsExactly(Path.of("/next.pdf"));
  }

  private void send(String message) throws Exception {
    try (SocketChannel channel =
        SocketChannel.open(UnixDomainSocketAddress.of(state.resolve("window.socket")))) {
      ByteBuffer bytes = ByteBuffer.wrap(message.getBytes());
      try {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException closedByTheWindow) {
        // It need not listen to the end.
      }
    }
  }
}
