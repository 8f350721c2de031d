package org.invoicelens.pixtral;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.invoicelens.safetensors.SafetensorsException;
import org.invoicelens.safetensors.SafetensorsFile;
import org.invoicelens.safetensors.SafetensorsType;
import org.invoicelens.safetensors.ShardIndex;
import org.invoicelens.safetensors.TensorInfo;
import org.invoicelens.stage.Words;

/**
 * The weights of a model folder under the program's own names, found and checked but not read.
 *
 * <p>Three layouts: Hugging Face with shards and an index, Hugging Face in one file, and Mistral's
 * native one. Hugging Face names come in an older and a newer spelling. Only safetensors files are
 * read; a pickle can run code.
 */
final class Checkpoint implements AutoCloseable {

  /** PyTorch's numbers for the types that weights may have. */
  static final int FLOAT16 = 5;

  static final int FLOAT32 = 6;
  static final int BFLOAT16 = 15;

  private static final String HF_INDEX = "model.safetensors.index.json";
  private static final String HF_SINGLE = "model.safetensors";
  private static final String NATIVE_SINGLE = "consolidated.safetensors";

  private static final Words WORDS = Words.of(Checkpoint.class);

  /** The vision tower has these names in both layouts. */
  private static final List<String> NATIVE_NORMS = List.of("attention_norm", "ffn_norm");

  /**
   * One weight.
   *
   * @param name in the program
   * @param file where it lies
   * @param source what the file says of it; the shape is the one expected
   * @param headRows rows of one head where they must be put from native into Hugging Face order;
   *     otherwise 0
   * @param packable whether it is a linear layer of the decoder, which may be quantised
   */
  record Weight(
      String name, SafetensorsFile file, TensorInfo source, int headRows, boolean packable) {

    /** The number of rows, the first dimension. */
    long rowCount() {
      return source.shape()[0];
    }

    /** One row in the file, in bytes. */
    long rowBytes() {
      return source.size() / rowCount();
    }
  }

  /** What the configuration says must be there. */
  private record Expected(
      String name, List<String> fileNames, long[] shape, int headRows, boolean packable) {}

  private final PixtralConfig config;
  private final List<SafetensorsFile> files;
  private final List<Weight> weights;

  private Checkpoint(PixtralConfig config, List<SafetensorsFile> files, List<Weight> weights) {
    this.config = config;
    this.files = files;
    this.weights = weights;
  }

  /**
   * Opens a folder and checks that every weight is there in its shape, in a type that can be read.
   *
   * @throws CheckpointException where it is not
   */
  static Checkpoint open(Path folder) throws CheckpointException {
    boolean huggingFace = Files.isRegularFile(folder.resolve(PixtralConfig.HF_FILE));
    if (!huggingFace && !Files.isRegularFile(folder.resolve(PixtralConfig.NATIVE_FILE))) {
      throw missing(
          folder, WORDS.text("file.either", PixtralConfig.HF_FILE, PixtralConfig.NATIVE_FILE));
    }
    // a folder with both layouts is read in the one whose weights are there
    if (huggingFace
        && Files.isRegularFile(folder.resolve(PixtralConfig.NATIVE_FILE))
        && !Files.isRegularFile(folder.resolve(HF_INDEX))
        && !Files.isRegularFile(folder.resolve(HF_SINGLE))) {
      huggingFace = false;
    }
    PixtralConfig config =
        huggingFace ? PixtralConfig.readHuggingFace(folder) : PixtralConfig.readNative(folder);
    Map<String, SafetensorsFile> byName = new LinkedHashMap<>();
    Checkpoint checkpoint = null;
    try {
      Map<String, SafetensorsFile> tensors =
          huggingFace ? openHuggingFace(folder, byName) : openSingle(folder, NATIVE_SINGLE, byName);
      List<Weight> weights = new ArrayList<>();
      for (Expected expected : expected(config, huggingFace)) {
        weights.add(find(folder, expected, tensors));
      }
      // as the bytes lie, for one pass over each file
      List<SafetensorsFile> order = List.copyOf(byName.values());
      weights.sort(
          Comparator.comparingInt((Weight w) -> order.indexOf(w.file()))
              .thenComparingLong(w -> w.source().begin()));
      checkpoint = new Checkpoint(config, order, List.copyOf(weights));
      return checkpoint;
    } finally {
      if (checkpoint == null) {
        byName.values().forEach(SafetensorsFile::close);
      }
    }
  }

  PixtralConfig config() {
    return config;
  }

  /** Every weight of the model, in the order of the files. */
  List<Weight> weights() {
    return weights;
  }

