package org.invoicelens.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.condition.OS.WINDOWS;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.io.TempDir;

class NvidiaSmiTest {

  private static final Card.DriverLimits LIMITS = Card.DriverLimits.of("Linux");

  @TempDir Path folder;

  @Test
  void readsACard() {
    List<Card> cards =
        NvidiaSmi.parse("0, NVIDIA RTX A5000, 24564, 23010, 8.6, 570.86.10, [N/A]\n");

    assertThat(cards)
        .containsExactly(
            new Card(
                0,
                "NVIDIA RTX A5000",
                24_564L << 20,
                23_010L << 20,
                8.6,
                "570.86.10",
                false,
                "nvidia-smi",
                List.of()));
    assertThat(cards.getFirst().judge(7.5, LIMITS).isUsable()).isTrue();
  }

  @Test
  void readsSeveralCardsAndSaysWhyOneCannotBeUsed() {
    List<String> reasons =
        NvidiaSmi.parse(
                """
                0, NVIDIA A100-SXM4-40GB, 40960, 40337, 8.0, 570.86.10, Enabled
                1, NVIDIA GeForce GTX 1080, 8192, 8000, 6.1, 570.86.10, [N/A]
                2, NVIDIA GeForce RTX 2080, [N/A], [N/A], 7.5, 570.86.10, [Not Supported]
                3, NVIDIA H100 PCIe, 81559, 81079, 9.0, 515.65.01, Disabled
                4, NVIDIA L4, 23034, 22500, [N/A], 570.86.10, [N/A]
                5, NVIDIA L4, 23034, 22500, 8.9, 550.54.15, [N/A]
                """)
            .stream()
            .map(card -> card.judge(7.5, LIMITS).unusable())
            .toList();

    assertThat(reasons)
        .containsExactly(
            "divided into instances (MIG)",
            "compute capability 6.1 is below 7.5",
            "its memory cannot be read",
            "driver 515.65.01 is too old, at least 525.60.13 is needed",
            "its compute capability cannot be read",
            "");
  }

  @Test
  void doesNotBelieveAbsurdReadings() {
    Card overflow =
        new Card(0, "NVIDIA X", 0xFFFF_FFFFL, 1, 8.6, "570.86", false, "NVML", List.of());
    Card moreFreeThanThere =
        new Card(0, "NVIDIA X", 8L << 30, 9L << 30, 8.6, "570.86", false, "NVML", List.of());
    Card phantom = new Card(0, "NVIDIA X", 8L << 30, 1, 1.0, "570.86", false, "NVML", List.of());

    assertThat(overflow.memoryTotal()).isZero();
    assertThat(moreFreeThanThere.memoryTotal()).isZero();
    assertThat(phantom.computeCapability()).isZero();
    assertThat(overflow.judge(0, LIMITS).isUsable()).isFalse();
    assertThat(phantom.judge(0, LIMITS).isUsable()).isFalse();
  }

  @Test
  void passesOverMessages() {
    assertThat(
            NvidiaSmi.parse(
                "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"))
        .isEmpty();
    assertThat(NvidiaSmi.parse("No devices were found\n")).isEmpty();
    assertThat(NvidiaSmi.parse("")).isEmpty();
  }

  @Test
  void aMissingProgramIsNoCard() {
    assertThat(new NvidiaSmi(folder.resolve("no-such").toString(), Duration.ofSeconds(1)).read())
        .isEmpty();
  }

  @Test
  @DisabledOnOs(value = WINDOWS, disabledReason = "the program is a shell script")
  void runsTheProgram() throws Exception {
    String program = script("echo '0, NVIDIA L4, 23034, 22500, 8.9, 550.54.15, [N/A]'");

    assertThat(new NvidiaSmi(program, Duration.ofSeconds(30)).read())
        .extracting(Card::name)
        .containsExactly("NVIDIA L4");
    assertThat(new NvidiaSmi(script("echo broken; exit 9"), Duration.ofSeconds(30)).read())
        .isEmpty();
  }

  @Test
  @DisabledOnOs(value = WINDOWS, disabledReason = "the program is a shell script")
  void doesNotWaitForAProgramThatHangs() throws Exception {
    assertThat(new NvidiaSmi(script("exec sleep 60"), Duration.ofMillis(200)).read()).isEmpty();
  }

  @Test
  void comparesDriversNumberByNumber() {
    assertThat(DriverVersion.parse("570.9")).isLessThan(DriverVersion.parse("570.86.10"));
    assertThat(DriverVersion.parse("570.26")).isLessThan(DriverVersion.parse("570.26.1"));
    assertThat(DriverVersion.parse("1000.1")).isGreaterThan(DriverVersion.parse("570.26"));
    assertThat(DriverVersion.tryParse("[N/A]")).isEmpty();
  }

  private String script(String body) throws Exception {
    Path script = Files.createTempFile(folder, "smi", ".sh");
    Files.writeString(script, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script.toString();
  }
}
