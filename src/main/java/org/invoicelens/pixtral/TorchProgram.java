package org.invoicelens.pixtral;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;
import org.invoicelens.safetensors.SafetensorsType;

/**
 * A TorchScript program in memory, called by the names of its methods.
 *
 * <p>Arguments are longs, booleans, strings, arrays of longs (a list of integers), {@link Bytes}
 * {@link Memory} and {@link Numbers} (tensors). Nothing native outlives a call: arguments and
 * results are freed in it. Tensors cross the border as UINT8, INT64 or FLOAT32 only: the native
 * layer ends the process at types it does not know, bfloat16 among them.
 *
 * <p>Not thread-safe.
 */
final class TorchProgram implements AutoCloseable {

  /** A tensor of bytes, read where they lie: direct, and alive until the call returns. */
  record Bytes(ByteBuffer buffer) {}

  /**
   * A tensor of memory that lies outside the heap, and that the program may keep.
   *
   * @param memory alive until the program is closed or has forgotten it
   * @param type U8, I8 or F32
   */
  record Memory(MemorySegment memory, SafetensorsType type, long... shape) {}

  /** A float32 tensor. */
  record Numbers(float[] values, long... shape) {}

  /** An int64 tensor of one dimension. */
  record Ids(long[] values) {}

  @FunctionalInterface
  private interface Reading<T> {
    T read(IValue value, PtNDManager manager);
  }

  private final PtNDManager manager;
  private final PtSymbolBlock block;
  private final AtomicInteger openValues = new AtomicInteger();
  private int threads = TorchRuntime.defaultThreads();

  private TorchProgram(PtNDManager manager, PtSymbolBlock block) {
    this.manager = manager;
    this.block = block;
  }

  /** Loads an archive; its code is compiled in whole, so that an unknown operator shows here. */
  static TorchProgram load(byte[] archive) throws CheckpointException {
    TorchRuntime.engine();
    TorchRuntime.prepareThread(TorchRuntime.defaultThreads());
    PtNDManager manager = (PtNDManager) NDManager.newBaseManager(Device.cpu(), "PyTorch");
    try {
      PtSymbolBlock block =
          JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
      return new TorchProgram(manager, block);
    } catch (IOException e) {
      manager.close();
      throw new IllegalStateException("reading from memory failed", e);
    } catch (RuntimeException | Error e) {
      manager.close();
      throw e;
    }
  }

  int threads() {
    return threads;
  }

  void useThreads(int count) {
    threads = count;
  }

  /** Runs a method whose result does not matter. */
  void run(String method, Object... arguments) {
    call(method, (value, sub) -> null, arguments);
  }

  long runForLong(String method, Object... arguments) {
    return call(method, (value, sub) -> value.toLong(), arguments);
  }

  String runForText(String method, Object... arguments) {
    return call(method, (value, sub) -> value.toStringValue(), arguments);
  }

  /** Runs a method that returns an int64 tensor. */
  long[] runForLongs(String method, Object... arguments) {
    return call(method, (value, sub) -> value.toTensor(sub).toLongArray(), arguments);
  }

  /** Runs a method that returns a float32 tensor. */
  float[] runForFloats(String method, Object... arguments) {
    return call(method, (value, sub) -> value.toTensor(sub).toFloatArray(), arguments);
  }

  /** Runs a method that returns a uint8 tensor. */
  byte[] runForBytes(String method, Object... arguments) {
    return call(method, (value, sub) -> value.toTensor(sub).toByteArray(), arguments);
  }

  /**
   * Runs a method that returns a part of a tensor of the program's in main memory, of any type, and
   * tells where it lies: good for as long as the program has the tensor, and no longer.
   */
  MemorySegment runForMemory(String method, Object... arguments) {
    return call(
        method,
        (value, sub) -> {
          ByteBuffer part = JniUtils.getByteBuffer((PtNDArray) value.toTensor(sub), true);
          return MemorySegment.ofAddress(MemorySegment.ofBuffer(part).address())
              .reinterpret(part.capacity());
        },
        arguments);
  }

  private <T> T call(String method, Reading<T> reading, Object... arguments) {
    TorchRuntime.prepareThread(threads);
    IValue[] values = new IValue[arguments.length];
    try (PtNDManager sub = manager.newSubManager(Device.cpu())) {
      try {
        for (int i = 0; i < values.length; i++) {
          values[i] = value(arguments[i], sub);
          openValues.incrementAndGet();
        }
        try (IValue result = IValueUtils.runMethod(block, method, values)) {
          return reading.read(result, sub);
        }
      } finally {
        for (IValue value : values) {
          if (value != null) {
            value.close();
            openValues.decrementAndGet();
          }
        }
      }
    }
  }

  private static IValue value(Object argument, PtNDManager sub) {
    return switch (argument) {
      case Long number -> IValue.from(number);
      case Integer number -> IValue.from(number.longValue());
      case Boolean flag -> IValue.from(flag);
      case String text -> IValue.from(text);
      case long[] numbers -> IValue.listFrom(numbers);
      case Ids ids -> IValue.from((PtNDArray) sub.create(ids.values()));
      case Numbers numbers ->
          IValue.from((PtNDArray) sub.create(numbers.values(), new Shape(numbers.shape())));
      case Bytes bytes ->
          IValue.from(
              sub.create(bytes.buffer(), new Shape(bytes.buffer().remaining()), DataType.UINT8));
      case Memory memory ->
          IValue.from(
              sub.create(
                  memory.memory().asByteBuffer().order(ByteOrder.nativeOrder()),
                  new Shape(memory.shape()),
                  type(memory.type())));
      default -> throw new IllegalArgumentException("no value for " + argument);
    };
  }

  private static DataType type(SafetensorsType type) {
    return switch (type) {
      case U8 -> DataType.UINT8;
      case I8 -> DataType.INT8;
      case F32 -> DataType.FLOAT32;
      default -> throw new IllegalArgumentException("no tensor of " + type);
    };
  }

  /** Tensors and values that are alive on this side of the border; 0 between calls. */
  int alive() {
    return openValues.get() + manager.getManagedArrays().size();
  }

  @Override
  public void close() {
    block.close();
    manager.close();
  }
}
