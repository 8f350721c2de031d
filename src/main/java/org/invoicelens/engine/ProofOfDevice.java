package org.invoicelens.engine;

import java.util.Set;
import java.util.TreeSet;
import org.invoicelens.pixtral.CheckpointException;
import org.invoicelens.pixtral.DeviceProof;
import org.invoicelens.stage.Words;

/** The proof that a model is on its device and computes rightly there, in the user's words. */
final class ProofOfDevice {

  private static final Words WORDS = Words.of(ProofOfDevice.class);

  private ProofOfDevice() {}

  /**
   * Refuses a model that did not prove it.
   *
   * @throws CheckpointException {@code DEVICE_UNAVAILABLE} where it is elsewhere or computes
   *     wrongly, so that another device may be tried
   */
  static DeviceProof require(DeviceProof proof) throws CheckpointException {
    if (!proof.holds()) {
      throw new CheckpointException(
          CheckpointException.Reason.DEVICE_UNAVAILABLE,
          proof.weightsOn().equals(proof.wanted())
              ? WORDS.problem("proof.wrong", names(proof.wanted()), percent(proof.error()))
              : WORDS.problem("proof.elsewhere", names(proof.wanted()), names(proof.weightsOn())),
          proof.toString(),
          null);
    }
    return proof;
  }

  static OptimizedModel.Criterion criterion(DeviceProof proof) {
    return new OptimizedModel.Criterion(
        WORDS.text("criterion.device"), proof.holds(), found("criterion.device.found", proof));
  }

  /** A sentence for the notes. */
  static String words(DeviceProof proof) {
    return found("note.proof", proof);
  }

  private static String found(String key, DeviceProof proof) {
    return WORDS.text(key, names(proof.weightsOn()), percent(proof.error()));
  }

  private static double percent(double share) {
    return 100 * share;
  }

  private static String names(Set<String> devices) {
    return String.join(", ", new TreeSet<>(devices));
  }
}
