package org.invoicelens.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoreTest {

  private static final SlipFields PRINTED =
      new SlipFields(
          "Dib Group",
          "05201",
          LocalDate.of(2027, 8, 27),
          "USD",
          new BigDecimal("677.00"),
          List.of());

  @Test
  void countsFieldsByTheirLettersAndAmountsByTheirValue() {
    Score score = new Score();
    assertThat(score.add(PRINTED, PRINTED.toJson().toString())).isTrue();
    assertThat(
            score.add(
                PRINTED,
                "{\"vendor\":\"Dib Group\",\"number\":\"5201\",\"date\":\"2027-08-27\","
                    + "\"currency\":\"USD\",\"total\":677}"))
        .isFalse();
    assertThat(score.add(PRINTED, "{\"vendor\":\"Dib Gro")).isFalse();
    assertThat(score.add(PRINTED, "{}")).isFalse();
    assertThat(score.count()).isEqualTo(4);
    assertThat(score.whole()).isEqualTo(0.25);
    assertThat(score.right("vendor")).isEqualTo(0.5);
    assertThat(score.right("number")).isEqualTo(0.25);
    assertThat(score.right("total")).isEqualTo(0.5);
    assertThat(score.row("all"))
        .isEqualTo(
            "| all | 4 | 50.0 % | 25.0 % | 50.0 % | 50.0 % | 50.0 % | 25.0 % | 75.0 % | 53.0 % |");
  }

  @Test
  void choosesTheNumberOfThreadsThatWasFasterAndTriesTheOtherAtTimes() {
    int all = Runtime.getRuntime().availableProcessors();
    assertThat(new ThreadChoice(3).of(0)).isEqualTo(3);
    ThreadChoice choice = new ThreadChoice(0);
    choice.took(all, 1000, 1);
    choice.took(1, 1000, 0.5);
    if (all > 1) {
      assertThat(choice.of(1)).isEqualTo(1);
      assertThat(choice.of(10)).isEqualTo(all);
      choice.took(all, 100_000, 1);
      assertThat(choice.of(1)).isEqualTo(all);
      assertThat(choice.of(10)).isEqualTo(1);
    } else {
      assertThat(choice.of(1)).isEqualTo(1);
    }
  }
}
