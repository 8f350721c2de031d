package org.invoicelens.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The house plan: which room may know which. */
class ArchitectureTest {

  /** The rooms, lowest floor first: each may import from itself and from those before it. */
  private static final List<String> FLOORS =
      List.of(
          "stage",
          "config",
          "settings",
          "hardware",
          "hub",
          "update",
          "download",
          "runtime",
          "safetensors",
          "verify",
          "grammar",
          "assembler",
          "pixtral",
          "remote",
          "engine",
          "invoice",
          "setup");

  private static final List<String> DOORS = List.of("cli", "ui");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.invoicelens");

  static Stream<String> floors() {
    return FLOORS.stream();
  }

  @ParameterizedTest
  @MethodSource("floors")
  void aRoomImportsOnlyFromBelow(String room) {
    String[] above =
        Stream.concat(
                FLOORS.subList(FLOORS.indexOf(room) + 1, FLOORS.size()).stream(), DOORS.stream())
            .map(ArchitectureTest::packages)
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(packages(room))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(above)
        .check(CLASSES);
  }

  @Test
  void theDoorsDoNotKnowEachOther() {
    noClasses()
        .that()
        .resideInAPackage(packages("cli"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(packages("ui"))
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage(packages("ui"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(packages("cli"))
        .check(CLASSES);
  }

  @Test
  void onlyTheWindowKnowsJavaFx() {
    noClasses()
        .that()
        .resideOutsideOfPackages("org.invoicelens", packages("ui"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("javafx..", "org.controlsfx..", "atlantafx..")
        .check(CLASSES);
  }

  @Test
  void onlyThePixtralRoomKnowsTheTensorEngine() {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages("pixtral"), packages("engine"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.invoicelens.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void onlyTheCommandLineWritesToTheStandardStreams() {
    noClasses()
        .that()
        .resideOutsideOfPackages("org.invoicelens", packages("cli"))
        .should(com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS)
        .check(CLASSES);
  }

  private static String packages(String room) {
    return "org.invoicelens." + room + "..";
  }
}
