package org.invoicelens.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.invoicelens.grammar.AnswerSchema;
import org.invoicelens.pixtral.PixtralProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The slips that the small model learns from, and those that it is measured by. */
class SlipSourceTest {

  private static final Path MODEL = Path.of("models/bundled/pixtral-mini");

  private static SlipSource training(long seed) {
    return new SlipSource(seed, Half.TRAINING, Half.TRAINING);
  }

  private static Slip slip(SlipSource source, long number) {
    return source.slip(number, HeldOut.WIDTH, HeldOut.HEIGHT, SlipSource.Look.ANY);
  }

  @Test
  void theSameSeedGivesTheSameSlipsAndAnotherSeedOthers() {
    for (int i = 0; i < 8; i++) {
      Slip once = slip(training(7), i);
      Slip again = slip(training(7), i);
      Slip other = slip(training(8), i);
      assertThat(again.grey()).isEqualTo(once.grey());
      assertThat(again.fields()).isEqualTo(once.fields());
      assertThat(again.text()).isEqualTo(once.text());
      assertThat(other.grey()).isNotEqualTo(once.grey());
      assertThat(other.fields()).isNotEqualTo(once.fields());
    }
  }

  @Test
  void everyFieldStandsOnTheSlipOrIsAnotherFormOfWhatStandsThere() {
    for (int i = 0; i < 200; i++) {
      Slip slip = slip(training(3), i);
      SlipFields fields = slip.fields().orElseThrow();
      assertThat(slip.text()).contains(fields.vendor(), fields.number());
      assertThat(slip.text()).contains(Integer.toString(fields.date().getYear()));
      String cents = fields.total().toPlainString().replaceAll(".*\\.", "");
      assertThat(slip.text()).containsPattern("[.,]" + cents + "\\b");
    }
  }

  @Test
  void theRightAnswerHasTheFieldsOfTheSlipsSchemaInItsOrder() throws Exception {
    JsonObject schema =
        JsonParser.parseString(Files.readString(Path.of("assets/schema/slip.schema.json")))
            .getAsJsonObject();
    assertThat(schema.getAsJsonObject("properties").keySet())
        .containsExactlyElementsOf(SlipFields.NAMES);
    AnswerSchema allowed = AnswerSchema.read(Path.of("assets/schema/slip.schema.json"));
    for (int i = 0; i < 50; i++) {
      SlipFields fields = slip(training(4), i).fields().orElseThrow();
      assertThat(allowed.allows(fields.toJson().toString())).as(fields.toString()).isTrue();
      JsonObject json = JsonParser.parseString(fields.toJson().toString()).getAsJsonObject();
      assertThat(json.keySet()).containsExactlyElementsOf(SlipFields.NAMES);
      assertThat(json.get("vendor").getAsString()).isNotBlank();
      assertThat(json.get("number").getAsString()).matches("[A-Z0-9/-]+");
      assertThat(LocalDate.parse(json.get("date").getAsString())).isEqualTo(fields.date());
      assertThat(json.get("currency").getAsString()).matches("[A-Z]{3}");
      assertThat(json.get("total").getAsBigDecimal()).isGreaterThan(BigDecimal.ZERO);
      assertThat(fields.items()).allMatch(item -> item.amount().signum() >= 0);
    }
  }

  @Test
  void everyLetterOnASlipIsOneThatTheModelKnows() throws Exception {
    SlipVocabulary vocabulary = SlipVocabulary.read(MODEL);
    int unknown = vocabulary.id("<unk>");
    for (int i = 0; i < 300; i++) {
      assertThat(vocabulary.letters(slip(training(5), i).text())).doesNotContain(unknown);
    }
    assertThat(vocabulary.letters("\u4e2d")).containsExactly(unknown);
  }

