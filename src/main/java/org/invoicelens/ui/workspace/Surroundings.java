package org.invoicelens.ui.workspace;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.invoicelens.hardware.DeviceState;
import org.invoicelens.invoice.ReadingHistory;
import org.invoicelens.invoice.SampleInvoices;

/**
 * What the workspace takes from outside the window.
 *
 * @param samples the samples that ship
 * @param history where readings are kept
 * @param meter how a model's device stands now; takes its time
 * @param later runs an action on the UI thread after a moment
 */
public record Surroundings(
    SampleInvoices samples,
    ReadingHistory history,
    Function<String, Optional<DeviceState>> meter,
    Executor later) {}
