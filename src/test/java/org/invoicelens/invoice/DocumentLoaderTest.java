package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.twelvemonkeys.imageio.color.ColorSpaces;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Transparency;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.graphics.image.LosslessFactory;
import org.apache.pdfbox.pdmodel.graphics.image.PDImageXObject;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.InferenceException.Reason;
import org.invoicelens.stage.InGerman;
import org.invoicelens.stage.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentLoaderTest {

  private static final Path GOLDEN = Path.of("src/test/resources/golden/preprocess/inputs");

  @TempDir Path folder;

  private final DocumentLoader loader = new DocumentLoader();

  /** A picture whose left half is red and whose right half is blue. */
  private static BufferedImage halves(int width, int height) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(Color.RED);
    graphics.fillRect(0, 0, width / 2, height);
    graphics.setColor(Color.BLUE);
    graphics.fillRect(width / 2, 0, width - width / 2, height);
    graphics.dispose();
    return picture;
  }

  private Path write(String name, String format, BufferedImage picture) throws IOException {
    Path file = folder.resolve(name);
    assertThat(ImageIO.write(picture, format, file.toFile())).isTrue();
    return file;
  }

  private InferenceException refused(Path file, Reason reason) {
    InferenceException e = catchThrowableOfType(InferenceException.class, () -> loader.load(file));
    assertThat(e).as("refusal of " + file).isNotNull();
    assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
    assertThat(e.problem().remedy()).isNotEmpty();
    return e;
  }

  private static void assertLooks(BufferedImage page, int width, int height) {
    assertThat(page.getWidth()).isEqualTo(width);
    assertThat(page.getHeight()).isEqualTo(height);
    Color left = new Color(page.getRGB(width / 4, height / 2));
    Color right = new Color(page.getRGB(width * 3 / 4, height / 2));
    assertThat(left.getRed() - left.getBlue()).isGreaterThan(150);
    assertThat(right.getBlue() - right.getRed()).isGreaterThan(150);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "gif", "bmp", "tiff"})
  void opensAPictureOfEveryKindWhateverItsName(String format) throws Exception {
    InvoiceDocument document = loader.load(write("invoice.pdf", format, halves(64, 48)));
    assertThat(document.name()).isEqualTo("invoice.pdf");
    assertThat(document.pages()).hasSize(1);
    assertLooks(document.pages().get(0), 64, 48);
  }

  @Test
  void opensWebP() throws Exception {
    Path file = folder.resolve("dot.webp");
    Files.write(
        file, Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="));
    assertThat(loader.load(file).pages().get(0).getWidth()).isEqualTo(1);
  }

  @Test
  void opensAJpegInThePrintersColours() throws Exception {
    Path file = folder.resolve("cmyk.jpg");
    ColorModel cmyk =
        new ComponentColorModel(
            ColorSpaces.getColorSpace(ColorSpaces.CS_GENERIC_CMYK),
            false,
            false,
            Transparency.OPAQUE,
            DataBuffer.TYPE_BYTE);
    WritableRaster raster = cmyk.createCompatibleWritableRaster(32, 32);
    for (int y = 0; y < 32; y++) {
      for (int x = 0; x < 32; x++) {
        raster.setPixel(x, y, x < 16 ? new int[] {0, 255, 255, 0} : new int[] {255, 255, 0, 0});
      }
    }
    ImageIO.write(new BufferedImage(cmyk, raster, false, null), "jpeg", file.toFile());
    assertLooks(loader.load(file).pages().get(0), 32, 32);
  }

  @Test
  void turnsACamerasPictureUpright() throws Exception {
    BufferedImage page = loader.load(GOLDEN.resolve("exif6_320x200.jpg")).pages().get(0);
    BufferedImage expected = ImageIO.read(GOLDEN.resolve("exif6_320x200.decoded.png").toFile());
    boolean turned = expected.getWidth() == 200;
    assertThat(page.getWidth()).isEqualTo(200);
    assertThat(page.getHeight()).isEqualTo(320);
    for (int y = 5; y < 320; y += 31) {
      for (int x = 5; x < 200; x += 19) {
        Color got = new Color(page.getRGB(x, y));
        Color want = new Color(turned ? expected.getRGB(x, y) : expected.getRGB(y, 199 - x));
        assertThat(Math.abs(got.getGreen() - want.getGreen())).isLessThan(16);
      }
    }
  }

  /** The tag's value, and where the bright first row of the stored picture comes to lie. */
  @ParameterizedTest
  @CsvSource({"1,8,4,4,0", "3,8,4,4,3", "6,4,8,3,4", "8,4,8,0,4"})
  void turnsAScannersPageUpright(int orientation, int width, int height, int x, int y)
      throws Exception {
    Path file = folder.resolve("scan.tif");
    Files.write(file, greyTiff(orientation));
    BufferedImage page = loader.load(file).pages().get(0);
    assertThat(page.getWidth()).isEqualTo(width);
    assertThat(page.getHeight()).isEqualTo(height);
    assertThat(new Color(page.getRGB(x, y)).getRed()).isGreaterThan(200);
    assertThat(new Color(page.getRGB(width - 1 - x, height - 1 - y)).getRed()).isLessThan(50);
  }

  /** A TIFF of 8 by 4 grey pixels, the first row white and the others black. */
  private static byte[] greyTiff(int orientation) {
    int[][] tags = {
      {256, 8},
      {257, 4},
      {258, 8},
      {259, 1},
      {262, 1},
      {273, 8},
      {274, orientation},
      {277, 1},
      {278, 4},
      {279, 32}
    };
    ByteBuffer tiff = ByteBuffer.allocate(8 + 32 + 2 + 12 * tags.length + 4);
    tiff.order(ByteOrder.LITTLE_ENDIAN).put(new byte[] {'I', 'I', 42, 0}).putInt(40);
    for (int i = 0; i < 32; i++) {
      tiff.put((byte) (i < 8 ? 255 : 0));
    }
    tiff.putShort((short) tags.length);
    for (int[] tag : tags) {
      tiff.putShort((short) tag[0]).putShort((short) 4).putInt(1).putInt(tag[1]);
    }
    return tiff.array();
  }

  @Test
  void opensEveryPageOfATiff() throws Exception {
    Path file = tiff("pages.tif", 3, 3000, 1500);
    List<BufferedImage> pages = loader.load(file).pages();
    assertThat(pages).hasSize(3);
    assertLooks(pages.get(2), 2048, 1024);
  }

  @Test
  void refusesMorePagesThanOneReadingTakes() throws Exception {
    assertThat(refused(tiff("long.tif", 21, 8, 8), Reason.DOCUMENT_TOO_LARGE).getMessage())
        .contains("21 pages");
  }

  private Path tiff(String name, int pages, int width, int height) throws IOException {
    Path file = folder.resolve(name);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (int page = 0; page < pages; page++) {
        writer.writeToSequence(new IIOImage(halves(width, height), null, null), null);
      }
      writer.endWriteSequence();
    }
    writer.dispose();
    return file;
  }

  @Test
  void opensThePagesOfAPdfAtASizeThatCanBeRead() throws Exception {
    Path file = folder.resolve("two.pdf");
    try (PDDocument document = new PDDocument()) {
      for (int i = 0; i < 2; i++) {
        PDPage page = new PDPage(PDRectangle.A4);
        document.addPage(page);
        try (PDPageContentStream content = new PDPageContentStream(document, page)) {
          content.setNonStrokingColor(Color.RED);
          content.addRect(0, 0, PDRectangle.A4.getWidth() / 2, PDRectangle.A4.getHeight());
          content.fill();
          content.setNonStrokingColor(Color.BLUE);
          content.addRect(
              PDRectangle.A4.getWidth() / 2,
              0,
              PDRectangle.A4.getWidth() / 2,
              PDRectangle.A4.getHeight());
          content.fill();
        }
      }
      document.save(file.toFile());
    }
    List<BufferedImage> pages = loader.load(file).pages();
    assertThat(pages).hasSize(2);
    assertThat(pages.get(1).getHeight()).isBetween(2046, 2048);
    assertLooks(pages.get(1), pages.get(1).getWidth(), pages.get(1).getHeight());
  }

  @Test
  void refusesAPdfThatIsProtected() throws Exception {
    Path file = folder.resolve("secret.pdf");
    try (PDDocument document = new PDDocument()) {
      document.addPage(new PDPage());
      document.protect(new StandardProtectionPolicy("owner", "user", new AccessPermission()));
      document.save(file.toFile());
    }
    assertThat(refused(file, Reason.BAD_DOCUMENT).getMessage()).contains("password");
  }

  @Test
  void refusesAPdfWithAPictureThatWouldFillTheMemory() throws Exception {
    Path file = folder.resolve("bomb.pdf");
    try (PDDocument document = new PDDocument()) {
      PDPage page = new PDPage();
      document.addPage(page);
      PDImageXObject picture = LosslessFactory.createFromImage(document, halves(8, 8));
      picture.setWidth(50_000);
      picture.setHeight(50_000);
      try (PDPageContentStream content = new PDPageContentStream(document, page)) {
        content.drawImage(picture, 0, 0, 100, 100);
      }
      document.save(file.toFile());
    }
    assertThat(refused(file, Reason.DOCUMENT_TOO_LARGE).getMessage()).contains("50,000 × 50,000");
  }

  @Test
  void refusesAPdfThatIsBroken() throws Exception {
    Path file = folder.resolve("broken.pdf");
    Files.writeString(file, "%PDF-1.7\nthis is not one\n");
    assertThat(refused(file, Reason.BAD_DOCUMENT).getMessage()).contains("broken");
  }

  @ParameterizedTest
  @CsvSource({"50000,50000", "30001,10", "20000,20000", "2147483647,2147483647"})
  void refusesAPictureThatWouldFillTheMemoryBeforeDecodingIt(int width, int height)
      throws Exception {
    Path file = folder.resolve("bomb.png");
    Files.write(file, png(width, height));
    assertThat(refused(file, Reason.DOCUMENT_TOO_LARGE).getMessage())
        .contains(String.format(Locale.ROOT, "%,d × %,d", width, height));
  }

  /** A PNG that claims a size and holds almost nothing. */
  private static byte[] png(int width, int height) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(header);
    fields.writeBytes("IHDR");
    fields.writeInt(width);
    fields.writeInt(height);
    fields.write(new byte[] {8, 2, 0, 0, 0});
    for (byte[] chunk : List.of(header.toByteArray(), "IDATx".getBytes())) {
      out.writeInt(chunk.length - 4);
      out.write(chunk);
      CRC32 crc = new CRC32();
      crc.update(chunk);
      out.writeInt((int) crc.getValue());
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpeg", "gif", "bmp", "tiff"})
  void refusesAPictureThatIsCutOff(String format) throws Exception {
    BufferedImage noise = new BufferedImage(200, 200, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 40_000; i++) {
      noise.setRGB(i % 200, i / 200, i * 0x9E3779B1);
    }
    Path file = write("cut." + format, format, noise);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThat(refused(file, Reason.BAD_DOCUMENT).getMessage()).contains("cut off");
  }

  @Test
  void refusesWhatIsNoDocument() throws Exception {
    Path text = folder.resolve("letter.png");
    Files.writeString(text, "Dear Sir or Madam");
    assertThat(refused(text, Reason.BAD_DOCUMENT).getMessage()).contains("not a picture");
    Path empty = Files.createFile(folder.resolve("empty.png"));
    assertThat(refused(empty, Reason.BAD_DOCUMENT).getMessage()).contains("empty");
    assertThat(refused(folder, Reason.BAD_DOCUMENT).getMessage()).contains("folder");
    assertThat(refused(folder.resolve("no.png"), Reason.BAD_DOCUMENT).getMessage())
        .contains("There is no file");
  }

  @Test
  void refusesAFileTooLargeToBeOneInvoice() throws Exception {
    Path file = folder.resolve("huge.png");
    try (var channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      channel.write(ByteBuffer.wrap(new byte[1]), DocumentLoader.LARGEST_FILE);
    }
    assertThat(refused(file, Reason.DOCUMENT_TOO_LARGE).getMessage()).contains("200 MB");
  }

  @Test
  void expandsFoldersInTheOrderPeopleCount() throws Exception {
    for (String name : List.of("page10.png", "page2.png", "Page1.PDF", "notes.txt")) {
      Files.createFile(folder.resolve(name));
    }
    Path other = folder.resolve("other.xyz");
    assertThat(DocumentFiles.expand(List.of(other, folder, folder.resolve("page2.png"))))
        .extracting(file -> file.getFileName().toString())
        .containsExactly("other.xyz", "Page1.PDF", "page2.png", "page10.png");
    Path nothing = Files.createDirectory(folder.resolve("nothing"));
    assertThat(
            catchThrowableOfType(
                InferenceException.class, () -> DocumentFiles.expand(List.of(nothing))))
        .hasMessageContaining("no picture or PDF");
  }

  @Test
  void speaksTheLanguageOfTheUser() throws Exception {
    Path file = folder.resolve("broken.pdf");
    Files.writeString(file, "%PDF-1.7\nthis is not one\n");
    Problem broken = InGerman.of(() -> refused(file, Reason.BAD_DOCUMENT).problem());
    assertThat(broken.what())
        .isEqualTo("broken.pdf ist ein beschädigtes oder abgeschnittenes PDF.");
    assertThat(broken.meaning()).isEqualTo("Daraus wurde nichts gelesen.");
    Problem large =
        InGerman.of(() -> refused(tiff("long.tif", 21, 8, 8), Reason.DOCUMENT_TOO_LARGE).problem());
    assertThat(large.what()).contains("21 Seiten");
  }
}
