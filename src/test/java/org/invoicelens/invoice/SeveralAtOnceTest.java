package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.stage.CancelledException;
import org.invoicelens.stage.Problem;
import org.invoicelens.stage.StageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeveralAtOnceTest {

  private static final List<Integer> THINGS = IntStream.range(0, 20).boxed().toList();

  private final List<String> told = new ArrayList<>();

  private final SeveralAtOnce.Results<Integer, String> results =
      new SeveralAtOnce.Results<>() {
        @Override
        public void done(Integer thing, String result) {
          told.add(thing + " " + result);
        }

        @Override
        public void failed(Integer thing, StageException failure) {
          told.add(thing + " failed");
        }
      };

  private static InferenceException failure() {
    return new InferenceException(
        InferenceException.Reason.SERVER_FAILED, new Problem("no", "", ""), "", null);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void theResultsComeInOrderAndAFailureDoesNotEndTheOthers(int atOnce) throws Exception {
    SeveralAtOnce.each(
        THINGS,
        atOnce,
        thing -> {
          if (thing == 3) {
            throw failure();
          }
          return "read";
        },
        results);

    assertThat(told).hasSize(20).startsWith("0 read", "1 read", "2 read", "3 failed", "4 read");
    assertThat(told.getLast()).isEqualTo("19 read");
  }

  @Test
  void asManyAsAskedForAreWorkedOnTogether() throws Exception {
    CyclicBarrier together = new CyclicBarrier(4);

    SeveralAtOnce.each(
        THINGS,
        4,
        thing -> {
          try {
            together.await(20, TimeUnit.SECONDS);
          } catch (Exception e) {
            throw failure();
          }
          return "together";
        },
        results);

    assertThat(told).allMatch(line -> line.endsWith("together"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void afterAWishToStopNothingMoreBegins(int atOnce) {
    AtomicInteger begun = new AtomicInteger();

    CancelledException stopped =
        catchThrowableOfType(
            CancelledException.class,
            () ->
                SeveralAtOnce.each(
                    THINGS,
                    atOnce,
                    thing -> {
                      begun.incrementAndGet();
                      throw new CancelledException();
                    },
                    results));

    assertThat(stopped).isNotNull();
    assertThat(told).isEmpty();
    assertThat(begun.get()).isLessThanOrEqualTo(2 * atOnce + 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void aBugIsNotTakenForAFailureOfADocument(int atOnce) {
    assertThatThrownBy(() ->
            SeveralAtOnce.each(
                THINGS,
                atOnce,
                thing -> {
                  throw new IllegalStateException("a bug");
                },
                results))
        .isInstanceOf(IllegalStateException.class);
  }
}
