package org.invoicelens.pixtral;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.invoicelens.pixtral.TrainingProgram.Parameter;
import org.invoicelens.safetensors.SafetensorsException;
import org.invoicelens.safetensors.SafetensorsFile;
import org.invoicelens.safetensors.SafetensorsType;
import org.invoicelens.safetensors.SafetensorsWriter;

/**
 * A small model's weights in the layout of Hugging Face: {@code model.safetensors} in bfloat16,
 * beside the files that say how to use them.
 *
 * <p>The program keeps query, key and value of a layer in one matrix, gate and up in one, and the
 * patch filter in one channel; the file has them apart, and the filter in three channels.
 */
public final class HuggingFaceWeights {

  private static final String WEIGHTS = "model.safetensors";

  /** What a folder has beside the weights, unchanged by training. */
  private static final List<String> COMPANIONS =
      List.of(
          "config.json",
          "generation_config.json",
          "preprocessor_config.json",
          "processor_config.json",
          "tokenizer.json",
          "tokenizer_config.json");

  /** How grey is mixed: a filter on grey, times these, is one on red, green and blue. */
  private static final double[] LUMA = {0.299, 0.587, 0.114};

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final PixtralConfig config;

  /** The file's tensors that a parameter consists of, one below the other. */
  private final Map<String, List<Part>> parts = new LinkedHashMap<>();

  private record Part(String name, long[] shape) {

    int count() {
      return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    }
  }

  /** For the model that a program trains. */
  public HuggingFaceWeights(TrainingProgram program) {
    config = program.config();
    PixtralConfig.Vision vision = config.vision();
    PixtralConfig.Text text = config.text();
    String tower = "vision_tower.";
    put("vision.patch", tower + "patch_conv.weight", vision.hidden(), 3, patch(), patch());
    put("vision.norm", tower + "ln_pre.weight", vision.hidden());
    for (int i = 0; i < vision.layers(); i++) {
      layer(
          "vision." + i,
          tower + "transformer.layers." + i,
          List.of("attention_norm", "ffn_norm", "attention", "feed_forward"),
          new int[] {vision.hidden(), vision.hidden(), vision.hidden(), vision.intermediate()});
    }
    String projector = "multi_modal_projector.linear_";
    put("projector.in", projector + "1.weight", text.hidden(), vision.hidden());
    put("projector.in.bias", projector + "1.bias", text.hidden());
    put("projector.out", projector + "2.weight", text.hidden(), text.hidden());
    put("projector.out.bias", projector + "2.bias", text.hidden());
    String model = "language_model.model.";
    put("text.embeddings", model + "embed_tokens.weight", text.vocabulary(), text.hidden());
    for (int i = 0; i < text.layers(); i++) {
      layer(
          "text." + i,
          model + "layers." + i,
          List.of("input_layernorm", "post_attention_layernorm", "self_attn", "mlp"),
          new int[] {
            text.hidden(),
            text.heads() * text.headDim(),
            text.kvHeads() * text.headDim(),
            text.intermediate()
          });
    }
    put("text.norm", model + "norm.weight", text.hidden());
    put("text.head", "language_model.lm_head.weight", text.vocabulary(), text.hidden());
  }

  private int patch() {
    return config.vision().patch();
  }

  private void put(String parameter, String name, long... shape) {
    parts.computeIfAbsent(parameter, key -> new ArrayList<>()).add(new Part(name, shape));
  }

  /**
   * The tensors of one layer.
   *
   * @param names of its first norm, its second norm, its attention and its feed-forward half
   * @param sizes of the stream, of all queries, of all keys, and of the middle
   */
  private void layer(String parameter, String prefix, List<String> names, int[] sizes) {
    put(parameter + ".attention_norm", prefix + "." + names.get(0) + ".weight", sizes[0]);
    put(parameter + ".ffn_norm", prefix + "." + names.get(1) + ".weight", sizes[0]);
    String attention = prefix + "." + names.get(2) + ".";
    put(parameter + ".qkv", attention + "q_proj.weight", sizes[1], sizes[0]);
    put(parameter + ".qkv", attention + "k_proj.weight", sizes[2], sizes[0]);
    put(parameter + ".qkv", attention + "v_proj.weight", sizes[2], sizes[0]);
    put(parameter + ".o", attention + "o_proj.weight", sizes[0], sizes[1]);
    String middle = prefix + "." + names.get(3) + ".";
    put(parameter + ".gate_up", middle + "gate_proj.weight", sizes[3], sizes[0]);
    put(parameter + ".gate_up", middle + "up_proj.weight", sizes[3], sizes[0]);
    put(parameter + ".down", middle + "down_proj.weight", sizes[0], sizes[3]);
  }

