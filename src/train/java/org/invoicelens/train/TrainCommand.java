package org.invoicelens.train;

import com.google.gson.GsonBuilder;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.invoicelens.grammar.AnswerSchema;
import org.invoicelens.pixtral.HuggingFaceWeights;
import org.invoicelens.pixtral.TrainingProgram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code invoicelens-train}: makes the small model that ships, and measures it. */
@Command(
    name = "invoicelens-train",
    description = "Trains the small bundled model on made-up slips, and measures it.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      TrainCommand.Run.class,
      TrainCommand.Blend.class,
      TrainCommand.Evaluate.class,
      TrainCommand.Samples.class,
      TrainCommand.Sheet.class
    })
public final class TrainCommand implements Callable<Integer> {

  private static final String BUNDLED = "models/bundled/pixtral-mini";

  @Spec private CommandLine.Model.CommandSpec spec;

  /** Starts it. */
  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ENGLISH);
    System.setProperty("java.awt.headless", "true");
    System.exit(new CommandLine(new TrainCommand()).execute(arguments));
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return CommandLine.ExitCode.USAGE;
  }

  /** {@code run}: trains. */
  @Command(
      name = "run",
      description = "Trains, and keeps state and model in a folder all the while.",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      showDefaultValues = true)
  static final class Run implements Callable<Integer> {

    /** How long the end of the process waits for the state to be kept, in seconds. */
    private static final long LAST_WORDS = 60;

    @Spec private CommandLine.Model.CommandSpec spec;

    @Option(names = "--run", description = "the folder of this run", required = true)
    private Path run;

    @Option(
        names = "--resume",
        description = "go on with the run in that folder, by the plan it has")
    private boolean resume;

    @Option(names = "--from", description = "the model to begin with", defaultValue = BUNDLED)
    private Path from;

    @Option(names = "--random", description = "begin with random weights of that model's sizes")
    private boolean random;

    @Option(
        names = "--minutes",
        description = "how long, 60 unless told; with --resume another length of the whole run")
    private Optional<Double> minutes = Optional.empty();

    @Option(
        names = "--steps",
        description = "how many steps instead: a run that can be repeated exactly",
        defaultValue = "0")
    private long steps;

    @Option(names = "--seed", description = "of slips and weights", defaultValue = "1")
    private long seed;

    @Option(names = "--rate", description = "the highest learning rate", defaultValue = "1e-3")
    private double rate;

    @Option(
        names = "--hold",
        description = "the share of the run until the rate begins to fall",
        defaultValue = "0")
    private double hold;

    @Option(names = "--batch", description = "slips of a step", defaultValue = "16")
    private int batch;

    @Option(
        names = "--threads",
        description =
            "among which a step is shared out; one for each processor unless told. Runs of the same"
                + " number can be repeated exactly")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--float32", description = "no bfloat16: for processors that have none")
    private boolean float32;

    @Override
    public Integer call() throws Exception {
      PrintWriter out = spec.commandLine().getOut();
      if (resume != RunState.isIn(run)) {
        throw new CommandLine.ParameterException(
            spec.commandLine(),
            resume
                ? "In " + run + " is no run to go on with."
                : "In " + run + " is a run already: go on with --resume, or name another folder.");
      }
      Plan plan =
          new Plan(seed, steps, minutes.orElse(60.0), rate, 0.02, 0.2, 50, hold, batch, !float32);
      CountDownLatch over = new CountDownLatch(1);
      try (Trainer trainer =
          resume
              ? Trainer.resume(
                  from,
                  run,
                  was -> minutes.map(was::lasting).orElse(was),
                  threads,
                  Trainer.Pauses.USUAL,
                  line -> say(out, line))
              : Trainer.begin(
                  from, run, plan, random, threads, Trainer.Pauses.USUAL, line -> say(out, line))) {
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(() -> {
                  trainer.stop();
                  await(over);
                }));
        trainer.train();
        say(out, "state and model are in " + run);
      } finally {
        over.countDown();
      }
      return CommandLine.ExitCode.OK;
    }

    private static void await(CountDownLatch over) {
      try {
        over.await(LAST_WORDS, TimeUnit.SECONDS);
      } catch (InterruptedException now) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** {@code evaluate}: measures. */
  @Command(
      name = "evaluate",
      description =
          "Asks a model for held-out slips as the product does; prints tables in Markdown.",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      showDefaultValues = true)
  static final class Evaluate implements Callable<Integer> {

    private static final int SHOWN = 10;

    @Spec private CommandLine.Model.CommandSpec spec;

    @Option(names = "--model", description = "the model's folder", defaultValue = BUNDLED)
    private Path model;

    @Option(
        names = "--schema",
        description = "the form that answers are held to",
        defaultValue = "assets/schema/slip.schema.json")
    private Path schema;

    @Option(names = "--slips", description = "how many of each set", defaultValue = "512")
    private int slips;

    @Option(
        names = "--failures",
        description = "a picture, PNG or JPEG, with the first ten failures")
    private Optional<Path> failures = Optional.empty();

    @Override
    public Integer call() throws Exception {
      PrintWriter out = spec.commandLine().getOut();
      try (Evaluation evaluation = new Evaluation(model, Optional.of(AnswerSchema.read(schema)))) {
        List<String> table = new ArrayList<>();
        List<Evaluation.Failure> shown = new ArrayList<>();
        for (HeldOut set : HeldOut.values()) {
          int keep = SHOWN / HeldOut.values().length;
          Evaluation.Outcome outcome = evaluation.ask(set, slips, keep, line -> say(out, line));
          String name = set.name().toLowerCase(Locale.ROOT);
          outcome
              .scores()
              .forEach((wear, score) ->
                  table.add(score.row(name + ", wear " + wear.name().toLowerCase(Locale.ROOT))));
          table.add(outcome.all().row("**" + name + ", all**"));
          shown.addAll(outcome.failures());
        }
        say(out, Score.heading("slips"));
        table.forEach(row -> say(out, row));
        say(
            out,
            String.format(
                Locale.ROOT,
                "%.2f s an answer, the slowest %.2f s",
                evaluation.secondsEach(),
                evaluation.slowest()));
        if (failures.isPresent() && !shown.isEmpty()) {
          ImageIO.write(
              Evaluation.sheet(
                  shown.stream().map(Evaluation.Failure::slip).toList(),
                  shown.stream().map(failure -> Optional.of(failure.answer())).toList(),
                  SHOWN / 2),
              failures.get().toString().endsWith(".jpg") ? "jpg" : "png",
              failures.get().toFile());
        }
      }
      return CommandLine.ExitCode.OK;
    }
  }

  /** {@code blend}: the mean of two models. */
  @Command(
      name = "blend",
      description = {
        "Writes the mean of a model and of one that was trained from it: it often reads both what",
        "the first read and what the second learned."
      },
      mixinStandardHelpOptions = true,
      sortOptions = false,
      showDefaultValues = true)
  static final class Blend implements Callable<Integer> {

    @Spec private CommandLine.Model.CommandSpec spec;

    @Option(names = "--before", description = "the first model", defaultValue = BUNDLED)
    private Path before;

    @Option(names = "--after", description = "the second model", required = true)
    private Path after;

    @Option(names = "--share", description = "of the second", defaultValue = "0.7")
    private double share;

    @Option(names = "--into", description = "a folder", required = true)
    private Path into;

    @Override
    public Integer call() throws Exception {
      try (TrainingProgram program = TrainingProgram.open(before, false, 1)) {
        HuggingFaceWeights weights = new HuggingFaceWeights(program);
        weights.read(before, program);
        weights.blend(after, share, program);
        weights.write(into, program, before);
      }
      say(spec.commandLine().getOut(), "the mean is in " + into);
      return CommandLine.ExitCode.OK;
    }
  }

  /** {@code samples}: pictures to ship. */
  @Command(
      name = "samples",
      description = "Writes the first held-out slips as pictures, with what is printed on them.",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      showDefaultValues = true)
  static final class Samples implements Callable<Integer> {

    @Spec private CommandLine.Model.CommandSpec spec;

    @Option(names = "--into", description = "a folder", required = true)
    private Path into;

    @Option(names = "--slips", description = "how many", defaultValue = "8")
    private int slips;

    @Option(names = "--seed", description = "of the slips", defaultValue = "2026")
    private long seed;

    @Option(names = "--smallest", description = "print, in pixels of the page", defaultValue = "13")
    private double smallest;

    @Override
    public Integer call() throws Exception {
      Files.createDirectories(into);
      SlipSource source = new SlipSource(seed, Half.HELD_OUT, Half.TRAINING);
      SlipSource.Look look = SlipSource.Look.ANY.printed(smallest).scaled(2);
      for (int i = 0; i < slips; i++) {
        Wear wear = i % 4 == 3 ? Wear.HEAVY : i % 2 == 1 ? Wear.LIGHT : Wear.NONE;
        Slip slip = source.slip(i, HeldOut.WIDTH, HeldOut.HEIGHT, look.worn(wear));
        ImageIO.write(slip.picture(), "png", into.resolve("slip-" + i + ".png").toFile());
        Files.writeString(
            into.resolve("slip-" + i + ".json"),
            new GsonBuilder()
                .disableHtmlEscaping()
                .setPrettyPrinting()
                .create()
                .toJson(slip.fields().orElseThrow().toJson()));
      }
      say(spec.commandLine().getOut(), slips + " slips are in " + into);
      return CommandLine.ExitCode.OK;
    }
  }

  /** {@code sheet}: a look at what is learned from. */
  @Command(
      name = "sheet",
      description = "Draws slips side by side, to be looked at.",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      showDefaultValues = true)
  static final class Sheet implements Callable<Integer> {

    @Spec private CommandLine.Model.CommandSpec spec;

    @Option(names = "--into", description = "a picture", required = true)
    private Path into;

    @Option(names = "--held-out", description = "fonts and layouts that are not trained on")
    private boolean heldOut;

    @Option(names = "--slips", description = "how many", defaultValue = "15")
    private int slips;

    @Option(names = "--seed", description = "of the slips", defaultValue = "1")
    private long seed;

    @Override
    public Integer call() throws Exception {
      Half half = heldOut ? Half.HELD_OUT : Half.TRAINING;
      SlipSource source = new SlipSource(seed, half, half);
      List<Slip> drawn = new ArrayList<>();
      for (int i = 0; i < slips; i++) {
        drawn.add(source.slip(i, HeldOut.WIDTH, HeldOut.HEIGHT, SlipSource.Look.ANY));
      }
      List<Optional<String>> nothing =
          drawn.stream().map(slip -> Optional.<String>empty()).toList();
      ImageIO.write(Evaluation.sheet(drawn, nothing, 5), "png", into.toFile());
      say(spec.commandLine().getOut(), "drawn into " + into);
      return CommandLine.ExitCode.OK;
    }
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
