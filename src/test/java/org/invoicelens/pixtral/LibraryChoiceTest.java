package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.invoicelens.pixtral.LibraryChoice.Origin;
import org.invoicelens.runtime.CudaRuntime;
import org.invoicelens.runtime.CudaRuntimeException;
import org.invoicelens.runtime.TorchPlatform;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryChoiceTest {

  @TempDir Path folder;

  private TorchPlatform platform;
  private CudaRuntime runtime;

  @BeforeEach
  void libraries() throws Exception {
    assumeThat(TorchPlatform.current()).isPresent();
    platform = TorchPlatform.current().orElseThrow();
    Path libraries = Files.createDirectory(folder.resolve("cuda"));
    for (String name : platform.required()) {
      Files.writeString(libraries.resolve(name), "library");
    }
    runtime = new CudaRuntime(libraries, true, platform, "2.7.1", "cu128");
  }

  private LibraryChoice choose(
      Optional<String> named, Optional<CudaRuntime> here, boolean usableCard) throws Exception {
    return LibraryChoice.of(
        named, Optional.of("/opt/natives"), "cu128", () -> here, () -> usableCard);
  }

  @Test
  void withACardTheOneForGraphicsCardsIsLoaded() throws Exception {
    assertThat(choose(Optional.empty(), Optional.of(runtime), true))
        .isEqualTo(
            new LibraryChoice(Origin.GRAPHICS, Optional.of(runtime.folder().toString()), "cu128"));
  }

  @Test
  void withoutAUsableCardOrWithoutThatLibraryTheOneThatShipsIs() throws Exception {
    LibraryChoice shipped = new LibraryChoice(Origin.SHIPPED, Optional.of("/opt/natives"), "cpu");
    assertThat(choose(Optional.empty(), Optional.of(runtime), false)).isEqualTo(shipped);
    assertThat(choose(Optional.empty(), Optional.empty(), true)).isEqualTo(shipped);
  }

  @Test
  void whatSomebodyNamedWinsAndDecidesTheBridgeByWhatIsInIt() throws Exception {
    Path processor = Files.createDirectory(folder.resolve("processor"));
    String torch = platform.required().get(2);
    Files.writeString(processor.resolve(torch), "library");
    String cuda = runtime.folder().toString();
    assertThat(choose(Optional.of(processor.toString()), Optional.of(runtime), true))
        .isEqualTo(new LibraryChoice(Origin.NAMED, Optional.of(processor.toString()), "cpu"));
    assertThat(choose(Optional.of(cuda), Optional.empty(), false).flavor()).isEqualTo("cu128");
    assertThat(choose(Optional.of(cuda + "/" + torch), Optional.empty(), false).flavor())
        .isEqualTo("cu128");
    String both = folder + File.pathSeparator + processor + File.pathSeparator + cuda;
    assertThat(choose(Optional.of(both), Optional.empty(), false).flavor()).isEqualTo("cpu");
  }

  @Test
  void aLibraryOfWhichAPartIsGoneIsNotLoaded() throws Exception {
    Files.delete(runtime.folder().resolve(platform.required().get(1)));
    CudaRuntimeException gone =
        catchThrowableOfType(
            CudaRuntimeException.class, () -> choose(Optional.empty(), Optional.of(runtime), true));
    assertThat(gone.reason()).isEqualTo(CudaRuntimeException.Reason.VANISHED);
  }

  @Test
  void theLibrariesOfCudnnAreLoadedInAnOrderInWhichEachFindsWhatItNeeds() throws Exception {
    for (String name : List.of("cudnn64_9.dll", "cudnn_graph64_9.dll", "cudnn_ops64_9.dll")) {
      Files.writeString(folder.resolve(name), "library");
    }
    Files.writeString(folder.resolve("cublas64_12.dll"), "library");
    List<String> loaded = new ArrayList<>();
    CudnnLibraries.loadAll(
        folder,
        file -> {
          String name = file.getFileName().toString();
          boolean possible =
              switch (name) {
                case "cudnn64_9.dll" -> loaded.contains("cudnn_ops64_9.dll");
                case "cudnn_ops64_9.dll" -> loaded.contains("cudnn_graph64_9.dll");
                default -> true;
              };
          if (!possible) {
            throw new UnsatisfiedLinkError(name);
          }
          loaded.add(name);
        });
    assertThat(loaded).containsExactly("cudnn_graph64_9.dll", "cudnn_ops64_9.dll", "cudnn64_9.dll");
  }

  @Test
  void librariesThatNeverLoadDoNotKeepItGoing() throws Exception {
    Files.writeString(folder.resolve("cudnn64_9.dll"), "library");
    List<Path> tried = new ArrayList<>();
    CudnnLibraries.loadAll(
        folder,
        file -> {
          tried.add(file);
          throw new UnsatisfiedLinkError();
        });
    assertThat(tried).hasSize(1);
  }
}
