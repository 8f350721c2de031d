package org.invoicelens.pixtral;

import java.util.Set;

/**
 * What shows that a model is where it should be and computes rightly there.
 *
 * @param wanted the devices it was to be put on
 * @param weightsOn the devices that its tensors themselves name
 * @param computedOn the devices that products with its weights named as theirs
 * @param error how far these products are from the same ones made on the processor, at most, as a
 *     share of the largest number among them; not a number where one of them is none
 * @param tolerance the largest error that rounding in the model's type explains
 */
public record DeviceProof(
    Set<String> wanted,
    Set<String> weightsOn,
    Set<String> computedOn,
    double error,
    double tolerance) {

  public DeviceProof {
    wanted = Set.copyOf(wanted);
    weightsOn = Set.copyOf(weightsOn);
    computedOn = Set.copyOf(computedOn);
  }

  /**
   * How far the first half of numbers, made on a device, is from the second, made on the processor,
   * as a share of the largest of these. What is no number in both is a fault of the weights, not of
   * the device.
   */
  static double error(float[] both) {
    int half = both.length / 2;
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < half; i++) {
      double there = both[i];
      double here = both[half + i];
      if (Double.compare(there, here) != 0) {
        difference = Math.max(difference, Math.abs(there - here));
      }
      largest = Double.isFinite(here) ? Math.max(largest, Math.abs(here)) : largest;
    }
    return difference == 0 ? 0 : difference / largest;
  }

  /** Whether everything is as it should be. */
  public boolean holds() {
    // A card may have no layer, but the vision tower or the output layer only.
    return weightsOn.equals(wanted)
        && !computedOn.isEmpty()
        && wanted.containsAll(computedOn)
        && error <= tolerance;
  }
}
