package org.invoicelens.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.condition.OS.LINUX;

import java.nio.file.Path;
import java.util.Map;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.config.ConfigLoader;
import org.invoicelens.config.TorchBuild;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class CudaDriverTest {

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void withoutADriverThereAreNoCards() {
    String nowhere = folder.resolve("libcuda.so.1").toString();
    assertThat(CudaDriver.cards(nowhere)).isZero();
    assertThat(CudaDriver.computeCapability(nowhere, 0)).isEmpty();
    assertThat(CudaDriver.places("Mac OS X", Map.of())).isEmpty();
    assertThat(CudaDriver.places("Windows 11", Map.of("SystemRoot", "D:\\Win")))
        .containsExactly("D:\\Win\\System32\\nvcuda.dll");
  }

  /** The binding against a library with the same functions and codes as the driver's. */
  @Test
  @EnabledOnOs(LINUX)
  void asksALibraryWithTheInterfaceOfTheDriver() throws Exception {
    String driver = StandInLibrary.compile(STAND_IN, folder);
    assertThat(CudaDriver.cards(driver)).isEqualTo(2);
    assertThat(CudaDriver.computeCapability(driver, 1)).hasValue(120);
    assertThat(CudaDriver.computeCapability(driver, 0)).hasValue(86);
    assertThat(CudaDriver.computeCapability(driver, 2)).isEmpty();
  }

  @Test
  void theDescriptionThatShipsSaysWhatIsChecked() throws Exception {
    Path program = Path.of("").toAbsolutePath();
    ApplicationFolders folders = new ApplicationFolders(program, program, program, program);
    TorchBuild build = new ConfigLoader(folders).loadTorchBuild(folders.torchBuild());
    assertThat(build.driverLinux()).isEqualTo(Card.DriverLimits.of("Linux").oldest().text());
    assertThat(build.driverWindows()).isEqualTo(Card.DriverLimits.of("Windows 11").oldest().text());
    assertThat(build.minComputeCapability()).isEqualTo(Card.OLDEST_COMPUTE_CAPABILITY);
    assertThat(build.address()).isEqualTo("https://publish.djl.ai/pytorch/" + build.version());
  }

  private static final String STAND_IN =
      """
      static int started;
      int cuInit(unsigned int flags) { started = flags == 0; return 0; }
      int cuDeviceGetCount(int *count) { *count = 2; return started ? 0 : 3; }
      int cuDeviceGet(int *device, int ordinal) {
        if (ordinal > 1) return 101;
        *device = 40 + ordinal;
        return 0;
      }
      int cuDeviceGetAttribute(int *value, int attribute, int device) {
        int major = device == 40 ? 8 : 12, minor = device == 40 ? 6 : 0;
        *value = attribute == 75 ? major : attribute == 76 ? minor : -1;
        return 0;
      }
      """;
}
