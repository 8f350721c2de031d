package org.invoicelens.ui.pipeline;

import java.util.Optional;
import org.invoicelens.config.ModelConfig;
import org.invoicelens.stage.Stage;
import org.invoicelens.verify.VerificationStatus;

/**
 * How far the setup had come when the program was last closed.
 *
 * @param config the chosen configuration, with the precision and device that worked
 * @param reached the last stage that ended well
 * @param verified the proof that the model's files are there and right; empty where they have to be
 *     verified
 */
public record Recalled(ModelConfig config, Stage reached, Optional<VerificationStatus> verified) {}
