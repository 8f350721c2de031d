package org.invoicelens.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.condition.OS.LINUX;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.io.TempDir;

class NvmlTest {

  @TempDir Path folder;

  @Test
  void aMissingLibraryIsSaidAndNotACrash() {
    assertThatExceptionOfType(NvmlException.class)
        .isThrownBy(() -> NativeNvml.open(folder.resolve("libnvidia-ml.so.1").toString()))
        .withMessageContaining("cannot be loaded");
    assertThatExceptionOfType(NvmlException.class)
        .isThrownBy(() -> NativeNvml.open("libno-such-library-anywhere.so.1"));
  }

  @Test
  void looksWhereTheDriverPutsItsLibrary() {
    assertThat(NativeNvml.places("Linux", Map.of())).first().isEqualTo("libnvidia-ml.so.1");
    assertThat(NativeNvml.places("Windows 11", Map.of("SystemRoot", "D:\\W")))
        .first()
        .isEqualTo("D:\\W\\System32\\nvml.dll");
    assertThat(NativeNvml.places("Mac OS X", Map.of())).isEmpty();
  }

  @Test
  void structuresHaveTheSizesOfTheHeader() {
    assertThat(NativeNvml.MEMORY.byteSize()).isEqualTo(24);
    assertThat(NativeNvml.UTILIZATION.byteSize()).isEqualTo(8);
    assertThat(NativeNvml.PROGRAM.byteSize()).isEqualTo(24);
  }

  /**
   * The binding against a library with the same functions, structures and codes as the driver's.
   */
  @Test
  @EnabledOnOs(LINUX)
  void callsALibraryWithTheInterfaceOfTheDriver() throws Exception {
    try (NativeNvml nvml = NativeNvml.open(StandInLibrary.compile(STAND_IN, folder))) {
      assertThat(nvml.count()).isEqualTo(2);
      assertThat(nvml.driverVersion()).isEqualTo("570.86.10");
      assertThat(nvml.name(0)).isEqualTo("NVIDIA Stand-in 0");
      assertThat(nvml.memory(1))
          .isEqualTo(new Nvml.Memory(24_564L << 20, 20_000L << 20, 4564L << 20));
      assertThat(nvml.computeCapability(0)).isEqualTo(8.6);
      assertThat(nvml.isDivided(0)).isFalse();
      assertThat(nvml.isDivided(1)).isTrue();
      assertThat(nvml.utilizationPercent(0)).isEqualTo(37);
      assertThat(nvml.temperature(1)).isEqualTo(54);
      assertThatExceptionOfType(NvmlException.class)
          .isThrownBy(() -> nvml.temperature(0))
          .withMessage("nvmlDeviceGetTemperature failed: Not Supported (3)");
      assertThat(new DeviceMeter(nvml).read("cuda:0"))
          .contains(new DeviceState("NVIDIA Stand-in 0", 24_564L << 20, OptionalInt.empty()));
      assertThat(nvml.programs(0))
          .containsExactly(
              new Nvml.Program(4_294_967_295L, OptionalLong.of(5L << 30)),
              new Nvml.Program(7, OptionalLong.empty()));
      assertThat(nvml.programs(1)).isEmpty();
      assertThatExceptionOfType(NvmlException.class)
          .isThrownBy(() -> nvml.utilizationPercent(1))
          .withMessage("nvmlDeviceGetUtilizationRates failed: Not Supported (3)");
      assertThatExceptionOfType(NvmlException.class).isThrownBy(() -> nvml.name(2));

      List<Card> cards = new NvmlCards(nvml).read();
      assertThat(cards).extracting(Card::divided).containsExactly(false, true);
      assertThat(cards).extracting(Card::lost).containsExactly(false, false);
      assertThat(cards.get(1).parts())
          .as("the empty slot between them is passed over")
          .containsExactly(
              new Nvml.Part(
                  "NVIDIA Stand-in 1 MIG 1g.5gb",
                  new Nvml.Memory(4864L << 20, 4800L << 20, 64L << 20)),
              new Nvml.Part(
                  "NVIDIA Stand-in 1 MIG 1g.5gb",
                  new Nvml.Memory(4864L << 20, 4800L << 20, 64L << 20)));
      assertThat(cards.get(1).memoryFree()).as("of the first part").isEqualTo(4800L << 20);
      assertThat(cards.get(0).programs())
          .containsExactly("process 4294967295 (5.0 GiB)", "process 7");
    }
  }

  @Test
  @EnabledOnOs(LINUX)
  void aDriverThatDoesNotStartIsSaid() throws Exception {
    String library =
        StandInLibrary.compile(
            "int nvmlInit_v2(void) { return 9; } const char *nvmlErrorString(int r)"
                + " { return \"Driver Not Loaded\"; }",
            folder);

    assertThatExceptionOfType(NvmlException.class)
        .isThrownBy(() -> NativeNvml.open(library))
        .withMessage("nvmlInit_v2 failed: Driver Not Loaded (9)");
  }

  @Test
  void theMeterReadsOneCardAndIsSilentWhereThereIsNone() throws Exception {
    FakeNvml nvml = new FakeNvml();
    GpuMeter meter = new GpuMeter(Optional.of(nvml));

    assertThat(meter.read(0)).contains(new GpuUtilization(0.37, 4L << 30));
    assertThat(meter.read(1)).isEmpty();
    meter.close();
    meter.close();
    assertThat(nvml.closed).isEqualTo(1);
    assertThat(meter.read(0)).isEmpty();
    assertThat(new GpuMeter(Optional.empty()).read(0)).isEmpty();
  }

