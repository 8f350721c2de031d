package org.invoicelens.train;

import org.invoicelens.pixtral.TrainingProgram.Pace;

/**
 * What a run is to do; kept with its state, so that it goes on as it began.
 *
 * @param seed of slips and batches, and of weights that begin anew
 * @param steps how many; 0 where {@code minutes} decide
 * @param minutes how long, over all its parts; a run by the clock cannot be repeated exactly
 * @param rate the highest learning rate
 * @param decay of weights, as a share of the rate
 * @param share of the rate that matrices have
 * @param warm steps until the rate is reached
 * @param hold the share of the run after which the rate falls, in a line to nothing
 * @param batch pictures of a step
 * @param bfloat16 the type of products, otherwise float32
 */
record Plan(
    long seed,
    long steps,
    double minutes,
    double rate,
    double decay,
    double share,
    int warm,
    double hold,
    int batch,
    boolean bfloat16) {

  /** The same with another length by the clock. */
  Plan lasting(double longer) {
    return new Plan(seed, 0, longer, rate, decay, share, warm, hold, batch, bfloat16);
  }

  /** The share of the run that is done. */
  double done(long step, double seconds) {
    return steps > 0 ? (double) step / steps : seconds / 60 / minutes;
  }

  /** How the next step moves the weights. */
  Pace pace(long step, double seconds) {
    double done = done(step, seconds);
    double height = done < hold ? 1 : Math.max(0, (1 - done) / (1 - hold));
    return new Pace(rate * height * Math.min(1, (step + 1.0) / warm), decay, share);
  }
}
