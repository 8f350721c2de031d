package org.invoicelens.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The texts of every room that has a bundle: whole, in two languages, and all of them in use. */
class WordsTest {

  private static final Path RESOURCES = Path.of("src/main/resources/org/invoicelens");
  private static final Path SOURCES = Path.of("src/main/java/org/invoicelens");
  private static final String ENGLISH = "messages.properties";
  private static final String GERMAN = "messages_de.properties";

  private static final Pattern ARGUMENT = Pattern.compile("\\{(\\d+)");

  /** Up to two keys, of which a condition chooses one. */
  private static final String KEYS =
      "\\(\\s*(?:[^\"?;]*\\?\\s*\"([\\w.-]+)\"\\s*:\\s*)?\"([\\w.-]+)\"\\s*[,)]";

  private static final Pattern TEXT = asking("text");
  private static final Pattern PROBLEM = asking("problem");
  private static final Pattern REFUSAL = Pattern.compile("\\bRefusal\\.of" + KEYS);
  private static final Pattern LITERAL = Pattern.compile("\"([\\w.-]+)\"");

  /** The parts of a text that is asked for as a whole, such as a problem. */
  private static final Pattern PART =
      Pattern.compile("\\.(what|meaning|remedy|message|suggestion)");

  static Stream<Path> bundles() throws IOException {
    try (Stream<Path> files = Files.walk(RESOURCES)) {
      return files.filter(file -> file.endsWith(ENGLISH)).sorted().toList().stream();
    }
  }

  @Test
  void everyRoomThatSpeaksHasABundle() throws IOException {
    Set<Path> speaking = new TreeSet<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        if (Files.readString(file).contains("Words.of(")) {
          speaking.add(SOURCES.relativize(file.getParent()));
        }
      }
    }

    assertThat(bundles().map(bundle -> RESOURCES.relativize(bundle.getParent())))
        .containsExactlyElementsOf(speaking);
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void theGermanTextsAreTheSameWithTheSameArguments(Path english) throws IOException {
    Path german = english.resolveSibling(GERMAN);
    assertThat(german).isRegularFile();
    Properties ours = read(english);
    Properties theirs = read(german);

    assertThat(theirs.stringPropertyNames())
        .containsExactlyInAnyOrderElementsOf(ours.stringPropertyNames());
    for (String key : ours.stringPropertyNames()) {
      assertThat(arguments(theirs.getProperty(key)))
          .as(key)
          .isEqualTo(arguments(ours.getProperty(key)));
    }
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void everyTextIsAPatternWithoutStraightApostrophes(Path english) throws IOException {
    for (Path file : List.of(english, english.resolveSibling(GERMAN))) {
      Properties texts = read(file);
      for (String key : texts.stringPropertyNames()) {
        String pattern = texts.getProperty(key);
        assertThat(pattern).as(key).doesNotContain("'").isEqualTo(pattern.strip());
        Object[] numbers = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        assertThat(new MessageFormat(pattern, Locale.ENGLISH).format(numbers))
            .as(key)
            .isNotBlank()
            .doesNotContain("{", "}");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void noTextIsThereTwice(Path english) throws IOException {
    for (Path file : List.of(english, english.resolveSibling(GERMAN))) {
      assertThat(
              Files.readAllLines(file).stream()
                  .filter(line -> !line.startsWith("#") && line.contains("="))
                  .map(line -> line.substring(0, line.indexOf('='))))
          .doesNotHaveDuplicates()
          .hasSameSizeAs(read(file).stringPropertyNames());
    }
  }

  @ParameterizedTest
  @MethodSource("bundles")
  void everyTextThatTheRoomAsksForIsThere(Path english) throws IOException {
    Set<String> keys = read(english).stringPropertyNames();
    String sources = sourcesOf(english);

    assertThat(keys).containsAll(asked(TEXT, sources, ""));
    assertThat(keys).containsAll(asked(PROBLEM, sources, ".what"));
    assertThat(keys).containsAll(asked(REFUSAL, sources, ".message"));
  }

  /** Where a key goes through the room's own methods, its beginning tells that it is one. */
  @ParameterizedTest
  @MethodSource("bundles")
  void whatLooksLikeAKeyIsOne(Path english) throws IOException {
    Set<String> keys = read(english).stringPropertyNames();
    Set<String> beginnings =
        keys.stream()
            .filter(key -> key.contains("."))
            .map(key -> key.substring(0, key.indexOf('.') + 1))
            .collect(Collectors.toSet());

    assertThat(literals(sourcesOf(english)))
        .filteredOn(literal -> beginnings.stream().anyMatch(literal::startsWith))
        .allMatch(literal -> keys.stream().anyMatch(key -> asksFor(literal, key)));
  }

  /** A key may also be put together, from its beginning or its end and the name of a constant. */
  @ParameterizedTest
  @MethodSource("bundles")
  void everyTextIsAskedForSomewhere(Path english) throws IOException {
    Set<String> literals = literals(sourcesOf(english));

    assertThat(read(english).stringPropertyNames())
        .allMatch(key -> literals.stream().anyMatch(literal -> asksFor(literal, key)));
  }

  private static boolean asksFor(String literal, String key) {
    return key.equals(literal)
        || (literal.endsWith(".") && key.startsWith(literal))
        || (literal.startsWith(".") && key.endsWith(literal))
        || (key.startsWith(literal) && PART.matcher(key.substring(literal.length())).matches());
  }

  private static Set<String> literals(String sources) {
    return LITERAL
        .matcher(sources)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Pattern asking(String method) {
    return Pattern.compile("(?:\\b(?:WORDS|\\w+Words|Messages)\\.|[^.\\w])" + method + KEYS);
  }

  private static Set<String> asked(Pattern asking, String sources, String part) {
    return asking
        .matcher(sources)
        .results()
        .flatMap(WordsTest::keys)
        .map(key -> key + part)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> keys(MatchResult found) {
    return Stream.of(found.group(1), found.group(2)).filter(key -> key != null);
  }

  private static Set<String> arguments(String pattern) {
    return ARGUMENT
        .matcher(pattern)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Properties read(Path file) throws IOException {
    Properties texts = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      texts.load(in);
    }
    return texts;
  }

  /** The sources of the whole room, in whichever of its packages the bundle lies. */
  private static String sourcesOf(Path bundle) throws IOException {
    Path room = SOURCES.resolve(RESOURCES.relativize(bundle).getName(0));
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> files = Files.walk(room)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        sources.append(Files.readString(file)).append('\n');
      }
    }
    return sources.toString();
  }
}
