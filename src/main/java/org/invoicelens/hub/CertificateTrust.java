package org.invoicelens.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.invoicelens.stage.Words;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which servers are believed: those with a certificate that Java, the operating system or the
 * user's own file of certificates vouches for.
 *
 * <p>Companies that inspect traffic install their certificate in the operating system; browsers
 * read it there, Java does not by itself. Thread-safe.
 */
final class CertificateTrust implements X509TrustManager {

  private static final Words WORDS = Words.of(CertificateTrust.class);

  private static final Logger log = LoggerFactory.getLogger(CertificateTrust.class);
  private static final List<String> SYSTEM_STORES =
      List.of("Windows-ROOT", "KeychainStore-ROOT", "KeychainStore");

  /** Says who issued the certificate that nobody vouches for. */
  static final class UntrustedIssuer extends CertificateException {
    private static final long serialVersionUID = 1L;
    private final String issuer;

    UntrustedIssuer(String issuer, CertificateException cause) {
      super("issued by " + issuer, cause);
      this.issuer = issuer;
    }

    String issuer() {
      return issuer;
    }
  }

  private final List<X509TrustManager> sources;

  private CertificateTrust(List<X509TrustManager> sources) {
    this.sources = List.copyOf(sources);
  }

  /**
   * Trust in Java's and the system's certificates, and in those of a file.
   *
   * @throws HubException where the file is not one of certificates
   */
  static CertificateTrust with(Optional<Path> caFile) throws HubException {
    List<X509TrustManager> sources = new ArrayList<>();
    try {
      sources.add(trustIn(null));
    } catch (GeneralSecurityException | IOException noJavaStore) {
      throw new IllegalStateException("Java's own certificates cannot be read", noJavaStore);
    }
    for (String type : SYSTEM_STORES) {
      systemStore(type).ifPresent(sources::add);
    }
    if (caFile.isPresent()) {
      sources.add(fileStore(caFile.get()));
    }
    return new CertificateTrust(sources);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    CertificateException failure = null;
    for (X509TrustManager source : sources) {
      try {
        source.checkServerTrusted(chain, authType);
        return;
      } catch (CertificateException refused) {
        failure = failure == null || isAboutTime(refused) ? refused : failure;
      }
    }
    if (isAboutTime(failure)) {
      throw failure;
    }
    throw new UntrustedIssuer(issuer(chain[chain.length - 1]), failure);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("This side is never a server.");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return sources.stream()
        .flatMap(source -> Arrays.stream(source.getAcceptedIssuers()))
        .toArray(X509Certificate[]::new);
  }

  /** Whether the certificate is good but not now; then the clock may be wrong. */
  static boolean isAboutTime(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof CertificateExpiredException
          || t instanceof CertificateNotYetValidException) {
        return true;
      }
    }
    return false;
  }

  /** Who issued a certificate, by the name that people know. */
  static String issuer(X509Certificate certificate) {
    String name = certificate.getIssuerX500Principal().getName();
    for (String attribute : List.of("CN=", "O=", "OU=")) {
      for (String part : name.split("(?<!\\\\),")) {
        if (part.startsWith(attribute)) {
          return part.substring(attribute.length()).replace("\\", "");
        }
      }
    }
    return name;
  }

  private static Optional<X509TrustManager> systemStore(String type) {
    try {
      KeyStore store = KeyStore.getInstance(type);
      store.load(null, null);
      return Optional.of(trustIn(store));
    } catch (GeneralSecurityException | IOException | RuntimeException notHere) {
      log.debug("No certificates of the kind {} here.", type);
      return Optional.empty();
    }
  }

  private static X509TrustManager fileStore(Path file) throws HubException {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (certificates.isEmpty()) {
        throw new CertificateException("no certificate in it");
      }
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate certificate : certificates) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
      return trustIn(store);
    } catch (GeneralSecurityException | IOException bad) {
      String why =
          WORDS.text(bad instanceof IOException ? "badCaFile.unreadable" : "badCaFile.notPem");
      throw new HubException(
          HubException.Reason.BAD_SETTING,
          WORDS.problem("badCaFile", file, why),
          bad.toString(),
          bad);
    }
  }

  private static X509TrustManager trustIn(KeyStore store)
      throws GeneralSecurityException, IOException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        return x509;
      }
    }
    throw new IOException("no X.509 trust");
  }
}
