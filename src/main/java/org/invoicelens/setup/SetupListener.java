package org.invoicelens.setup;

import java.util.List;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.engine.ModelInstance;
import org.invoicelens.engine.OptimizedModel;
import org.invoicelens.engine.RemoteModel;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.stage.Stage;
import org.invoicelens.verify.VerificationStatus;
import org.invoicelens.verify.VerificationStatus.Finding;

/** Hears what every stage of a whole setup found, on the thread that runs it. */
public interface SetupListener {

  /** A listener that does nothing. */
  SetupListener NONE = new SetupListener() {};

  /** A stage begins. */
  default void started(Stage stage) {}

  /** The second stage ended. */
  default void measured(HardwareStatus status) {}

  /** The third stage ended. */
  default void downloaded(DownloadResult result) {}

  /** Files that are not right are fetched again; what is wrong with each is told. */
  default void fetchingAgain(List<Finding> wrong) {}

  /** The fourth stage ended. */
  default void verified(VerificationStatus status) {}

  /** The fifth stage ended; the model still belongs to the setup. */
  default void loaded(ModelInstance instance) {}

  /** A server is reached and has the model, in the place of the stages from the third to here. */
  default void connected(RemoteModel model) {}

  /** The server answered its test, in the place of the sixth stage. */
  default void answered(RemoteModel model) {}

  /** The sixth stage ended. */
  default void optimized(OptimizedModel model) {}
}
