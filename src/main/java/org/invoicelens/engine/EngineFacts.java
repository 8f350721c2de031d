package org.invoicelens.engine;

import java.time.Duration;
import java.util.List;

/** What is known of an engine that is ready to answer. */
public sealed interface EngineFacts permits OptimizedModel, RemoteModel {

  /** Where the model is: {@code cpu}, {@code cuda:N}, or the name of a server. */
  String device();

  /** In which form it is there: its precision, or the name that a server gives it. */
  String variant();

  /** Bytes that it holds on this computer; 0 where a server holds it. */
  long memoryUsage();

  /** How long the test's answer took; zero where it was not tested. */
  Duration inferenceTime();

  /** The conditions of success, one by one. */
  List<OptimizedModel.Criterion> criteria();

  /** What was tried and chosen, and why, for the user, in order. */
  List<String> notes();
}
