package org.invoicelens.train;

import com.google.gson.Gson;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.invoicelens.pixtral.TrainingProgram;
import org.invoicelens.pixtral.TrainingProgram.Learned;
import org.invoicelens.pixtral.TrainingProgram.Parameter;
import org.invoicelens.safetensors.SafetensorsException;
import org.invoicelens.safetensors.SafetensorsFile;
import org.invoicelens.safetensors.SafetensorsType;
import org.invoicelens.safetensors.SafetensorsWriter;
import org.invoicelens.stage.WholeFile;

/**
 * Where a run stands: weights, what the optimiser remembers, and its place in the plan, in one file
 * that is replaced as a whole.
 *
 * @param step the number of steps done
 * @param slips how many were learned from
 * @param seconds that the run took so far, over all its parts
 */
record RunState(Plan plan, long step, long slips, double seconds) {

  static final String FILE = "state.safetensors";

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static boolean isIn(Path run) {
    return Files.isRegularFile(run.resolve(FILE));
  }

  /** Writes this and all that a program learned. */
  void write(Path run, TrainingProgram program) throws IOException {
    Map<String, SafetensorsWriter.Tensor> tensors = new LinkedHashMap<>();
    for (Parameter parameter : program.parameters()) {
      Learned learned = program.learned(parameter);
      tensors.put(parameter.name(), tensor(parameter, learned.values()));
      tensors.put(parameter.name() + ".first", tensor(parameter, learned.first()));
      tensors.put(parameter.name() + ".second", tensor(parameter, learned.second()));
    }
    Files.createDirectories(run);
    WholeFile.removeUnfinished(run.resolve(FILE));
    SafetensorsWriter.write(
        run.resolve(FILE), tensors, Map.of("format", "pt", "state", new Gson().toJson(this)));
  }

  private static SafetensorsWriter.Tensor tensor(Parameter parameter, float[] values) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[values.length * Float.BYTES]);
    MemorySegment.copy(values, 0, bytes, FLOAT, 0, values.length);
    return new SafetensorsWriter.Tensor(SafetensorsType.F32, parameter.shape(), bytes);
  }

  /** Reads where a run stands, and puts what it learned into a program. */
  static RunState read(Path run, TrainingProgram program) throws SafetensorsException {
    try (SafetensorsFile file = SafetensorsFile.open(run.resolve(FILE))) {
      for (Parameter parameter : program.parameters()) {
        program.put(
            parameter,
            new Learned(
                values(file, parameter, ""),
                values(file, parameter, ".first"),
                values(file, parameter, ".second")));
      }
      return state(file);
    }
  }

  /** Reads the plan of a run. */
  static Plan plan(Path run) throws SafetensorsException {
    try (SafetensorsFile file = SafetensorsFile.open(run.resolve(FILE))) {
      return state(file).plan();
    }
  }

  private static RunState state(SafetensorsFile file) {
    return new Gson().fromJson(file.metadata().get("state"), RunState.class);
  }

  private static float[] values(SafetensorsFile file, Parameter parameter, String suffix)
      throws SafetensorsException {
    String name = parameter.name() + suffix;
    var tensor = file.tensors().get(name);
    if (tensor == null || tensor.count() != parameter.count()) {
      throw new SafetensorsException(
          file.header().file(), name + " is not of this model's size", null);
    }
    return file.data(name).toArray(FLOAT);
  }
}
