package org.invoicelens.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.invoicelens.pixtral.HuggingFaceWeights;
import org.invoicelens.pixtral.TrainingBatch;
import org.invoicelens.pixtral.TrainingProgram;

/**
 * One run: steps until the plan is done or it is told to stop, its state kept in a folder all the
 * while, and a model that can be used beside it.
 *
 * <p>The folder of a run has {@code state.safetensors}, {@code log.tsv} with a line for every
 * report, and {@code model}, the layout of Hugging Face.
 */
final class Trainer implements AutoCloseable {

  /** Seconds between two reports, between two states, and between two looks at held-out slips. */
  record Pauses(double report, double save, double check) {
    static final Pauses USUAL = new Pauses(30, 120, 300);
  }

  private static final int CHECKED = 64;
  private static final int AHEAD = 3;
  private static final String HEADER =
      "seconds\tstep\tslips\tloss\tgradient\ttokens right\trate\tslips a second\theld-out all"
          + " five\n";

  private final TrainingProgram program;
  private final HuggingFaceWeights weights;
  private final Path from;
  private final Path run;
  private final Pauses pauses;
  private final Consumer<String> out;
  private final SlipVocabulary vocabulary;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private RunState state;

  private Trainer(
      TrainingProgram program,
      Path from,
      Path run,
      RunState state,
      Pauses pauses,
      Consumer<String> out)
      throws IOException {
    this.program = program;
    this.from = from;
    this.run = run;
    this.state = state;
    this.pauses = pauses;
    this.out = out;
    weights = new HuggingFaceWeights(program);
    vocabulary = SlipVocabulary.read(from);
  }

  /**
   * Begins a run.
   *
   * @param from the model whose sizes and tokens it has, and whose weights unless they are to be
   *     random
   */
  static Trainer begin(
      Path from,
      Path run,
      Plan plan,
      boolean random,
      int threads,
      Pauses pauses,
      Consumer<String> out)
      throws Exception {
    TrainingProgram program = TrainingProgram.open(from, plan.bfloat16(), threads);
    try {
      RunState state = new RunState(plan, 0, 0, 0);
      Trainer trainer = new Trainer(program, from, run, state, pauses, out);
      if (random) {
        program.randomise(plan.seed());
      } else {
        trainer.weights.read(from, program);
      }
      return trainer;
    } catch (Exception e) {
      program.close();
      throw e;
    }
  }

  /**
   * Goes on with a run where its state was last kept.
   *
   * @param changed what becomes of its plan; of the length, say, of a run by the clock
   */
  static Trainer resume(
      Path from,
      Path run,
      UnaryOperator<Plan> changed,
      int threads,
      Pauses pauses,
      Consumer<String> out)
      throws Exception {
    TrainingProgram program = TrainingProgram.open(from, RunState.plan(run).bfloat16(), threads);
    try {
      RunState kept = RunState.read(run, program);
      RunState state =
          new RunState(changed.apply(kept.plan()), kept.step(), kept.slips(), kept.seconds());
      return new Trainer(program, from, run, state, pauses, out);
    } catch (Exception e) {
      program.close();
      throw e;
    }
  }

  RunState state() {
    return state;
  }

  TrainingProgram program() {
    return program;
  }

  /** Makes the run end after the step at hand, its state kept. May be called from any thread. */
  void stop() {
    stopped.set(true);
  }

