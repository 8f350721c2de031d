package org.invoicelens.update;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The reader of {@code release.json}, which {@code installer/release} writes beside the packages:
 * the newest version with the size and digest of each of its packages.
 */
final class ReleaseManifest {

  private static final int FORMAT = 1;
  private static final int MOST_PACKAGES = 100;

  /** A file beside the manifest: never a path, never another server. */
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._~+-]{0,199}");

  private static final Pattern VERSION = Pattern.compile("[0-9]+(\\.[0-9]+){1,3}(-[A-Za-z0-9.]+)?");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private ReleaseManifest() {}

  /**
   * Reads a manifest.
   *
   * @param address where it came from; the packages lie beside it
   * @param running the version that runs
   * @param system the value of {@code os.name}
   * @param architecture the value of {@code os.arch}
   * @throws IllegalArgumentException where it is none, or one of another program
   */
  static Release read(
      byte[] manifest, URI address, String running, String system, String architecture) {
    try {
      JsonObject json =
          JsonParser.parseString(new String(manifest, StandardCharsets.UTF_8)).getAsJsonObject();
      require(json.get("format").getAsInt() == FORMAT, "format");
      require(json.get("program").getAsString().equals("InvoiceLens"), "program");
      String version = json.get("version").getAsString();
      require(VERSION.matcher(version).matches(), "version");
      List<Release.Package> packages = new ArrayList<>();
      require(json.getAsJsonArray("packages").size() <= MOST_PACKAGES, "packages");
      for (JsonElement element : json.getAsJsonArray("packages")) {
        JsonObject entry = element.getAsJsonObject();
        String name = entry.get("file").getAsString();
        long size = entry.get("size").getAsLong();
        String sha256 = entry.get("sha256").getAsString();
        require(FILE.matcher(name).matches() && !name.contains(".."), "file");
        require(size > 0 && SHA256.matcher(sha256).matches(), "size or sha256");
        if (entry.get("system").getAsString().equals(system(system))
            && entry.get("architecture").getAsString().equals(architecture(architecture))) {
          packages.add(new Release.Package(name, address.resolve(name), size, sha256));
        }
      }
      return new Release(
          version,
          text(json, "date").map(LocalDate::parse),
          text(json, "page").map(URI::create).filter(page -> "https".equals(page.getScheme())),
          packages,
          ModuleDescriptor.Version.parse(version).compareTo(ModuleDescriptor.Version.parse(running))
              > 0);
    } catch (RuntimeException e) {
      // Gson and the parsers of dates and addresses each have exceptions of their own for text that
      // is not what it should be.
      throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Optional<String> text(JsonObject json, String key) {
    return Optional.ofNullable(json.get(key)).map(JsonElement::getAsString);
  }

  private static void require(boolean right, String what) {
    if (!right) {
      throw new IllegalArgumentException(what);
    }
  }

  private static String system(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.startsWith("windows") ? "windows" : lower.startsWith("mac") ? "macos" : "linux";
  }

  private static String architecture(String name) {
    return switch (name) {
      case "amd64", "x86_64" -> "amd64";
      case "aarch64", "arm64" -> "arm64";
      default -> name;
    };
  }
}
