package org.invoicelens.download;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A Hub with one large file that costs the processor next to nothing: the kernel sends one block of
 * random bytes over and over, so no disk and no copy stands between a client and its own speed.
 */
final class BenchmarkHub implements AutoCloseable {

  static final String REPOSITORY = "owner/model";
  static final String FILE = "model.safetensors";

  private static final int BLOCK = 64 << 20;
  private static final String COMMIT = "0123456789".repeat(4);

  private final Path block;
  private final FileChannel content;
  private final ServerSocketChannel server;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final long size;
  private final String sha256;

  /** The highest rate of one connection in bytes a second; 0 for none. */
  volatile long bytesPerSecond;

  /**
   * @param folder where the block is kept
   * @param blocks the length of the file, in blocks of 64 MiB
   */
  BenchmarkHub(Path folder, int blocks) throws Exception {
    byte[] bytes = new byte[BLOCK];
    new Random(1).nextBytes(bytes);
    block = Files.write(folder.resolve("block"), bytes);
    content = FileChannel.open(block, StandardOpenOption.READ);
    size = (long) BLOCK * blocks;
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (int i = 0; i < blocks; i++) {
      digest.update(bytes);
    }
    sha256 = HexFormat.of().formatHex(digest.digest());
    server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
    Thread.ofPlatform().daemon().start(this::accept);
  }

  long size() {
    return size;
  }

  String sha256() {
    return sha256;
  }

  String endpoint() throws IOException {
    return "http://127.0.0.1:" + ((InetSocketAddress) server.getLocalAddress()).getPort();
  }

  /** The file's own address, for programs that know nothing of a Hub. */
  String file() throws IOException {
    return endpoint() + "/" + REPOSITORY + "/resolve/main/" + FILE;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel socket : open) {
      socket.close();
    }
    content.close();
    Files.delete(block);
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel socket = server.accept();
        open.add(socket);
        Thread.ofPlatform().daemon().start(() -> talk(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void talk(SocketChannel socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.socket().getInputStream());
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        answer(socket, head);
      }
    } catch (IOException | InterruptedException gone) {
      // The client has what it wanted.
    } finally {
      open.remove(socket);
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      head.append((char) c);
      if (c == '\n' && head.length() >= 4 && head.charAt(head.length() - 3) == '\n') {
        return head.toString();
      }
    }
    return "";
  }

  private void answer(SocketChannel socket, String head) throws IOException, InterruptedException {
    if (head.startsWith("GET /api/models/" + REPOSITORY + "/revision/")) {
      send(socket, "{\"sha\":\"" + COMMIT + "\"}");
    } else if (head.startsWith("GET /api/models/" + REPOSITORY + "/tree/")) {
      send(
          socket,
          """
          [{"type":"file","path":"%s","size":%d,"oid":"%s","lfs":{"oid":"%s","size":%d}}]\
          """
              .formatted(FILE, size, COMMIT, sha256, size));
    } else {
      sendFile(socket, head);
    }
  }

  private static void send(SocketChannel socket, String json) throws IOException {
    write(socket, "200 OK\r\nContent-Type: application/json", json.length());
    socket.write(ByteBuffer.wrap(json.getBytes(StandardCharsets.US_ASCII)));
  }

  private static void write(SocketChannel socket, String statusAndHeaders, long length)
      throws IOException {
    String head = "HTTP/1.1 " + statusAndHeaders + "\r\nContent-Length: " + length + "\r\n\r\n";
    socket.write(ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
  }

  private void sendFile(SocketChannel socket, String head)
      throws IOException, InterruptedException {
    String etag = "\r\nAccept-Ranges: bytes\r\nETag: \"" + sha256.substring(0, 20) + '"';
    long from = 0;
    long to = size;
    int range = head.indexOf("\nRange: bytes=");
    if (range < 0) {
      write(socket, "200 OK" + etag, size);
    } else {
      String[] bounds = head.substring(range + 14, head.indexOf('\r', range)).split("-", -1);
      from = Long.parseLong(bounds[0]);
      to = bounds[1].isEmpty() ? size : Math.min(size, Long.parseLong(bounds[1]) + 1);
      String part = "\r\nContent-Range: bytes " + from + "-" + (to - 1) + "/" + size;
      write(socket, "206 Partial Content" + etag + part, to - from);
    }
    if (head.startsWith("HEAD")) {
      return;
    }
    long rate = bytesPerSecond;
    long begun = System.nanoTime();
    for (long at = from; at < to; ) {
      long inBlock = at % BLOCK;
      long most = rate > 0 ? rate / 100 : BLOCK;
      at += content.transferTo(inBlock, Math.min(most, Math.min(BLOCK - inBlock, to - at)), socket);
      if (rate > 0) {
        long due = begun + (long) ((at - from) * 1e9 / rate);
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      }
    }
  }
}