  @Test
  void theDeviceOfAModelIsDescribedAsFarAsItCanBe() {
    DeviceMeter meter = new DeviceMeter(new FakeNvml());

    assertThat(meter.read("cuda:0"))
        .contains(new DeviceState("NVIDIA RTX A4000", 16L << 30, OptionalInt.of(61)));
    assertThat(meter.read("cuda:1")).isEmpty();
    DeviceState processor = meter.read("cpu").orElseThrow();
    assertThat(processor.memoryTotal()).isPositive();
    assertThat(processor.temperature()).isEmpty();
  }

  @Test
  void oneSilentValueDoesNotHideACard() throws Exception {
    assertThat(new NvmlCards(new FakeNvml()).read())
        .satisfiesExactly(
            card -> {
              assertThat(card.memoryTotal()).isEqualTo(16L << 30);
              assertThat(card.lost()).isFalse();
            },
            card -> {
              assertThat(card.name()).isEqualTo("NVIDIA card 1");
              assertThat(card.memoryTotal()).isZero();
              assertThat(card.lost()).as("error 15").isTrue();
            });
  }

  /** A driver with one good card and one that has fallen off the bus. */
  private static final class FakeNvml implements Nvml {

    private int closed;

    @Override
    public String driverVersion() {
      return "570.86.10";
    }

    @Override
    public int count() {
      return 2;
    }

    @Override
    public String name(int index) throws NvmlException {
      lose(index);
      return "NVIDIA RTX A4000";
    }

    @Override
    public Memory memory(int index) throws NvmlException {
      lose(index);
      return new Memory(16L << 30, 12L << 30, 4L << 30);
    }

    @Override
    public double computeCapability(int index) throws NvmlException {
      lose(index);
      return 8.6;
    }

    @Override
    public boolean isDivided(int index) throws NvmlException {
      lose(index);
      return false;
    }

    @Override
    public List<Part> parts(int index) throws NvmlException {
      lose(index);
      return List.of();
    }

    @Override
    public int utilizationPercent(int index) throws NvmlException {
      lose(index);
      return 37;
    }

    @Override
    public int temperature(int index) throws NvmlException {
      lose(index);
      return 61;
    }

    @Override
    public List<Program> programs(int index) throws NvmlException {
      lose(index);
      return List.of();
    }

    @Override
    public void close() {
      closed++;
    }

    private static void lose(int index) throws NvmlException {
      if (index > 0) {
        throw new NvmlException("GPU is lost", 15);
      }
    }
  }

  private static final String STAND_IN =
      """
      #include <stdio.h>
      #include <string.h>
      typedef struct card { int index; } *device;
      static struct card cards[2] = {{0}, {1}};
      static struct card part = {9};
      typedef struct { unsigned long long total, free, used; } memory;
      typedef struct { unsigned int gpu, memory; } rates;
      typedef struct {
        unsigned int pid; unsigned long long used; unsigned int gi, ci;
      } process;

      int nvmlInit_v2(void) { return 0; }
      int nvmlShutdown(void) { return 0; }
      const char *nvmlErrorString(int code) { return code == 3 ? "Not Supported" : "Error"; }
      int nvmlSystemGetDriverVersion(char *text, unsigned int room) {
        snprintf(text, room, "570.86.10");
        return 0;
      }
      int nvmlDeviceGetCount_v2(unsigned int *count) { *count = 2; return 0; }
      int nvmlDeviceGetHandleByIndex_v2(unsigned int index, device *result) {
        if (index > 1) return 2;
        *result = &cards[index];
        return 0;
      }
      int nvmlDeviceGetName(device d, char *text, unsigned int room) {
        if (d->index == 9) snprintf(text, room, "NVIDIA Stand-in 1 MIG 1g.5gb");
        else snprintf(text, room, "NVIDIA Stand-in %d", d->index);
        return 0;
      }
      int nvmlDeviceGetMemoryInfo(device d, memory *m) {
        if (d->index == 9) {
          m->total = 4864ULL << 20; m->free = 4800ULL << 20; m->used = 64ULL << 20;
          return 0;
        }
        m->total = 24564ULL << 20; m->free = 20000ULL << 20; m->used = 4564ULL << 20;
        return 0;
      }
      int nvmlDeviceGetCudaComputeCapability(device d, int *major, int *minor) {
        *major = 8; *minor = 6;
        return 0;
      }
      int nvmlDeviceGetMigMode(device d, unsigned int *current, unsigned int *pending) {
        if (d->index == 0) return 3;
        *current = 1; *pending = 1;
        return 0;
      }
      int nvmlDeviceGetMaxMigDeviceCount(device d, unsigned int *count) { *count = 3; return 0; }
      int nvmlDeviceGetMigDeviceHandleByIndex(device d, unsigned int index, device *result) {
        if (index == 1) return 6;
        *result = &part;
        return 0;
      }
      int nvmlDeviceGetUtilizationRates(device d, rates *r) {
        if (d->index == 1) return 3;
        r->gpu = 37; r->memory = 5;
        return 0;
      }
      int nvmlDeviceGetTemperature(device d, int sensor, unsigned int *degrees) {
        if (d->index == 0 || sensor != 0) return 3;
        *degrees = 54;
        return 0;
      }
      int nvmlDeviceGetComputeRunningProcesses_v3(device d, unsigned int *count, process *list) {
        unsigned int room = *count;
        *count = d->index == 0 ? 2 : 0;
        if (*count == 0) return 0;
        if (room < *count) return 7;
        list[0] = (process) {4294967295U, 5ULL << 30, 1, 2};
        list[1] = (process) {7, ~0ULL, 1, 2};
        return 0;
      }
      """;
}
