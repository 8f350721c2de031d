package org.invoicelens.verify;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * The file that tells in which shard each tensor lies.
 *
 * @param shardOf the shard's file name, by the tensor's name
 * @param totalSize all tensors together in bytes, as stated; writers differ in what they count
 */
record ShardIndex(Map<String, String> shardOf, OptionalLong totalSize) {

  private static final long LARGEST_FILE = 100_000_000;
  private static final int MOST_TENSORS = 1_000_000;

  /** The shards named, in alphabetical order. */
  Set<String> shards() {
    return new TreeSet<>(shardOf.values());
  }

  /**
   * @throws IOException where the file cannot be read or is not such an index
   */
  static ShardIndex read(Path file) throws IOException {
    if (Files.size(file) > LARGEST_FILE) {
      throw new IOException("an index of " + Files.size(file) + " bytes");
    }
    Map<String, String> shardOf = new LinkedHashMap<>();
    OptionalLong totalSize = OptionalLong.empty();
    try (JsonReader json = new JsonReader(Files.newBufferedReader(file))) {
      json.setStrictness(Strictness.STRICT);
      json.beginObject();
      while (json.hasNext()) {
        switch (json.nextName()) {
          case "metadata" -> totalSize = totalSize(json);
          case "weight_map" -> weightMap(json, shardOf);
          default -> json.skipValue();
        }
      }
      json.endObject();
      json.peek();
    } catch (IllegalStateException | NumberFormatException e) {
      throw new IOException("not an index of shards", e);
    }
    if (shardOf.isEmpty()) {
      throw new IOException("an index without a tensor");
    }
    return new ShardIndex(shardOf, totalSize);
  }

  private static OptionalLong totalSize(JsonReader json) throws IOException {
    OptionalLong totalSize = OptionalLong.empty();
    json.beginObject();
    while (json.hasNext()) {
      if (json.nextName().equals("total_size") && json.peek() == JsonToken.NUMBER) {
        totalSize = OptionalLong.of((long) json.nextDouble());
      } else {
        json.skipValue();
      }
    }
    json.endObject();
    return totalSize;
  }

  private static void weightMap(JsonReader json, Map<String, String> shardOf) throws IOException {
    json.beginObject();
    while (json.hasNext()) {
      String tensor = json.nextName();
      String shard = json.nextString();
      if (!shard.matches("[A-Za-z0-9_][A-Za-z0-9._-]*\\.safetensors")) {
        throw new MalformedJsonException("an impossible shard name");
      }
      if (shardOf.size() == MOST_TENSORS || shardOf.put(tensor, shard) != null) {
        throw new MalformedJsonException("a tensor twice, or too many");
      }
    }
    json.endObject();
  }
}
