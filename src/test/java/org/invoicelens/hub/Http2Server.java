package org.invoicelens.hub;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import mockwebserver3.MockWebServer;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/** Makes servers that refuse every handshake in which HTTP/2 is not offered. */
public final class Http2Server {

  /** Who the servers are, at both names of this computer. */
  public static final HeldCertificate CERTIFICATE =
      new HeldCertificate.Builder()
          .commonName("Office Server")
          .addSubjectAlternativeName("localhost")
          .addSubjectAlternativeName("127.0.0.1")
          .build();

  private Http2Server() {}

  /** What secures a server that speaks HTTP/1.1 and HTTP/2. */
  public static SSLSocketFactory bothProtocols() {
    return new HandshakeCertificates.Builder()
        .heldCertificate(CERTIFICATE)
        .build()
        .sslSocketFactory();
  }

  /** A server that speaks only HTTP/2; not started. */
  public static MockWebServer create() {
    MockWebServer server = new MockWebServer();
    server.useHttps(new OnlyHttp2(bothProtocols()));
    return server;
  }

  /** The settings of somebody who trusts the certificate. */
  public static HubSettings trusting(HubSettings settings, Path folder) throws IOException {
    return settings.withCaFile(
        Files.writeString(folder.resolve("ca.pem"), CERTIFICATE.certificatePem()));
  }

  private static final class OnlyHttp2 extends SSLSocketFactory {

    private final SSLSocketFactory usual;

    OnlyHttp2(SSLSocketFactory usual) {
      this.usual = usual;
    }

    private static Socket onlyHttp2(Socket socket) {
      ((SSLSocket) socket)
          .setHandshakeApplicationProtocolSelector(
              (_, offered) -> offered.contains("h2") ? "h2" : null);
      return socket;
    }

    @Override
    public Socket createSocket(Socket plain, String host, int port, boolean close)
        throws IOException {
      return onlyHttp2(usual.createSocket(plain, host, port, close));
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
      return onlyHttp2(usual.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
        throws IOException {
      return onlyHttp2(usual.createSocket(host, port, local, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
      return onlyHttp2(usual.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
        throws IOException {
      return onlyHttp2(usual.createSocket(host, port, local, localPort));
    }

    @Override
    public String[] getDefaultCipherSuites() {
      return usual.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
      return usual.getSupportedCipherSuites();
    }
  }
}
