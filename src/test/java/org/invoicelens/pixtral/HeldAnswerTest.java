package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.invoicelens.grammar.AnswerSchema;
import org.invoicelens.stage.Cancellation;
import org.invoicelens.stage.ProgressListener;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers under a schema, by the model that ships. */
class HeldAnswerTest {

  private static final Path FOLDER = Path.of("models/bundled/pixtral-mini");

  private static PixtralProcessor processor;
  private static PixtralModel model;
  private static AnswerSchema slip;

  @BeforeAll
  static void load() throws Exception {
    processor = PixtralProcessor.open(FOLDER);
    model =
        PixtralModel.load(
            FOLDER, processor, Golden.float32(), ProgressListener.NONE, new Cancellation());
    slip = AnswerSchema.read(Path.of("assets/schema/slip.schema.json"));
  }

  @AfterAll
  static void close() {
    model.close();
    processor.close();
  }

  private static GenerationResult read(
      int sample, int tokens, double temperature, AnswerSchema schema) throws Exception {
    BufferedImage image = ImageIO.read(Path.of("assets/samples/slip-" + sample + ".png").toFile());
    return model.generate(
        processor.prepare("", "<json>", List.of(image)),
        new GenerationOptions(tokens, temperature, 1, sample, false, Optional.ofNullable(schema)),
        TokenListener.NONE,
        new Cancellation());
  }

  @Test
  void anAnswerThatIsOfTheFormAnywayIsTheSameHeldToIt() throws Exception {
    for (int sample = 0; sample < 8; sample++) {
      GenerationResult free = read(sample, 160, 0, null);
      GenerationResult held = read(sample, 160, 0, slip);
      assertThat(slip.allows(free.text())).isTrue();
      assertThat(held.text()).isEqualTo(free.text());
      assertThat(held.finishReason()).isEqualTo(GenerationResult.FinishReason.STOP);
      assertThat(held.written()).isEqualTo(held.text().length());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 13, 21, 34, 55})
  void anAnswerIsOfTheFormHoweverLittleIsLeftForIt(int tokens) throws Exception {
    GenerationResult result = read(1, tokens, 0, slip);
    assertThat(slip.allows(result.text())).as(result.text()).isTrue();
    assertThat(result.tokenIds().length).isLessThanOrEqualTo(tokens);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void anAnswerIsOfTheFormHoweverWildlyItIsDrawn(int sample) throws Exception {
    GenerationResult result = read(sample, 160, 20, slip);
    assertThat(slip.allows(result.text())).as(result.text()).isTrue();
  }

  @Test
  void aFormThatTheModelNeverSawIsKeptAllTheSame() throws Exception {
    AnswerSchema other =
        AnswerSchema.parse(
            """
            {"type":"object","properties":{
              "payment":{"type":"object","properties":{"iban":{"type":["string","null"],"maxLength":10}},
                "required":["iban"]},
              "lines":{"type":"array","maxItems":2,"items":{"type":"integer"}},
              "paid":{"type":"boolean"}},
             "required":["payment","lines","paid"]}
            """);
    GenerationResult result = read(0, 160, 0, other);
    assertThat(other.allows(result.text())).as(result.text()).isTrue();
    assertThat(JsonParser.parseString(result.text()).getAsJsonObject().keySet())
        .containsExactly("payment", "lines", "paid");
  }

  @Test
  void everyTokenHasAProbabilityAndAnEndInTheText() throws Exception {
    GenerationResult result = read(3, 160, 0, slip);
    assertThat(result.certainties()).hasSameSizeAs(result.tokenIds());
    int end = 0;
    for (GenerationResult.Certainty token : result.certainties()) {
      assertThat(token.probability()).isBetween(0.0, 1.0);
      assertThat(token.end()).isGreaterThanOrEqualTo(end);
      end = token.end();
    }
    assertThat(end).isEqualTo(result.text().length());
  }
}
