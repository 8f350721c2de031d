package org.invoicelens.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.invoicelens.safetensors.SafetensorsException;
import org.invoicelens.safetensors.SafetensorsHeader;
import org.invoicelens.safetensors.ShardIndex;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.verify.VerificationStatus.Finding;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the weights of a model folder are whole: every shard's header is sound, and index and
 * shards name the same tensors.
 */
final class ModelStructure {

  private static final Logger log = LoggerFactory.getLogger(ModelStructure.class);

  private static final String WEIGHTS = ".safetensors";
  private static final String INDEX = ".safetensors.index.json";
  private static final String NUMBERED = "-\\d{5}-of-\\d{5}\\.safetensors";

  private static final int LONGEST_SHOWN_NAME = 120;

  private final Path folder;
  private final Set<String> alreadyWrong;
  private final Cancellation cancellation;
  private final Map<String, SafetensorsHeader> headers = new TreeMap<>();
  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param alreadyWrong files that were found wrong before, which are not reported again
   */
  ModelStructure(Path folder, Set<String> alreadyWrong, Cancellation cancellation) {
    this.folder = folder;
    this.alreadyWrong = alreadyWrong;
    this.cancellation = cancellation;
  }

  /** Whether the folder has files that can be checked at all. */
  static boolean hasWeights(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).anyMatch(ModelStructure::isWeights);
    }
  }

  /** Everything that is wrong, by file. */
  List<Finding> check() throws IOException, CancelledException {
    List<String> indexes = new ArrayList<>();
    List<String> shards = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(INDEX)) {
          indexes.add(name);
        } else if (name.endsWith(WEIGHTS)) {
          shards.add(name);
        }
      }
    }
    for (String configuration : List.of("config.json", "params.json")) {
      Path file = folder.resolve(configuration);
      if (Files.exists(file)
          && !alreadyWrong.contains(configuration)
          && ModelCompatibility.read(file).isEmpty()) {
        report(configuration, Finding.Fault.UNREADABLE, "finding.damaged");
      }
    }
    for (String shard : shards) {
      cancellation.throwIfCancelled();
      readHeader(shard);
    }
    for (String index : indexes) {
      cancellation.throwIfCancelled();
      if (!alreadyWrong.contains(index)) {
        compare(index, shards);
      }
    }
    if (indexes.isEmpty()) {
      requireWhole(shards);
    }
    return findings;
  }

  private void readHeader(String shard) {
    if (alreadyWrong.contains(shard)) {
      return;
    }
    try {
      headers.put(shard, SafetensorsHeader.read(folder.resolve(shard)));
    } catch (SafetensorsException e) {
      log.warn("{}", e.getMessage(), e.getCause());
      report(shard, Finding.Fault.BROKEN_SHARD, "finding.brokenShard", e.fault());
    }
  }

  private void compare(String name, List<String> present) {
    ShardIndex index;
    try {
      index = ShardIndex.read(folder.resolve(name));
    } catch (IOException e) {
      log.warn("{} cannot be used", name, e);
      report(name, Finding.Fault.INDEX_MISMATCH, "finding.noIndex");
      return;
    }
    Map<String, List<String>> lacking = new LinkedHashMap<>();
    index
        .shardOf()
        .forEach((tensor, shard) -> {
          SafetensorsHeader header = headers.get(shard);
          if (header != null && !header.tensors().containsKey(tensor)) {
            lacking.computeIfAbsent(shard, ignored -> new ArrayList<>()).add(tensor);
          }
        });
    lacking.forEach((shard, tensors) ->
        report(
            shard,
            Finding.Fault.INDEX_MISMATCH,
            "finding.lacks",
            tensors.size(),
            printable(tensors.getFirst()),
            name));
    long size = 0;
    for (String shard : index.shards()) {
      SafetensorsHeader header = headers.get(shard);
      if (header != null) {
        size += header.dataSize();
        List<String> surplus =
            header.tensors().keySet().stream()
                .filter(tensor -> !shard.equals(index.shardOf().get(tensor)))
                .toList();
        if (!surplus.isEmpty()) {
          report(
              shard,
              Finding.Fault.INDEX_MISMATCH,
              "finding.surplus",
              surplus.size(),
              printable(surplus.getFirst()),
              name);
        }
      } else if (!Files.exists(folder.resolve(shard)) && !alreadyWrong.contains(shard)) {
        report(shard, Finding.Fault.MISSING, "finding.missingShard", name);
      }
    }
    String series = Pattern.quote(name.substring(0, name.length() - INDEX.length())) + NUMBERED;
    for (String shard : present) {
      if (shard.matches(series) && !index.shards().contains(shard)) {
        report(shard, Finding.Fault.INDEX_MISMATCH, "finding.strangeShard", name);
      }
    }
    // Writers count shared tensors differently, so that this alone proves nothing.
    if (index.totalSize().isPresent() && index.totalSize().getAsLong() != size) {
      log.info("{} states {} bytes, the shards hold {}", name, index.totalSize().getAsLong(), size);
    }
  }

  /** Without an index the weights must lie in one file. */
  private void requireWhole(List<String> shards) {
    if (shards.isEmpty() && alreadyWrong.stream().noneMatch(ModelStructure::isWeights)) {
      report("model" + WEIGHTS, Finding.Fault.MISSING, "finding.noWeights");
    }
    for (String shard : shards) {
      if (shard.matches(".*" + NUMBERED)) {
        String index = shard.replaceFirst(NUMBERED + "$", INDEX);
        if (!alreadyWrong.contains(index)) {
          report(index, Finding.Fault.MISSING, "finding.missingIndex");
        }
        return;
      }
    }
  }

  private static boolean isWeights(String name) {
    return name.endsWith(WEIGHTS) || name.endsWith(INDEX);
  }

  /** A name out of a file as it may be shown: short, and without what steers a terminal. */
  static String printable(String name) {
    String shown = name.substring(0, Math.min(name.length(), LONGEST_SHOWN_NAME));
    return shown.replaceAll("\\p{Cntrl}", "?");
  }

  private void report(String file, Finding.Fault fault, String key, Object... more) {
    findings.add(FileCheck.finding(file, fault, key, more));
  }
}
