package org.invoicelens.pixtral;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.invoicelens.safetensors.SafetensorsType;
import org.invoicelens.safetensors.SafetensorsWriter;

/**
 * A checkpoint with the shapes of Pixtral 12B and random bfloat16 weights, in Hugging Face's layout
 * with shards: as heavy to load and to run as the real one, and knowing nothing.
 *
 * <p>The shapes are those of {@code mistral-community/pixtral-12b}: hidden size 5120, feed-forward
 * 14336, 32 query and 8 key and value heads of 128; in the vision tower 1024, 4096 and 16 heads of
 * 64. All 40 layers, 24 vision layers and 131,072 tokens make 12,682,739,712 parameters.
 */
final class RandomCheckpoint {

  private static final long SHARD = 5_000_000_000L;
  private static final int HIDDEN = 5120;
  private static final int FEED_FORWARD = 14336;
  private static final int QUERIES = 32 * 128;
  private static final int KEYS = 8 * 128;
  private static final int VISION = 1024;
  private static final int VISION_FEED_FORWARD = 4096;

  private final int layers;
  private final int visionLayers;
  private final int vocabulary;
  private final Map<String, long[]> shapes = new LinkedHashMap<>();

  /**
   * @param vocabulary tokens, at least as many as the reference tokenizer has
   */
  RandomCheckpoint(int layers, int visionLayers, int vocabulary) {
    this.layers = layers;
    this.visionLayers = visionLayers;
    this.vocabulary = vocabulary;
    shape();
  }

  private void shape() {
    shapes.put("vision_tower.patch_conv.weight", new long[] {VISION, 3, 16, 16});
    shapes.put("vision_tower.ln_pre.weight", new long[] {VISION});
    for (int i = 0; i < visionLayers; i++) {
      String layer = "vision_tower.transformer.layers." + i + ".";
      for (String name : new String[] {"q", "k", "v", "o"}) {
        put(layer + "attention." + name + "_proj", VISION, VISION);
      }
      put(layer + "feed_forward.gate_proj", VISION_FEED_FORWARD, VISION);
      put(layer + "feed_forward.up_proj", VISION_FEED_FORWARD, VISION);
      put(layer + "feed_forward.down_proj", VISION, VISION_FEED_FORWARD);
      put(layer + "attention_norm", VISION);
      put(layer + "ffn_norm", VISION);
    }
    put("multi_modal_projector.linear_1", HIDDEN, VISION);
    shapes.put("multi_modal_projector.linear_1.bias", new long[] {HIDDEN});
    put("multi_modal_projector.linear_2", HIDDEN, HIDDEN);
    shapes.put("multi_modal_projector.linear_2.bias", new long[] {HIDDEN});
    put("language_model.model.embed_tokens", vocabulary, HIDDEN);
    for (int i = 0; i < layers; i++) {
      String layer = "language_model.model.layers." + i + ".";
      put(layer + "self_attn.q_proj", QUERIES, HIDDEN);
      put(layer + "self_attn.k_proj", KEYS, HIDDEN);
      put(layer + "self_attn.v_proj", KEYS, HIDDEN);
      put(layer + "self_attn.o_proj", HIDDEN, QUERIES);
      put(layer + "mlp.gate_proj", FEED_FORWARD, HIDDEN);
      put(layer + "mlp.up_proj", FEED_FORWARD, HIDDEN);
      put(layer + "mlp.down_proj", HIDDEN, FEED_FORWARD);
      put(layer + "input_layernorm", HIDDEN);
      put(layer + "post_attention_layernorm", HIDDEN);
    }
    put("language_model.model.norm", HIDDEN);
    put("language_model.lm_head", vocabulary, HIDDEN);
  }

  private void put(String name, long... shape) {
    shapes.put(name + ".weight", shape);
  }

  long parameters() {
    return shapes.values().stream().mapToLong(RandomCheckpoint::count).sum();
  }

  private static long count(long[] shape) {
    long count = 1;
    for (long dimension : shape) {
      count *= dimension;
    }
    return count;
  }

