package org.invoicelens.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The keys of the description of a PyTorch build, and their limits. */
final class TorchBuildBinder {

  private static final Pattern VERSION = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){2}");
  private static final Pattern FLAVOR = Pattern.compile("cu[0-9]{3}");
  private static final Pattern PLATFORM = Pattern.compile("(linux|win)-(x86_64|aarch64)");
  private static final Pattern DRIVER = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,6}){0,3}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final long LARGEST = 100_000_000_000L;

  private TorchBuildBinder() {}

  static TorchBuild bind(Section root) {
    String version = root.required("version").text(fits(VERSION)).orElse("");
    String flavor = root.required("flavor").text(fits(FLAVOR)).orElse("");
    String address =
        root.required("address")
            .text(text ->
                text.equals(ModelConfig.BUNDLED)
                    ? Optional.of(Refusal.of("endpoint.invalid", text))
                    : HubAddress.refuseEndpoint(text))
            .map(HubAddress::canonicalEndpoint)
            .orElse("");
    List<String> platforms = new ArrayList<>();
    for (Value platform : root.required("platforms").list().orElse(List.of())) {
      platform.text(fits(PLATFORM)).ifPresent(platforms::add);
    }
    List<String> drivers =
        root.section(
            "min_driver",
            section ->
                List.of(
                    section.required("linux").text(fits(DRIVER)).orElse("0"),
                    section.required("windows").text(fits(DRIVER)).orElse("0")));
    return new TorchBuild(
        version,
        flavor,
        address,
        platforms,
        drivers.get(0),
        drivers.get(1),
        root.required("min_compute_capability").decimal(Value.Bound.from(0), 99).orElse(0.0),
        root.required("download_bytes").whole(1, LARGEST).orElse(1L),
        root.required("unpacked_bytes").whole(1, LARGEST).orElse(1L),
        root.required("largest_bytes").whole(1, LARGEST).orElse(1L),
        digests(root.value("sha256")));
  }

  private static Map<String, String> digests(Value value) {
    Map<String, String> digests = new LinkedHashMap<>();
    for (Value element : value.list().orElse(List.of())) {
      element.section(entry -> {
        Optional<String> file = entry.required("file").text();
        Optional<String> digest = entry.required("digest").text(fits(SHA256));
        if (file.isPresent() && digest.isPresent()) {
          digests.put(file.get(), digest.get());
        }
        return digest;
      });
    }
    return digests;
  }

  private static Function<String, Optional<Refusal>> fits(Pattern pattern) {
    return text ->
        pattern.matcher(text).matches()
            ? Optional.empty()
            : Optional.of(Refusal.of("value.notOfThatForm", text));
  }
}
