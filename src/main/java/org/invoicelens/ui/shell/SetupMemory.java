package org.invoicelens.ui.shell;

import org.invoicelens.setup.SetupState;
import org.invoicelens.ui.pipeline.Stages;
import org.invoicelens.ui.task.WorkRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down how far the setup has come, one state after the other and never an old one last. */
final class SetupMemory {

  private static final Logger log = LoggerFactory.getLogger(SetupMemory.class);

  private final Stages stages;
  private final WorkRunner runner;
  private SetupState waiting;
  private boolean writing;

  SetupMemory(Stages stages, WorkRunner runner) {
    this.stages = stages;
    this.runner = runner;
  }

  void keep(SetupState state) {
    waiting = state;
    if (!writing) {
      write();
    }
  }

  private void write() {
    SetupState state = waiting;
    waiting = null;
    writing = true;
    runner.start(
        (listener, cancellation) -> {
          stages.remember(state);
          return state;
        },
        written -> goOn(),
        thrown -> {
          log.error("The state of the setup could not be kept", thrown);
          goOn();
        });
  }

  private void goOn() {
    writing = false;
    if (waiting != null) {
      write();
    }
  }
}