  /** All weights as they lie in the files, in bytes. */
  long bytes() {
    return weights.stream().mapToLong(w -> w.source().size()).sum();
  }

  @Override
  public void close() {
    files.forEach(SafetensorsFile::close);
  }

  private static Map<String, SafetensorsFile> openHuggingFace(
      Path folder, Map<String, SafetensorsFile> opened) throws CheckpointException {
    Path index = folder.resolve(HF_INDEX);
    if (!Files.isRegularFile(index)) {
      return openSingle(folder, HF_SINGLE, opened);
    }
    Map<String, SafetensorsFile> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, String> entry : shardOf(index).entrySet()) {
      String fileName = entry.getValue();
      SafetensorsFile file = opened.get(fileName);
      if (file == null) {
        file = open(folder, fileName);
        opened.put(fileName, file);
      }
      tensors.put(entry.getKey(), file);
    }
    return tensors;
  }

  private static Map<String, SafetensorsFile> openSingle(
      Path folder, String fileName, Map<String, SafetensorsFile> opened)
      throws CheckpointException {
    SafetensorsFile file = open(folder, fileName);
    opened.put(fileName, file);
    Map<String, SafetensorsFile> tensors = new LinkedHashMap<>();
    file.tensors().keySet().forEach(name -> tensors.put(name, file));
    return tensors;
  }

  private static SafetensorsFile open(Path folder, String fileName) throws CheckpointException {
    Path file = folder.resolve(fileName);
    if (!Files.isRegularFile(file)) {
      throw missing(folder, fileName);
    }
    try {
      return SafetensorsFile.open(file);
    } catch (SafetensorsException e) {
      throw CheckpointException.brokenFile(file, e.fault(), e);
    }
  }

  /** Which file holds which tensor. */
  private static Map<String, String> shardOf(Path index) throws CheckpointException {
    try {
      return new TreeMap<>(ShardIndex.read(index).shardOf());
    } catch (SafetensorsException e) {
      throw CheckpointException.brokenFile(index, e.fault(), e);
    }
  }

  private static Weight find(Path folder, Expected expected, Map<String, SafetensorsFile> tensors)
      throws CheckpointException {
    for (String name : expected.fileNames()) {
      SafetensorsFile file = tensors.get(name);
      if (file == null) {
        continue;
      }
      TensorInfo info = file.tensors().get(name);
      if (info == null) {
        throw CheckpointException.brokenFile(
            file.header().file(), WORDS.text("fault.notInFile", name), null);
      }
      if (!Arrays.equals(info.shape(), expected.shape())) {
        throw new CheckpointException(
            CheckpointException.Reason.WRONG_SHAPE,
            WORDS.problem("files.doNotFit"),
            file.header().file()
                + ": "
                + name
                + " has the shape "
                + Arrays.toString(info.shape())
                + " instead of "
                + Arrays.toString(expected.shape()),
            null);
      }
      if (scalarType(info.type()) < 0) {
        throw CheckpointException.brokenFile(
            file.header().file(), WORDS.text("fault.type", name, info.type()), null);
      }
      return new Weight(expected.name(), file, info, expected.headRows(), expected.packable());
    }
    throw new CheckpointException(
        CheckpointException.Reason.MISSING_TENSOR,
        WORDS.problem("files.doNotFit"),
        folder + ": no weight " + expected.fileNames().getFirst(),
        null);
  }

  /** PyTorch's number for a type that weights may have; negative for all others. */
  static int scalarType(SafetensorsType type) {
    return switch (type) {
      case F32 -> FLOAT32;
      case F16 -> FLOAT16;
      case BF16 -> BFLOAT16;
      default -> -1;
    };
  }

  private static List<Expected> expected(PixtralConfig config, boolean huggingFace) {
    List<Expected> all = new ArrayList<>();
    PixtralConfig.Text text = config.text();
    PixtralConfig.Vision vision = config.vision();

    String tower = huggingFace ? "vision_tower." : "vision_encoder.";
    Names visionNames = huggingFace ? new Names(tower, "model." + tower) : new Names(tower);
    all.add(
        visionNames.plain(
            "vision.patch",
            "patch_conv.weight",
            vision.hidden(),
            vision.channels(),
            vision.patch(),
            vision.patch()));
    all.add(visionNames.plain("vision.norm", "ln_pre.weight", vision.hidden()));
    for (int i = 0; i < vision.layers(); i++) {
      Block block =
          new Block("vision." + i + ".", "transformer.layers." + i + ".", huggingFace, false);
      block.add(
          all,
          visionNames,
          "attention",
          "feed_forward",
          NATIVE_NORMS,
          vision.hidden(),
          vision.intermediate(),
          vision.heads(),
          vision.heads(),
          vision.headDim());
    }

    String bridge = huggingFace ? "multi_modal_projector." : "vision_language_adapter.";
    Names projector = huggingFace ? new Names(bridge, "model." + bridge) : new Names(bridge);
    String in = huggingFace ? "linear_1" : "w_in";
    String out = huggingFace ? "linear_2" : "w_out";
    all.add(projector.plain("projector.in", in + ".weight", text.hidden(), vision.hidden()));
    all.add(projector.plain("projector.out", out + ".weight", text.hidden(), text.hidden()));
    if (config.projectorBias()) {
      all.add(projector.plain("projector.in.bias", in + ".bias", text.hidden()));
      all.add(projector.plain("projector.out.bias", out + ".bias", text.hidden()));
    }

    Names decoder =
        huggingFace ? new Names("language_model.model.", "model.language_model.") : new Names("");
    all.add(
        decoder.plain(
            "text.embeddings",
            huggingFace ? "embed_tokens.weight" : "tok_embeddings.weight",
            text.vocabulary(),
            text.hidden()));
    all.add(decoder.plain("text.norm", "norm.weight", text.hidden()));
    if (!text.tiedHead()) {
      Names head =
          huggingFace ? new Names("language_model.lm_head.", "lm_head.") : new Names("output.");
      all.add(head.plain("text.head", "weight", text.vocabulary(), text.hidden()));
    }
    for (int i = 0; i < text.layers(); i++) {
      Block block = new Block("text." + i + ".", "layers." + i + ".", huggingFace, true);
      block.add(
          all,
          decoder,
          huggingFace ? "self_attn" : "attention",
          huggingFace ? "mlp" : "feed_forward",
          huggingFace ? List.of("input_layernorm", "post_attention_layernorm") : NATIVE_NORMS,
          text.hidden(),
          text.intermediate(),
          text.heads(),
          text.kvHeads(),
          text.headDim());
    }
    return all;
  }

  /** The spellings of one part's names in files: what they may begin with. */
  private record Names(String... beginnings) {

    Expected plain(String name, String rest, long... shape) {
      return of(name, rest, 0, false, shape);
    }

    Expected of(String name, String rest, int headRows, boolean packable, long... shape) {
      List<String> fileNames = Stream.of(beginnings).map(b -> b + rest).toList();
      return new Expected(name, fileNames, shape, headRows, packable);
    }
  }

  /** One layer of either tower. */
  private record Block(String name, String fileName, boolean huggingFace, boolean packable) {

    void add(
        List<Expected> all,
        Names names,
        String attention,
        String feedForward,
        List<String> norms,
        int hidden,
        int intermediate,
        int heads,
        int kvHeads,
        int headDim) {
      long queries = (long) heads * headDim;
      long keys = (long) kvHeads * headDim;
      String a = fileName + attention + ".";
      String f = fileName + feedForward + ".";
      // only native files keep the pairs of a rotation side by side
      int pairs = huggingFace ? 0 : headDim;
      all.add(names.of(name + "q", a + name("q_proj", "wq"), pairs, packable, queries, hidden));
      all.add(names.of(name + "k", a + name("k_proj", "wk"), pairs, packable, keys, hidden));
      all.add(names.of(name + "v", a + name("v_proj", "wv"), 0, packable, keys, hidden));
      all.add(names.of(name + "o", a + name("o_proj", "wo"), 0, packable, hidden, queries));
      all.add(
          names.of(name + "gate", f + name("gate_proj", "w1"), 0, packable, intermediate, hidden));
      all.add(names.of(name + "up", f + name("up_proj", "w3"), 0, packable, intermediate, hidden));
      all.add(
          names.of(name + "down", f + name("down_proj", "w2"), 0, packable, hidden, intermediate));
      all.add(
          names.plain(name + "attention_norm", fileName + norms.getFirst() + ".weight", hidden));
      all.add(names.plain(name + "mlp_norm", fileName + norms.getLast() + ".weight", hidden));
    }

    private String name(String ofHuggingFace, String ofNative) {
      return (huggingFace ? ofHuggingFace : ofNative) + ".weight";
    }
  }

  private static CheckpointException missing(Path folder, String fileName) {
    String pickle = pickleIn(folder);
    return new CheckpointException(
        CheckpointException.Reason.FILE_MISSING,
        WORDS.problem(pickle.isEmpty() ? "file.missing" : "file.pickle", fileName, pickle),
        folder.toString(),
        null);
  }

  private static String pickleIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches(".*\\.(bin|pt|pth|ckpt|pkl)"))
          .sorted()
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }
}
