package org.invoicelens.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TokenConstraintTest {

  private static final int END = 0;

  private static final AnswerSchema SCHEMA =
      AnswerSchema.parse(
          """
          {"type":"object","properties":{
            "name":{"type":["string","null"],"maxLength":8},
            "code":{"type":"string","pattern":"^[A-Z]{3}$"},
            "sums":{"type":"array","maxItems":3,"items":{"type":"number"}}},
           "required":["name","code","sums"]}
          """);

  /** The end, every byte, and some longer tokens that cross the borders of JSON. */
  private static final TokenVocabulary VOCABULARY = vocabulary();

  private static TokenVocabulary vocabulary() {
    List<byte[]> tokens = new ArrayList<>();
    tokens.add(new byte[0]);
    IntStream.range(0, 256).forEach(value -> tokens.add(new byte[] {(byte) value}));
    for (String text :
        List.of(
            "{\"name\":\"",
            "\",\"code\":\"",
            "\",\"",
            "null",
            "null,",
            "EUR",
            "EU",
            "R\",\"sums\":[",
            "]}",
            "}}",
            "12.50",
            ".5,",
            "ü",
            "ün",
            "€\"",
            "\n  \"",
            ": ",
            "name",
            " \n")) {
      tokens.add(text.getBytes(StandardCharsets.UTF_8));
    }
    return new TokenVocabulary(tokens.size(), tokens::get);
  }

  private static final int SIZE = 1 + 256 + 19;

  private static TokenConstraint constraint() {
    return new TokenConstraint(SCHEMA, VOCABULARY, Set.of(END));
  }

  @RepeatedTest(50)
  void whateverAModelWantsItsAnswerIsOfTheForm(RepetitionInfo run) {
    Random random = new Random(run.getCurrentRepetition());
    TokenConstraint constraint = constraint();
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    for (int step = 0; step < 2000; step++) {
      float[] logits = new float[SIZE];
      for (int i = 0; i < SIZE; i++) {
        logits[i] = random.nextFloat();
      }
      int token = constraint.likeliest(logits);
      assertThat(token).isNotNegative();
      assertThat(constraint.allowed().get(token)).isTrue();
      if (token == END) {
        break;
      }
      constraint.take(token);
      answer.writeBytes(VOCABULARY.bytes(token));
      if (constraint.isOver()) {
        break;
      }
    }
    assertThat(SCHEMA.allows(answer.toString(StandardCharsets.UTF_8)))
        .as(answer.toString())
        .isTrue();
  }

  @RepeatedTest(20)
  void theMaskHoldsExactlyTheTokensThatAreAllowedOneByOne(RepetitionInfo run) {
    Random random = new Random(run.getCurrentRepetition());
    TokenConstraint constraint = constraint();
    while (!constraint.isOver()) {
      BitSet allowed = constraint.allowed();
      for (int token = 0; token < SIZE; token++) {
        assertThat(constraint.allows(token)).as("token " + token).isEqualTo(allowed.get(token));
      }
      int[] tokens = allowed.stream().filter(token -> token != END).toArray();
      constraint.take(tokens[random.nextInt(tokens.length)]);
    }
    assertThat(constraint.allowed().stream()).containsExactly(END);
  }

  @Test
  void theLikeliestAllowedTokenIsFoundBehindAnyNumberOfOthers() {
    float[] logits = new float[SIZE];
    for (int token = 0; token < SIZE; token++) {
      logits[token] = token;
    }
    // the last ones are not how an answer begins, and the first token with a brace is 257
    assertThat(constraint().likeliest(logits)).isEqualTo(257);
    logits[257] = -1;
    assertThat(constraint().likeliest(logits)).isEqualTo(1 + '{');
  }

  @Test
  void theEndComesOnlyWhereTheAnswerIsWhole() {
    TokenConstraint constraint = constraint();
    assertThat(constraint.allows(END)).isFalse();
    for (byte b :
        "{\"name\":null,\"code\":\"EUR\",\"sums\":[1]}".getBytes(StandardCharsets.UTF_8)) {
      assertThat(constraint.isOver()).isFalse();
      constraint.take(1 + b);
    }
    assertThat(constraint.allows(END)).isTrue();
    assertThat(constraint.isOver()).isTrue();
  }

  @Test
  void aVocabularyThatCannotGoOnSaysSo() {
    TokenVocabulary poor = new TokenVocabulary(3, token -> new byte[] {(byte) ('a' + token)});
    TokenConstraint constraint = new TokenConstraint(SCHEMA, poor, Set.of());
    assertThat(constraint.likeliest(new float[3])).isNegative();
    assertThat(constraint.allowed().isEmpty()).isTrue();
  }

  @Test
  void aTokenThatMayNotComeIsNotTaken() {
    assertThatThrownBy(() -> constraint().take(1 + 'x'))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