  /** Writes all files; the weights are slices of one block of random numbers. */
  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    writeConfig(folder);
    writeTokenizer(folder);
    long largest = shapes.values().stream().mapToLong(RandomCheckpoint::count).max().orElseThrow();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment block = random(arena, largest + HIDDEN);
      MemorySegment ones = arena.allocate(2L * HIDDEN, 2);
      for (long i = 0; i < HIDDEN; i++) {
        // 1 in bfloat16
        ones.set(ValueLayout.JAVA_SHORT, 2 * i, (short) 0x3f80);
      }
      SplittableRandom random = new SplittableRandom(2);
      JsonObject shardOf = new JsonObject();
      Map<String, SafetensorsWriter.Tensor> shard = new LinkedHashMap<>();
      long bytes = 0;
      int shards = 0;
      for (Map.Entry<String, long[]> tensor : shapes.entrySet()) {
        long size = 2 * count(tensor.getValue());
        if (bytes > 0 && bytes + size > SHARD) {
          shards = write(folder, shard, shards, shardOf);
          bytes = 0;
        }
        boolean norm = tensor.getKey().contains("norm") || tensor.getKey().contains("ln_pre");
        long offset = norm ? 0 : 2 * random.nextLong((block.byteSize() - size) / 2);
        MemorySegment data = (norm ? ones : block).asSlice(offset, size);
        shard.put(
            tensor.getKey(),
            new SafetensorsWriter.Tensor(SafetensorsType.BF16, tensor.getValue(), data));
        bytes += size;
      }
      write(folder, shard, shards, shardOf);
      JsonObject index = new JsonObject();
      index.add("weight_map", shardOf);
      Files.writeString(folder.resolve("model.safetensors.index.json"), index.toString());
    }
  }

  private static int write(
      Path folder, Map<String, SafetensorsWriter.Tensor> shard, int before, JsonObject shardOf)
      throws IOException {
    String name = "model-%05d.safetensors".formatted(before + 1);
    SafetensorsWriter.write(folder.resolve(name), shard, Map.of("format", "pt"));
    shard.keySet().forEach(tensor -> shardOf.addProperty(tensor, name));
    shard.clear();
    return before + 1;
  }

  /** Normally distributed numbers with a deviation of a fiftieth. */
  private static MemorySegment random(Arena arena, long count) {
    SplittableRandom random = new SplittableRandom(1);
    short[] normal = new short[1 << 16];
    for (int i = 0; i < normal.length; i++) {
      normal[i] = (short) (Float.floatToIntBits((float) (random.nextGaussian() / 50)) >>> 16);
    }
    MemorySegment block = arena.allocate(2 * count, 64);
    for (long i = 0; i + 4 <= count; i += 4) {
      long four = random.nextLong();
      for (int j = 0; j < 4; j++) {
        short value = normal[(int) (four >>> 16 * j) & 0xffff];
        block.set(ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN), 2 * (i + j), value);
      }
    }
    return block;
  }

  private void writeConfig(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"architectures": ["LlavaForConditionalGeneration"], "model_type": "llava",
         "image_token_index": 10, "projector_hidden_act": "gelu", "torch_dtype": "bfloat16",
         "text_config": {"model_type": "mistral", "hidden_size": %d, "head_dim": 128,
          "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": %d,
          "num_hidden_layers": %d, "max_position_embeddings": 1024000, "rms_norm_eps": 1e-05,
          "rope_theta": 1000000000.0, "vocab_size": %d},
         "vision_config": {"model_type": "pixtral", "hidden_act": "silu", "hidden_size": %d,
          "intermediate_size": %d, "num_attention_heads": 16, "head_dim": 64,
          "num_hidden_layers": %d, "image_size": 1024, "patch_size": 16, "rope_theta": 10000.0},
         "vision_feature_layer": -1, "vision_feature_select_strategy": "full"}
        """
            .formatted(
                HIDDEN,
                FEED_FORWARD,
                layers,
                vocabulary,
                VISION,
                VISION_FEED_FORWARD,
                visionLayers));
    String preprocessor =
        Files.readString(Golden.TINY.resolve("hf/preprocessor_config.json"))
            .replace("\"longest_edge\": 256", "\"longest_edge\": 1024");
    Files.writeString(folder.resolve("preprocessor_config.json"), preprocessor);
  }

  /** The reference tokenizer, with words that never occur up to the whole vocabulary. */
  private void writeTokenizer(Path folder) throws IOException {
    String tiny = Files.readString(Golden.ROOT.resolve("tokenizer/tiny/tokenizer.json"));
    JsonObject tokenizer = JsonParser.parseString(tiny).getAsJsonObject();
    JsonObject words = tokenizer.getAsJsonObject("model").getAsJsonObject("vocab");
    int taken = words.entrySet().stream().mapToInt(e -> e.getValue().getAsInt()).max().orElse(-1);
    for (int id = taken + 1; id < vocabulary; id++) {
      words.addProperty("never" + id, id);
    }
    Files.writeString(folder.resolve("tokenizer.json"), tokenizer.toString());
  }
}