  @Test
  void whatIsHeldOutSharesNoFontNoLayoutAndNoVendorWithTraining() {
    assertThat(FontShelf.HELD_OUT).isNotEmpty().doesNotContainAnyElementsOf(FontShelf.TRAINING);
    List<SlipLayout> learned = SlipLayout.all(Half.TRAINING);
    List<SlipLayout> heldOut = SlipLayout.all(Half.HELD_OUT);
    assertThat(learned).hasSize(100).doesNotContainAnyElementsOf(heldOut);
    assertThat(heldOut).hasSize(25);
    Set<String> vendors = new HashSet<>();
    SlipSource asked = new SlipSource(3, Half.HELD_OUT, Half.HELD_OUT);
    for (int i = 0; i < 200; i++) {
      vendors.add(slip(training(3), i).fields().orElseThrow().vendor());
      String vendor = slip(asked, i).fields().orElseThrow().vendor();
      assertThat(Names.half(vendor)).isEqualTo(Half.HELD_OUT);
      assertThat(Names.half(vendor.toUpperCase(java.util.Locale.ROOT))).isEqualTo(Half.HELD_OUT);
    }
    assertThat(vendors).allMatch(vendor -> Names.half(vendor) == Half.TRAINING);
  }

  @Test
  void everyPairOfPartsOfAHeldOutLayoutIsLearnedInOthers() {
    List<SlipLayout> learned = SlipLayout.all(Half.TRAINING);
    for (SlipLayout layout : SlipLayout.all(Half.HELD_OUT)) {
      assertThat(learned)
          .anyMatch(one -> one.head() == layout.head() && one.facts() == layout.facts())
          .anyMatch(one -> one.head() == layout.head() && one.sum() == layout.sum())
          .anyMatch(one -> one.facts() == layout.facts() && one.sum() == layout.sum());
    }
  }

  @Test
  void wearChangesTheScanAndNotWhatIsPrinted() {
    SlipSource source = training(11);
    for (int i = 0; i < 5; i++) {
      List<Slip> worn = new ArrayList<>();
      for (Wear wear : Wear.values()) {
        worn.add(
            source.slip(
                i, HeldOut.WIDTH, HeldOut.HEIGHT, SlipSource.Look.ANY.worn(wear).scaled(1)));
      }
      assertThat(worn.get(1).fields()).isEqualTo(worn.get(0).fields());
      assertThat(worn.get(2).fields()).isEqualTo(worn.get(0).fields());
      assertThat(worn.get(1).grey()).isNotEqualTo(worn.get(0).grey());
      assertThat(worn.get(2).grey()).isNotEqualTo(worn.get(0).grey());
    }
  }

  @Test
  void aPictureOfTwiceTheSizeIsLearnedFromAsTheModelWillSeeIt(@TempDir Path folder)
      throws Exception {
    ModelFolder.copy(MODEL, folder);
    ModelFolder.limit(folder, 224);
    try (PixtralProcessor processor = PixtralProcessor.open(folder)) {
      for (int i = 0; i < 4; i++) {
        SlipSource.Look look = SlipSource.Look.ANY.scaled(2);
        Slip slip = training(12).slip(i, HeldOut.WIDTH, HeldOut.HEIGHT, look);
        assertThat(slip.picture().getHeight()).isEqualTo(2 * HeldOut.HEIGHT);
        BufferedImage seen = processor.seen(slip.picture()).pixels();
        assertThat(seen.getHeight()).isEqualTo(HeldOut.HEIGHT);
        assertThat(largestDifference(seen, slip)).isLessThanOrEqualTo(4);
      }
    }
  }

  private static int largestDifference(BufferedImage seen, Slip slip) {
    int largest = 0;
    for (int y = 0; y < slip.height(); y++) {
      for (int x = 0; x < slip.width(); x++) {
        int rgb = seen.getRGB(x, y);
        double grey = 0.299 * (rgb >> 16 & 255) + 0.587 * (rgb >> 8 & 255) + 0.114 * (rgb & 255);
        int own = slip.grey()[y * slip.width() + x] & 255;
        largest = Math.max(largest, (int) Math.ceil(Math.abs(grey - own)));
      }
    }
    return largest;
  }
}
