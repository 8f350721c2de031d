package org.invoicelens.hardware;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.hardware.HardwareStatus.Check.Subject;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Progress;
import org.invoicelens.stage.ProgressListener;
import org.invoicelens.stage.Stage;
import org.invoicelens.stage.Words;

/**
 * The second stage: measures this workstation against a configuration. Takes a second or two, up to
 * five more where the network does not answer.
 */
public final class HardwareVerifier {

  private static final Words WORDS = Words.of(HardwareVerifier.class);

  /**
   * What the measuring relies on.
   *
   * @param machine reads the computer
   * @param cards finds its graphics cards
   * @param network tries the network
   * @param limits what the driver must be
   * @param temporary the folder for temporary files
   */
  record Probes(
      Supplier<Machine> machine,
      Function<Machine, List<Card>> cards,
      NetworkProbe network,
      Card.DriverLimits limits,
      Path temporary) {

    static Probes ofThisComputer() {
      return new Probes(
          OshiMachine::read,
          GraphicsCards::find,
          new NetworkProbe(System.getenv(), Duration.ofSeconds(5)),
          Card.DriverLimits.of(System.getProperty("os.name")),
          Path.of(System.getProperty("java.io.tmpdir")));
    }
  }

  private final ProgressListener listener;
  private final Cancellation cancellation;
  private final Probes probes;

  public HardwareVerifier(ProgressListener listener, Cancellation cancellation) {
    this(listener, cancellation, Probes.ofThisComputer());
  }

  HardwareVerifier(ProgressListener listener, Cancellation cancellation, Probes probes) {
    this.listener = listener;
    this.cancellation = cancellation;
    this.probes = probes;
  }

  /**
   * Measures everything; what is merely not ideal is a remark in the status.
   *
   * @throws HardwareException where the model cannot run here as configured; it carries everything
   *     that was measured
   */
  public HardwareStatus verify(ModelConfig config) throws HardwareException, CancelledException {
    HardwareCheck check = new HardwareCheck(config, probes, cancellation);
    run(Subject.GRAPHICS, check::machineAndCards);
    run(Subject.PROCESSOR, check::processor);
    run(Subject.MEMORY, check::memory);
    run(Subject.DISK, check::disk);
    run(Subject.NETWORK, check::network);
    run(Subject.TEMPORARY_FOLDER, check::temporaryFolder);
    run(Subject.PRECISION, check::precision);
    cancellation.throwIfCancelled();
    report(Subject.values().length, WORDS.text("progress.done"));
    return check.result();
  }

  private void run(Subject subject, Runnable step) throws CancelledException {
    cancellation.throwIfCancelled();
    report(subject.ordinal(), WORDS.text("progress." + subject.name()));
    step.run();
  }

  private void report(int done, String message) {
    listener.onProgress(
        Progress.of(Stage.HARDWARE, done, Subject.values().length, Progress.Unit.STEPS, message));
  }
}
