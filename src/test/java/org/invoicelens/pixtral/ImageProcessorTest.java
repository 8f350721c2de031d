package org.invoicelens.pixtral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.Graphics2D;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.invoicelens.safetensors.SafetensorsFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageProcessorTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden/preprocess");
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ImageProcessor processor = new ImageProcessor(ImageSettings.pixtral(1024, 16));

  static Stream<String> pictures() throws IOException {
    return expected().getAsJsonObject("images").keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void resizesBitForBitAsTheReference(String name) throws Exception {
    JsonObject expected = expected().getAsJsonObject("images").getAsJsonObject(name);
    BufferedImage picture = exact(name, expected);

    ImageProcessor.Size size = processor.size(picture.getWidth(), picture.getHeight());
    byte[] resized = ImageProcessor.resized(picture, size);

    assertThat(List.of(size.height(), size.width()))
        .isEqualTo(integers(expected.getAsJsonArray("processed_size_hw")));
    assertThat(List.of(size.columns(), size.rows()))
        .isEqualTo(integers(expected.getAsJsonArray("tokens_wh")));
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(resized)))
        .isEqualTo(expected.getAsJsonObject("stats").get("resized_u8_sha256").getAsString());
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void normalisesAsTheReference(String name) throws Exception {
    JsonObject expected = expected().getAsJsonObject("images").getAsJsonObject(name);
    ImagePixels pixels = processor.process(exact(name, expected));

    try (SafetensorsFile file =
        SafetensorsFile.open(GOLDEN.resolve(expected.get("expected").getAsString()))) {
      if (file.tensors().containsKey("pixel_values")) {
        float[] values = file.data("pixel_values").toArray(FLOAT);
        assertThat(values).hasSize(pixels.values().length);
        for (int i = 0; i < values.length; i++) {
          assertThat(pixels.values()[i]).isCloseTo(values[i], within(1e-6f));
        }
      }
      assertPatchMeans(file, pixels, 1e-5f);
      for (int crop = 0; file.tensors().containsKey("crop." + crop); crop++) {
        float[] values = file.data("crop." + crop).toArray(FLOAT);
        long[] at =
            file.data("crop." + crop + ".row_col")
                .toArray(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
        int next = 0;
        for (int channel = 0; channel < 3; channel++) {
          for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 16; x++) {
              assertThat(value(pixels, channel, (int) at[0] + y, (int) at[1] + x))
                  .isCloseTo(values[next++], within(1e-6f));
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"photo_500x375", "exif6_320x200"})
  void comesCloseFromOurOwnDecodingOfAJpeg(String name) throws Exception {
    JsonObject expected = expected().getAsJsonObject("images").getAsJsonObject(name);
    BufferedImage picture =
        ImageIO.read(GOLDEN.resolve(expected.get("file").getAsString()).toFile());
    if (name.startsWith("exif6")) {
      picture = Orientation.apply(picture, 6);
    }

    try (SafetensorsFile file =
        SafetensorsFile.open(GOLDEN.resolve(expected.get("expected").getAsString()))) {
      assertPatchMeans(file, processor.process(picture), 0.05f);
    }
  }

  @Test
  void givesTheGridOfEveryListedSize() throws Exception {
    JsonObject table = json("sizes.json");
    int refused = 0;
    for (JsonElement element : table.getAsJsonArray("sizes")) {
      JsonObject entry = element.getAsJsonObject();
      List<Integer> wh = integers(entry.getAsJsonArray("size_wh"));
      if (entry.get("valid").getAsBoolean()) {
        ImageProcessor.Size size = processor.size(wh.get(0), wh.get(1));
        assertThat(List.of(size.columns(), size.rows()))
            .as("%s", wh)
            .isEqualTo(integers(entry.getAsJsonArray("tokens_wh")));
      } else {
        refused++;
        assertThatExceptionOfType(InferenceException.class)
            .isThrownBy(() -> processor.size(wh.get(0), wh.get(1)))
            .satisfies(
                e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.BAD_DOCUMENT));
      }
    }
    assertThat(refused).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_BGR,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_INT_ARGB_PRE,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR,
        BufferedImage.TYPE_4BYTE_ABGR_PRE
      })
  void seesTheSameInEveryKindOfMemory(int type) throws Exception {
    BufferedImage picture = ImageIO.read(GOLDEN.resolve("inputs/small_7x5.png").toFile());
    BufferedImage copy = new BufferedImage(picture.getWidth(), picture.getHeight(), type);
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        copy.setRGB(x, y, picture.getRGB(x, y));
      }
    }

    assertThat(processor.process(copy).values()).isEqualTo(processor.process(picture).values());
  }

  @Test
  void takesTheUpperEightBitsOfSixteen() throws Exception {
    BufferedImage grey = new BufferedImage(16, 16, BufferedImage.TYPE_USHORT_GRAY);
    WritableRaster raster = grey.getRaster();
    for (int i = 0; i < 256; i++) {
      raster.setSample(i % 16, i / 16, 0, i << 8 | 0x7f);
    }
    WritableRaster rgba =
        java.awt.image.Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, 16, 16, 4, null);
    for (int i = 0; i < 256; i++) {
      rgba.setPixel(i % 16, i / 16, new int[] {i << 8, i << 8 | 255, i << 8, 0xffff});
    }
    BufferedImage colour =
        new BufferedImage(
            new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB),
                true,
                false,
                Transparency.TRANSLUCENT,
                DataBuffer.TYPE_USHORT),
            rgba,
            false,
            null);

    for (BufferedImage picture : List.of(grey, colour)) {
      byte[] bytes = ImageProcessor.resized(picture, processor.size(16, 16));
      for (int i = 0; i < 256; i++) {
        assertThat(bytes[3 * i] & 255).isEqualTo(i);
        assertThat(bytes[3 * i + 1] & 255).isEqualTo(i);
        assertThat(bytes[3 * i + 2] & 255).isEqualTo(i);
      }
    }
  }

  @Test
  void readsBlackAndWhiteScansAndPartsOfPictures() throws Exception {
    BufferedImage scan = new BufferedImage(64, 48, BufferedImage.TYPE_BYTE_BINARY);
    Graphics2D pen = scan.createGraphics();
    pen.fillRect(16, 16, 16, 16);
    pen.dispose();
    byte[] part = ImageProcessor.resized(scan.getSubimage(16, 16, 32, 16), processor.size(32, 16));

    assertThat(part[0]).isEqualTo((byte) 255);
    assertThat(part[3 * 16]).isZero();
    assertThat(part[part.length - 1]).isZero();
  }

  @Test
  void refusesOddSizesWhereTheCheckpointForbidsResizing() {
    ImageSettings pixtral = ImageSettings.pixtral(1024, 16);
    ImageProcessor strict =
        new ImageProcessor(
            new ImageSettings(
                1024, 16, false, pixtral.rescaleFactor(), pixtral.mean(), pixtral.deviation()));

    assertThatExceptionOfType(InferenceException.class).isThrownBy(() -> strict.size(17, 16));
  }

  /** The picture as the reference decoded it, upright. */
  private static BufferedImage exact(String name, JsonObject expected) throws IOException {
    Path decoded = GOLDEN.resolve("inputs/" + name + ".decoded.png");
    if (!Files.exists(decoded)) {
      return ImageIO.read(GOLDEN.resolve(expected.get("file").getAsString()).toFile());
    }
    BufferedImage picture = ImageIO.read(decoded.toFile());
    List<Integer> upright = integers(expected.getAsJsonArray("oriented_size_wh"));
    return List.of(picture.getWidth(), picture.getHeight()).equals(upright)
        ? picture
        : Orientation.apply(picture, 6);
  }

  private static void assertPatchMeans(SafetensorsFile file, ImagePixels pixels, float tolerance) {
    float[] means = file.data("patch_mean").toArray(FLOAT);
    int next = 0;
    for (int channel = 0; channel < 3; channel++) {
      for (int row = 0; row < pixels.height() / 16; row++) {
        for (int column = 0; column < pixels.width() / 16; column++) {
          double sum = 0;
          for (int i = 0; i < 256; i++) {
            sum += value(pixels, channel, row * 16 + i / 16, column * 16 + i % 16);
          }
          assertThat((float) (sum / 256)).isCloseTo(means[next++], within(tolerance));
        }
      }
    }
    assertThat(next).isEqualTo(means.length);
  }

  private static float value(ImagePixels pixels, int channel, int y, int x) {
    return pixels.values()[(channel * pixels.height() + y) * pixels.width() + x];
  }

  private static List<Integer> integers(JsonArray array) {
    return IntStream.range(0, array.size()).mapToObj(i -> array.get(i).getAsInt()).toList();
  }

  private static JsonObject expected() throws IOException {
    return json("expected.json");
  }

  private static JsonObject json(String name) throws IOException {
    return JsonParser.parseString(Files.readString(GOLDEN.resolve(name))).getAsJsonObject();
  }
}
