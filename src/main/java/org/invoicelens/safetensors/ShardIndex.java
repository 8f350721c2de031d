package org.invoicelens.safetensors;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.invoicelens.stage.Words;

/**
 * The file that tells in which shard each tensor lies.
 *
 * @param shardOf the shard's file name, by the tensor's name
 * @param totalSize all tensors together in bytes, as stated; writers differ in what they count
 */
public record ShardIndex(Map<String, String> shardOf, OptionalLong totalSize) {

  private static final Words WORDS = Words.of(ShardIndex.class);

  private static final long LARGEST_FILE = 64 << 20;
  private static final int MOST_TENSORS = 1_000_000;

  public ShardIndex {
    shardOf = Collections.unmodifiableMap(shardOf);
  }

  /** The shards named, in alphabetical order. */
  public Set<String> shards() {
    return new TreeSet<>(shardOf.values());
  }

  /**
   * Reads an index; every shard it names is a file's name without a folder.
   *
   * @throws SafetensorsException where the file cannot be read or is not such an index
   */
  public static ShardIndex read(Path file) throws SafetensorsException {
    Map<String, String> shardOf = new LinkedHashMap<>();
    OptionalLong totalSize = OptionalLong.empty();
    try (JsonReader json = new JsonReader(Files.newBufferedReader(file))) {
      if (Files.size(file) > LARGEST_FILE) {
        throw new SafetensorsException(file, WORDS.text("fault.indexTooLarge"), null);
      }
      json.setStrictness(Strictness.STRICT);
      json.beginObject();
      while (json.hasNext()) {
        switch (json.nextName()) {
          case "metadata" -> totalSize = totalSize(json);
          case "weight_map" -> weightMap(file, json, shardOf);
          default -> json.skipValue();
        }
      }
      json.endObject();
      json.peek();
    } catch (SafetensorsException e) {
      throw e;
    } catch (IllegalStateException | NumberFormatException | MalformedJsonException e) {
      throw new SafetensorsException(file, WORDS.text("fault.noIndex"), e);
    } catch (IOException e) {
      throw new SafetensorsException(file, WORDS.text("fault.unreadable"), e);
    }
    if (shardOf.isEmpty()) {
      throw new SafetensorsException(file, WORDS.text("fault.noWeightMap"), null);
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

  private static void weightMap(Path file, JsonReader json, Map<String, String> shardOf)
      throws IOException {
    json.beginObject();
    while (json.hasNext()) {
      String tensor = json.nextName();
      String shard = json.nextString();
      if (!shard.matches("[A-Za-z0-9_][A-Za-z0-9._-]*\\.safetensors")) {
        throw new SafetensorsException(
            file, WORDS.text("fault.strangeShard", HeaderParser.shown(shard)), null);
      }
      if (shardOf.size() == MOST_TENSORS || shardOf.put(tensor, shard) != null) {
        throw new SafetensorsException(file, WORDS.text("fault.indexTensors"), null);
      }
    }
    json.endObject();
  }
}
