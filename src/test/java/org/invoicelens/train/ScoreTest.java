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
}
