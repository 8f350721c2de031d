package org.invoicelens.hardware;

import java.util.List;
import java.util.OptionalLong;

/**
 * The calls of NVIDIA's management library that this program makes. Cards are numbered from 0 in
 * the order of their PCI address; CUDA numbers them so only where {@code CUDA_DEVICE_ORDER} is
 * {@code PCI_BUS_ID}. Thread-safe.
 */
interface Nvml extends AutoCloseable {

  /**
   * Memory of a card, in bytes.
   *
   * @param free what programs can still have
   * @param used what is taken, the driver's own share counted
   */
  record Memory(long total, long free, long used) {}

  /**
   * A program that computes on a card.
   *
   * @param pid its process identifier
   * @param memory what it takes in bytes; empty where the driver does not tell, as on most Windows
   *     workstations
   */
  record Program(long pid, OptionalLong memory) {}

  /** An instance of a divided card (MIG), which is to a program like a card of its own. */
  record Part(String name, Memory memory) {}

  String driverVersion() throws NvmlException;

  int count() throws NvmlException;

  String name(int index) throws NvmlException;

  Memory memory(int index) throws NvmlException;

  /** Such as 8.6. */
  double computeCapability(int index) throws NvmlException;

  /** Whether the card is divided into instances; false where it cannot be. */
  boolean isDivided(int index) throws NvmlException;

  /** The instances of a divided card, in the order in which CUDA finds them. */
  List<Part> parts(int index) throws NvmlException;

  /** The share of the last sampling period in which the card was at work, 0 to 100. */
  int utilizationPercent(int index) throws NvmlException;

  /** How warm the card's chip is, in degrees Celsius. */
  int temperature(int index) throws NvmlException;

  List<Program> programs(int index) throws NvmlException;

  @Override
  void close();
}