  /** Fills a program with the weights of a folder; the optimiser begins anew. */
  public void read(Path folder, TrainingProgram program) throws SafetensorsException {
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
      for (Parameter parameter : program.parameters()) {
        List<Part> of = parts.get(parameter.name());
        float[] values = new float[of.stream().mapToInt(Part::count).sum()];
        int at = 0;
        for (Part part : of) {
          at = read(file, part, values, at);
        }
        program.put(parameter, parameter.name().equals("vision.patch") ? toGrey(values) : values);
      }
    }
  }

  /**
   * Moves a program's weights towards those of a folder.
   *
   * @param share of the folder in the mean, 0 to 1
   */
  public void blend(Path folder, double share, TrainingProgram program)
      throws SafetensorsException {
    Map<String, float[]> own = new HashMap<>();
    for (Parameter parameter : program.parameters()) {
      own.put(parameter.name(), program.values(parameter));
    }
    read(folder, program);
    for (Parameter parameter : program.parameters()) {
      float[] mean = program.values(parameter);
      float[] before = own.get(parameter.name());
      for (int i = 0; i < mean.length; i++) {
        mean[i] = (float) (share * mean[i] + (1 - share) * before[i]);
      }
      program.put(parameter, mean);
    }
  }

  private static int read(SafetensorsFile file, Part part, float[] values, int at)
      throws SafetensorsException {
    var tensor = file.tensors().get(part.name());
    if (tensor == null
        || tensor.type() != SafetensorsType.BF16
        || !Arrays.equals(tensor.shape(), part.shape())) {
      throw new SafetensorsException(
          file.header().file(),
          part.name() + " is not BF16 " + Arrays.toString(part.shape()),
          null);
    }
    short[] raw = file.data(part.name()).toArray(SHORT);
    for (short one : raw) {
      values[at++] = Float.intBitsToFloat(one << 16);
    }
    return at;
  }

  /** Writes a folder that any reader of this layout can load. */
  public void write(Path folder, TrainingProgram program, Path companions) throws IOException {
    Files.createDirectories(folder);
    for (String name : COMPANIONS) {
      Path target = folder.resolve(name);
      if (!target.toAbsolutePath().equals(companions.resolve(name).toAbsolutePath())) {
        Files.copy(
            companions.resolve(name), target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Map<String, float[]> learned = new HashMap<>();
    for (Parameter parameter : program.parameters()) {
      learned.put(parameter.name(), program.values(parameter));
    }
    try (Arena arena = Arena.ofConfined()) {
      Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
      for (Map.Entry<String, List<Part>> entry : parts.entrySet()) {
        float[] values = learned.get(entry.getKey());
        float[] whole = entry.getKey().equals("vision.patch") ? toColour(values) : values;
        int at = 0;
        for (Part part : entry.getValue()) {
          tensors.put(part.name(), rounded(arena, part, whole, at));
          at += part.count();
        }
      }
      SafetensorsWriter.write(folder.resolve(WEIGHTS), tensors, Map.of("format", "pt"));
    }
  }

  private static SafetensorsWriter.Tensor rounded(Arena arena, Part part, float[] values, int at) {
    MemorySegment data = arena.allocate(2L * part.count(), 8);
    for (int i = 0; i < part.count(); i++) {
      data.set(SHORT, 2L * i, bfloat16(values[at + i]));
    }
    return new SafetensorsWriter.Tensor(SafetensorsType.BF16, part.shape(), data);
  }

  /** The nearest number, to the even one where two are as near. */
  static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }

  private float[] toColour(float[] grey) {
    int area = patch() * patch();
    float[] colour = new float[3 * grey.length];
    for (int filter = 0; filter < grey.length / area; filter++) {
      for (int channel = 0; channel < 3; channel++) {
        for (int i = 0; i < area; i++) {
          colour[(filter * 3 + channel) * area + i] =
              (float) (grey[filter * area + i] * LUMA[channel]);
        }
      }
    }
    return colour;
  }

  /** The grey filter nearest to one of three channels. */
  private float[] toGrey(float[] colour) {
    int area = patch() * patch();
    double square = 0;
    for (double share : LUMA) {
      square += share * share;
    }
    float[] grey = new float[colour.length / 3];
    for (int filter = 0; filter < grey.length / area; filter++) {
      for (int i = 0; i < area; i++) {
        double sum = 0;
        for (int channel = 0; channel < 3; channel++) {
          sum += LUMA[channel] * colour[(filter * 3 + channel) * area + i];
        }
        grey[filter * area + i] = (float) (sum / square);
      }
    }
    return grey;
  }
}
