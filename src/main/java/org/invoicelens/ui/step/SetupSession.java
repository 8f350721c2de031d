package org.invoicelens.ui.step;

import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.download.DownloadResult;
import org.invoicelens.hardware.HardwareStatus;
import org.invoicelens.ui.pipeline.ReadyModel;
import org.invoicelens.verify.VerificationStatus;

/** What the steps hand on to each other; null where a step has not come to its end. */
public final class SetupSession {

  private final ObjectProperty<ModelConfig> config = new SimpleObjectProperty<>();
  private final ObjectProperty<HardwareStatus> hardware = new SimpleObjectProperty<>();
  private final ObjectProperty<DownloadResult> download = new SimpleObjectProperty<>();
  private final ObjectProperty<VerificationStatus> verification = new SimpleObjectProperty<>();
  private final ObjectProperty<ReadyModel> model = new SimpleObjectProperty<>();

  public ObjectProperty<ModelConfig> config() {
    return config;
  }

  public ObjectProperty<HardwareStatus> hardware() {
    return hardware;
  }

  public ObjectProperty<DownloadResult> download() {
    return download;
  }

  public ObjectProperty<VerificationStatus> verification() {
    return verification;
  }

  public ObjectProperty<ReadyModel> model() {
    return model;
  }
}
