package org.invoicelens.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {

  @ParameterizedTest
  @CsvSource({"a,a,0", "'',abc,3", "kitten,sitting,3", "form,from,1", "ca,abc,3"})
  void countsEdits(String a, String b, int edits) {
    assertThat(Spelling.distance(a, b)).isEqualTo(edits);
    assertThat(Spelling.distance(b, a)).isEqualTo(edits);
  }

  @Test
  void overlooksCaseAndHyphens() {
    assertThat(Spelling.nearest("Repo-ID", List.of("name", "repo_id"))).contains("repo_id");
  }

  @Test
  void suggestsNothingFarFetched() {
    assertThat(Spelling.nearest("colour", List.of("name", "prompt"))).isEmpty();
  }
}
