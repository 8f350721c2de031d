package org.invoicelens.train;

/**
 * How many threads the next step gets, where that is not given: one or all, whichever was faster of
 * late. Threads that wait for each other lose most of their time where other programs take a core.
 */
final class ThreadChoice {

  /** Every how many steps the other number is tried. */
  private static final int TRY = 5;

  private static final double MEMORY = 0.6;

  private final int all;
  private final boolean fixed;
  private final double[] speed = new double[2];

  /**
   * @param threads how many always; 0 to choose
   */
  ThreadChoice(int threads) {
    fixed = threads > 0;
    all = fixed ? threads : Runtime.getRuntime().availableProcessors();
  }

  int of(long step) {
    if (fixed || all == 1) {
      return all;
    }
    boolean allFaster = speed[1] >= speed[0];
    return (step % TRY == 0) != allFaster ? all : 1;
  }

  /** Tells what a step took. */
  void took(int threads, long rows, double seconds) {
    int at = threads == all ? 1 : 0;
    double now = rows / seconds;
    speed[at] = speed[at] == 0 ? now : MEMORY * speed[at] + (1 - MEMORY) * now;
  }
}