  /** Trains until the plan is done or this was told to stop; then keeps the state and the model. */
  void train() throws Exception {
    Files.createDirectories(run);
    Path log = run.resolve("log.tsv");
    if (!Files.exists(log)) {
      Files.writeString(log, HEADER);
    }
    Plan plan = state.plan();
    SlipSource slips = new SlipSource(plan.seed(), Half.TRAINING, Half.TRAINING);
    out.accept("fonts: " + slips.fonts().families());
    if (!slips.fonts().missing().isEmpty()) {
      out.accept("not installed: " + slips.fonts().missing());
    }
    BatchSource batches = new BatchSource(vocabulary, slips, plan.seed(), plan.batch());
    List<Slip> asked = asked();
    TrainingBatch check = batches.batch(asked, false);
    BlockingQueue<TrainingBatch> ready = new ArrayBlockingQueue<>(AHEAD);
    Thread press = press(batches, ready, state.step());
    Report report = new Report();
    long last = System.nanoTime();
    double saved = state.seconds();
    double checked = state.seconds();
    try {
      while (!stopped.get() && plan.done(state.step(), state.seconds()) < 1) {
        TrainingBatch batch = ready.take();
        TrainingProgram.Pace pace = plan.pace(state.step(), state.seconds());
        TrainingProgram.Step step = program.step(batch, pace, state.step() + 1);
        if (!Float.isFinite(step.loss()) || !Float.isFinite(step.gradient())) {
          throw new IllegalStateException(
              "the loss is no number any more after step "
                  + state.step()
                  + "; the last state that was kept is sound: go on from it, or lower --rate");
        }
        long now = System.nanoTime();
        double seconds = state.seconds() + (now - last) / 1e9;
        last = now;
        state = new RunState(plan, state.step() + 1, state.slips() + batch.count(), seconds);
        report.add(step, batch.count(), pace.rate());
        if (seconds - saved >= pauses.save()) {
          saved = seconds;
          state.write(run, program);
        }
        if (seconds - checked >= pauses.check()) {
          checked = seconds;
          report.write(log, check(check, asked));
          weights.write(run.resolve("model"), program, from);
        } else if (seconds - report.since >= pauses.report()) {
          report.write(log, "");
        }
      }
    } finally {
      press.interrupt();
    }
    if (report.steps > 0) {
      report.write(log, "");
    }
    state.write(run, program);
    weights.write(run.resolve("model"), program, from);
  }

  /** Known prints, so that the curve shows what is learned; vendors that are never learned from. */
  private List<Slip> asked() {
    SlipSource source = new SlipSource(HeldOut.SEED, Half.HELD_OUT, Half.TRAINING);
    List<Slip> slips = new ArrayList<>();
    for (int i = 0; i < CHECKED; i++) {
      slips.add(source.slip(i, HeldOut.WIDTH, HeldOut.HEIGHT, SlipSource.Look.ANY));
    }
    return slips;
  }

  /** The share of slips of which every token would have been said, given those before it. */
  private String check(TrainingBatch batch, List<Slip> asked) {
    long[] said = program.predict(batch);
    int right = 0;
    for (int i = 0; i < asked.size(); i++) {
      boolean all = true;
      for (int j = 0; j < batch.length(); j++) {
        int at = i * batch.length() + j;
        all &= batch.targets()[at] == TrainingBatch.NOTHING || batch.targets()[at] == said[at];
      }
      right += all ? 1 : 0;
    }
    return String.format(Locale.ROOT, "%.3f", (double) right / asked.size());
  }

  private static Thread press(
      BatchSource batches, BlockingQueue<TrainingBatch> ready, long firstStep) {
    Thread press =
        new Thread(
            () -> {
              try {
                for (long step = firstStep; ; step++) {
                  ready.put(batches.batch(step));
                }
              } catch (InterruptedException over) {
                Thread.currentThread().interrupt();
              }
            },
            "slips");
    press.setDaemon(true);
    press.start();
    return press;
  }

  /** What happened since the last line of the log. */
  private final class Report {

    private double since = state.seconds();
    private double loss;
    private double gradient;
    private double right;
    private double rate;
    private long slips;
    private int steps;

    void add(TrainingProgram.Step step, int count, double at) {
      loss += step.loss();
      gradient += step.gradient();
      right += step.right();
      rate = at;
      slips += count;
      steps++;
    }

    void write(Path log, String heldOut) throws IOException {
      int n = Math.max(1, steps);
      double speed = slips / Math.max(1e-9, state.seconds() - since);
      String line =
          String.format(
              Locale.ROOT,
              "%.0f\t%d\t%d\t%.4f\t%.2f\t%.4f\t%.2e\t%.1f\t%s",
              state.seconds(),
              state.step(),
              state.slips(),
              loss / n,
              gradient / n,
              right / n,
              rate,
              speed,
              heldOut);
      Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      out.accept(
          String.format(
              Locale.ROOT,
              "%.1f min, step %d, %d slips (%.1f/s): loss %.3f, tokens right %.3f,"
                  + " rate %.1e%s",
              state.seconds() / 60,
              state.step(),
              state.slips(),
              speed,
              loss / n,
              right / n,
              rate,
              heldOut.isEmpty() ? "" : "; held-out slips all right " + heldOut));
      since = state.seconds();
      loss = 0;
      gradient = 0;
      right = 0;
      slips = 0;
      steps = 0;
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
