package org.invoicelens.ui.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.embed.swing.SwingFXUtils;
import javax.imageio.ImageIO;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.invoicelens.invoice.DocumentLoader;
import org.invoicelens.pixtral.PixtralProcessor;
import org.invoicelens.ui.Fixtures;
import org.invoicelens.ui.ManualRunner;
import org.invoicelens.ui.pipeline.ReadyModel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreviewViewModelTest {

  @TempDir Path own;

  private final ManualRunner runner = new ManualRunner();
  private final ObjectProperty<DocumentItem> selected = new SimpleObjectProperty<>();
  private final ObjectProperty<ReadyModel> ready = new SimpleObjectProperty<>();
  private final DocumentLoader loader = new DocumentLoader();
  private PreviewViewModel preview;

  @BeforeEach
  void create() {
    preview = new PreviewViewModel(selected, ready, runner);
  }

  private DocumentItem select(Path file) {
    DocumentItem item =
        new DocumentItem(new DocumentSource.FromFile(loader, file), Optional.empty());
    selected.set(item);
    runner.runAll();
    return item;
  }

  private Path picture(int width, int height) throws Exception {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    picture.setRGB(0, 0, 0xff8040);
    Path file = own.resolve(width + "x" + height + ".png");
    ImageIO.write(picture, "png", file.toFile());
    return file;
  }

  private int pixel(int x, int y) {
    return preview.shown().get().sizes().getFirst().getPixelReader().getArgb(x, y);
  }

  @Test
  void showsThePageAndATurnedOne() throws Exception {
    DocumentItem item = select(picture(300, 200));
    assertThat(preview.shown().get().width()).isEqualTo(300);
    assertThat(pixel(0, 0)).isEqualTo(0xffff8040);
    assertThat(item.thumbnail().get().getWidth()).isEqualTo(112);

    preview.rotate(1);
    runner.runAll();
    assertThat(item.rotation().get()).isEqualTo(1);
    assertThat(preview.shown().get().width()).isEqualTo(200);
    assertThat(pixel(199, 0)).isEqualTo(0xffff8040);
    assertThat(item.thumbnail().get().getHeight()).isEqualTo(112);

    preview.rotate(-1);
    preview.rotate(-1);
    runner.runAll();
    assertThat(item.rotation().get()).isEqualTo(3);
    assertThat(pixel(0, 299)).isEqualTo(0xffff8040);
  }

  @Test
  void turnsThePagesOfADocument() throws Exception {
    Path file = own.resolve("three.pdf");
    try (PDDocument pdf = new PDDocument()) {
      for (int page = 0; page < 3; page++) {
        pdf.addPage(new PDPage());
      }
      pdf.save(file.toFile());
    }
    select(file);
    assertThat(preview.pages().get()).isEqualTo(3);
    preview.turnTo(2);
    runner.runAll();
    assertThat(preview.page().get()).isEqualTo(2);
    preview.turnTo(3);
    preview.turnTo(-1);
    assertThat(preview.page().get()).isEqualTo(2);
    select(picture(30, 20));
    assertThat(preview.page().get()).isZero();
    assertThat(preview.pages().get()).isEqualTo(1);
  }

  @Test
  void theFileIsNotOpenedAgainToTurnAPage() throws Exception {
    Path file = picture(300, 200);
    select(file);
    Files.delete(file);
    preview.rotate(1);
    runner.runAll();
    assertThat(preview.shown().get().width()).isEqualTo(200);
  }

  @Test
  void showsExactlyThePixelsThatTheModelIsGiven() throws Exception {
    Path file = picture(280, 400);
    select(file);
    assertThat(preview.canSee().getValue()).isFalse();
    ready.set(Fixtures.model("{}"));
    assertThat(preview.canSee().getValue()).isTrue();
    preview.asSeen().set(true);
    runner.runAll();
    // 224 pixels are the longest side of the bundled model, 16 its patch.
    assertThat(preview.seenWords().get()).isEqualTo("The model sees 160 × 224 pixels, 154 tokens");
    assertThat(preview.remark().get()).isEmpty();
    BufferedImage shown = SwingFXUtils.fromFXImage(preview.shown().get().sizes().getFirst(), null);
    try (PixtralProcessor processor =
        PixtralProcessor.open(Path.of("models", "bundled", "pixtral-mini"))) {
      assertThat(processor.imageProcessor().process(shown).values())
          .isEqualTo(
              processor.imageProcessor().process(loader.load(file).pages().getFirst()).values());
    }

    preview.asSeen().set(false);
    runner.runAll();
    assertThat(preview.shown().get().width()).isEqualTo(280);
    assertThat(preview.seenWords().get()).isEmpty();
  }

  @Test
  void saysWhenAPageIsShrunkALot() throws Exception {
    ready.set(Fixtures.model("{}"));
    preview.asSeen().set(true);
    select(picture(900, 1200));
    assertThat(preview.remark().get()).startsWith("Shrunk to 1").contains("small print");
    assertThat(preview.advice().get()).contains("paste it here");
    ready.set(null);
    runner.runAll();
    assertThat(preview.asSeen().get()).isFalse();
    assertThat(preview.remark().get()).isEmpty();
    assertThat(preview.shown().get().width()).isEqualTo(900);
  }

  @Test
  void aLateDrawingDoesNotCoverALaterChoice() throws Exception {
    Path first = picture(300, 200);
    Path second = picture(40, 30);
    selected.set(new DocumentItem(new DocumentSource.FromFile(loader, first), Optional.empty()));
    select(second);
    assertThat(preview.shown().get().width()).isEqualTo(40);
    selected.set(null);
    runner.runAll();
    assertThat(preview.shown().get()).isNull();
  }

  @Test
  void saysWhyThereIsNoPage() throws Exception {
    select(own.resolve("gone.png"));
    assertThat(preview.shown().get()).isNull();
    assertThat(preview.trouble().get()).contains("gone.png").doesNotContain("kept");
    select(picture(30, 20));
    assertThat(preview.trouble().get()).isEmpty();
  }

  @Test
  void aSmallerImageIsDrawnWhereThePageIsShownSmall() {
    PageImage page = PageImage.of(new BufferedImage(4000, 2000, BufferedImage.TYPE_INT_RGB));
    assertThat(page.sizes())
        .extracting(image -> (int) image.getWidth())
        .containsExactly(3000, 1500, 750, 375);
    assertThat(page.at(5000).getWidth()).isEqualTo(3000);
    assertThat(page.at(800).getWidth()).isEqualTo(1500);
    assertThat(page.at(20).getWidth()).isEqualTo(375);
  }
}
