package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.invoicelens.invoice.InvoiceFields.Field;
import org.invoicelens.pixtral.GenerationResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InvoiceFieldsTest {

  @Test
  void readsTheFieldsInTheirOrderAndNumbersDigitByDigit() {
    InvoiceFields fields =
        InvoiceFields.parse("{\"vendor\":\"Xehea\",\"total\":5691.00,\"tax\":41.49,\"paid\":true}");
    assertThat(fields.complete()).isTrue();
    assertThat(fields.fields())
        .containsExactly(
            new Field("vendor", "Xehea"),
            new Field("total", "5691.00"),
            new Field("tax", "41.49"),
            new Field("paid", "true"));
    assertThat(fields.json())
        .isEqualTo("{\"vendor\":\"Xehea\",\"total\":5691.00,\"tax\":41.49,\"paid\":true}");
  }

  @Test
  void givesNestedFieldsTheirPath() {
    InvoiceFields fields =
        InvoiceFields.parse(
            "{\"seller\":{\"name\":\"A\"},\"items\":[{\"amount\":1},{\"amount\":2.50}],\"note\":null,"
                + "\"tags\":[]}");
    assertThat(fields.fields())
        .containsExactly(
            new Field("seller.name", "A"),
            new Field("items[0].amount", "1"),
            new Field("items[1].amount", "2.50"),
            new Field("note", ""),
            new Field("tags", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "```json\n{\"total\": 5}\n```",
        "Here is what the {invoice} says: {\"total\": 5} I hope this helps {you}.",
        "{\"total\": 5,}",
        "{} or rather {\"total\":5}"
      })
  void findsTheObjectInOtherText(String answer) {
    InvoiceFields fields = InvoiceFields.parse(answer);
    assertThat(fields.complete()).isTrue();
    assertThat(fields.fields()).containsExactly(new Field("total", "5"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"vendor\":\"Xehea\"",
        "{\"vendor\":\"Xehea\",",
        "{\"vendor\":\"Xehea\",\"tot",
        "{\"vendor\":\"Xehea\",\"total\"",
        "{\"vendor\":\"Xehea\",\"total\":",
        "{\"vendor\":\"Xehea\",\"total\":569",
        "{\"vendor\":\"Xehea\",\"date\":\"2019-0",
        "{\"vendor\":\"Xehea\",\"date\":\"\\u00"
      })
  void keepsWhatCameAndDropsAHalfValueWhenTheAnswerBreaksOff(String answer) {
    InvoiceFields fields = InvoiceFields.parse(answer);
    assertThat(fields.complete()).isFalse();
    assertThat(fields.fields()).containsExactly(new Field("vendor", "Xehea"));
    assertThat(fields.json()).isEqualTo("{\"vendor\":\"Xehea\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "The picture shows a cat.", "{", "[1,2]", "{]"})
  void findsNothingWhereThereIsNoObject(String answer) {
    assertThat(InvoiceFields.parse(answer)).isEqualTo(InvoiceFields.parse("nothing"));
    assertThat(InvoiceFields.parse(answer).fields()).isEmpty();
    assertThat(InvoiceFields.parse(answer).complete()).isFalse();
  }

  @Test
  void keepsValuesThatAreNotJsonAsText() {
    assertThat(InvoiceFields.parse("{\"number\": 05201, \"total\": 41,49, \"paid\": N/A}").fields())
        .containsExactly(
            new Field("number", "05201"), new Field("total", "41,49"), new Field("paid", "N/A"));
  }

  @Test
  void understandsEscapes() {
    assertThat(InvoiceFields.parse("{\"v\":\"a\\n\\\"b\\\" \\u20ac \\/\"}").fields())
        .containsExactly(new Field("v", "a\n\"b\" € /"));
  }

  @Test
  void endsAtADepthThatNoInvoiceHas() {
    InvoiceFields fields = InvoiceFields.parse("{\"a\":".repeat(100_000));
    assertThat(fields.complete()).isFalse();
    assertThat(fields.fields()).hasSize(1);
    assertThat(InvoiceFields.parse("{\"a\":1,\"b\":" + "[".repeat(100_000)).complete()).isFalse();
  }

  @Test
  void takesTheLastValueOfAKeyThatIsRepeated() {
    assertThat(InvoiceFields.parse("{\"a\":1,\"b\":2,\"a\":3}").fields())
        .containsExactly(new Field("a", "3"), new Field("b", "2"));
  }

  private static GenerationResult generation(String text, int written, double... probabilities) {
    List<GenerationResult.Certainty> certainties = new ArrayList<>();
    for (int i = 0; i < probabilities.length; i++) {
      certainties.add(new GenerationResult.Certainty(i + 1, probabilities[i]));
    }
    return new GenerationResult(
        text,
        new int[0],
        new int[0],
        GenerationResult.FinishReason.STOP,
        new GenerationResult.Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 0),
        0,
        written,
        certainties);
  }

  @Test
  void aFieldIsAsSureAsTheLeastSureTokenOfItsValue() {
    String text = "{\"a\":\"xyz\",\"b\":12,\"c\":null}";
    double[] probabilities = new double[text.length()];
    Arrays.fill(probabilities, 1);
    probabilities[text.indexOf('a')] = 0.1;
    probabilities[text.indexOf('y')] = 0.4;
    probabilities[text.indexOf('2')] = 0.7;
    InvoiceFields fields = InvoiceFields.of(generation(text, text.length(), probabilities));
    assertThat(fields.fields())
        .extracting(Field::confidence)
        .containsExactly(OptionalDouble.of(0.4), OptionalDouble.of(0.7), OptionalDouble.empty());
  }

  @Test
  void equalValuesHaveTheCertaintyOfTheirOwnPlaces() {
    String text = "{\"a\":7,\"b\":7}";
    double[] probabilities = new double[text.length()];
    Arrays.fill(probabilities, 1);
    probabilities[text.lastIndexOf('7')] = 0.2;
    assertThat(InvoiceFields.of(generation(text, text.length(), probabilities)).fields())
        .extracting(Field::confidence)
        .containsExactly(OptionalDouble.of(1), OptionalDouble.of(0.2));
  }

  @Test
  void anAnswerThatWasClosedIsNotComplete() {
    String text = "{\"a\":\"x\",\"b\":null}";
    assertThat(InvoiceFields.of(generation(text, text.length())).complete()).isTrue();
    assertThat(InvoiceFields.of(generation(text, 8)).complete()).isFalse();
  }
}
