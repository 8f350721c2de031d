package org.invoicelens.invoice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DeflaterInputStream;
import javax.imageio.ImageIO;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.invoicelens.pixtral.InferenceException;
import org.invoicelens.pixtral.InferenceException.Reason;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that were made to harm whoever opens them, or came to harm themselves. */
class HostileDocumentTest {

  private static final String CATALOG = "<</Type/Catalog/Pages 2 0 R>>";
  private static final String ONE_PAGE = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
  private static final String PAGE =
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R"
          + "/Resources<</XObject<</F 5 0 R>>>>>>";
  private static final String DRAW = stream("", "q 100 0 0 100 0 0 cm /F Do Q");
  private static final String PICTURE =
      "/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 8";

  private static byte[] gigabyte;

  @TempDir Path folder;

  private final DocumentLoader loader = new DocumentLoader();

  @BeforeAll
  static void packAGigabyte() throws IOException {
    gigabyte = packed(1L << 30, 0);
  }

  private InferenceException refused(String name, byte[] content) throws IOException {
    return refused(loader, name, content);
  }

  private InferenceException refused(DocumentLoader by, String name, byte[] content)
      throws IOException {
    Path file = Files.write(folder.resolve(name), content);
    InferenceException e = catchThrowableOfType(InferenceException.class, () -> by.load(file));
    assertThat(e).as("refusal of " + name).isNotNull();
    assertThat(e.problem().what()).contains(name);
    assertThat(e.problem().remedy()).isNotEmpty();
    return e;
  }

  private InvoiceDocument opened(String name, byte[] content) throws Exception {
    return loader.load(Files.write(folder.resolve(name), content));
  }

  /** So many equal bytes, packed a thousand times smaller. */
  private static byte[] packed(long bytes, int value) throws IOException {
    InputStream all =
        new InputStream() {
          private long left = bytes;

          @Override
          public int read() {
            return left-- > 0 ? value : -1;
          }

          @Override
          public int read(byte[] to, int offset, int length) {
            if (left <= 0) {
              return -1;
            }
            int count = (int) Math.min(length, left);
            Arrays.fill(to, offset, offset + count, (byte) value);
            left -= count;
            return count;
          }
        };
    try (InputStream deflated = new DeflaterInputStream(all)) {
      return deflated.readAllBytes();
    }
  }

  private static String stream(String dictionary, String content) {
    return "<<"
        + dictionary
        + "/Length "
        + content.length()
        + ">>\nstream\n"
        + content
        + "\nendstream";
  }

  private static String stream(String dictionary, byte[] content) {
    return stream(dictionary, new String(content, StandardCharsets.ISO_8859_1));
  }

  /** A PDF of these objects, numbered from 1 on. */
  private static byte[] pdf(String... objects) {
    StringBuilder text = new StringBuilder("%PDF-1.7\n");
    List<Integer> places = new ArrayList<>();
    for (String object : objects) {
      places.add(text.length());
      text.append(places.size()).append(" 0 obj\n").append(object).append("\nendobj\n");
    }
    int table = text.length();
    text.append("xref\n0 ").append(objects.length + 1).append("\n0000000000 65535 f \n");
    places.forEach(place -> text.append(String.format("%010d 00000 n \n", place)));
    text.append("trailer\n<</Size ").append(objects.length + 1);
    text.append("/Root 1 0 R>>\nstartxref\n").append(table).append("\n%%EOF");
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A PNG of 8 by 8 pixels with one chunk more. */
  private static byte[] png(String name, byte[] data) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    chunk(out, "IHDR", new byte[] {0, 0, 0, 8, 0, 0, 0, 4, 8, 0, 0, 0, 0});
    chunk(out, name, data);
    byte[] rows = new byte[4 * 9];
    Arrays.fill(rows, 1, 9, (byte) 255);
    chunk(out, "IDAT", new DeflaterInputStream(new ByteArrayInputStream(rows)).readAllBytes());
    chunk(out, "IEND", new byte[0]);
    return bytes.toByteArray();
  }

  private static void chunk(DataOutputStream out, String name, byte[] data) throws IOException {
    byte[] letters = name.getBytes(StandardCharsets.ISO_8859_1);
    CRC32 sum = new CRC32();
    sum.update(letters);
    sum.update(data);
    out.writeInt(data.length);
    out.write(letters);
    out.write(data);
    out.writeInt((int) sum.getValue());
  }

  private static byte[] together(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] letters(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"zTXt:k\0\0", "iTXt:k\0\1\0\0\0", "iCCP:k\0\0"})
  void leavesWhatIsPackedBesideAPictureAlone(String chunk) throws Exception {
    byte[] data = together(letters(chunk.substring(5)), gigabyte);
    assertThat(opened("a.png", png(chunk.substring(0, 4), data)).pages().getFirst().getWidth())
        .isEqualTo(8);
  }

  @Test
  void turnsAPngUprightByItsExif() throws Exception {
    ByteBuffer exif = ByteBuffer.allocate(26).order(ByteOrder.LITTLE_ENDIAN);
    exif.put(letters("II*\0")).putInt(8).putShort((short) 1);
    exif.putShort((short) 0x112).putShort((short) 3).putInt(1).putInt(6).putInt(0);
    BufferedImage page = opened("turned.png", png("eXIf", exif.array())).pages().getFirst();
    assertThat(page.getWidth()).isEqualTo(4);
    assertThat(page.getHeight()).isEqualTo(8);
    assertThat(new Color(page.getRGB(3, 4)).getRed()).isGreaterThan(200);
    assertThat(new Color(page.getRGB(0, 4)).getRed()).isLessThan(50);
  }

  @Test
  void doesNotTakeALengthInAWebPAtItsWord() throws Exception {
    byte[] whole = Base64.getDecoder().decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==");
    ByteBuffer chunk = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    chunk.put(letters("EXIF")).putInt(0x7fffff00);
    byte[] content = together(whole, chunk.array());
    assertThat(opened("a.webp", content).pages()).hasSize(1);

    byte[] large = whole.clone();
    large[21] = large[22] = large[23] = (byte) 0xff;
    large[24] = 0x0f;
    assertThat(refused("b.webp", large).reason()).isEqualTo(Reason.DOCUMENT_TOO_LARGE);
  }

  @Test
  void readsNoPageOfATiffTwiceThoughItsPagesGoRound() throws Exception {
    int[][] tags = {
      {256, 8}, {257, 4}, {258, 8}, {259, 1}, {262, 1}, {273, 8}, {277, 1}, {278, 4}, {279, 32}
    };
    ByteBuffer tiff = ByteBuffer.allocate(40 + 2 + 12 * tags.length + 4);
    tiff.order(ByteOrder.LITTLE_ENDIAN).put(letters("II*\0")).putInt(40).position(40);
    tiff.putShort((short) tags.length);
    for (int[] tag : tags) {
      tiff.putShort((short) tag[0]).putShort((short) 4).putInt(1).putInt(tag[1]);
    }
    tiff.putInt(40);
    assertThat(opened("round.tif", tiff.array()).pages()).hasSize(1);
  }

  @Test
  void refusesAPdfThatUnpacksToGigabytes() throws Exception {
    String drawing = stream("/Filter/FlateDecode", packed(1L << 28, ' '));
    assertThat(refused("drawing.pdf", pdf(CATALOG, ONE_PAGE, PAGE, drawing)))
        .hasMessageContaining("packed data");

    String size = "/Width 10/Height 10";
    String once = stream(PICTURE + size + "/Filter/FlateDecode", gigabyte);
    assertThat(refused("picture.pdf", pdf(CATALOG, ONE_PAGE, PAGE, DRAW, once)).reason())
        .isEqualTo(Reason.DOCUMENT_TOO_LARGE);

    byte[] again = new DeflaterInputStream(new ByteArrayInputStream(gigabyte)).readAllBytes();
    String twice = stream(PICTURE + size + "/Filter[/FlateDecode/FlateDecode]", again);
    assertThat(refused("twice.pdf", pdf(CATALOG, ONE_PAGE, PAGE, DRAW, twice)))
        .hasMessageContaining("packed data");
  }

  @Test
  void refusesAPictureThatWouldFillTheMemoryWhereverAPdfHidesIt() throws Exception {
    String size = "/Width 60000/Height 60000";
    String behind = stream(PICTURE + "/Width 1/Height 1/SMask 6 0 R", "x");
    assertThat(
            refused(
                "mask.pdf",
                pdf(CATALOG, ONE_PAGE, PAGE, DRAW, behind, stream(PICTURE + size, "x"))))
        .hasMessageContaining("60,000 × 60,000");

    String inline =
        stream("", "q 100 0 0 100 0 0 cm BI /W 60000 /H 60000 /CS /G /BPC 8 ID xxxx EI Q");
    assertThat(refused("inline.pdf", pdf(CATALOG, ONE_PAGE, PAGE, inline, "null")))
        .hasMessageContaining("60,000 × 60,000");
  }

  /** Forty forms, each of which draws the next one twice. */
  private static byte[] doubling() {
    List<String> objects = new ArrayList<>(List.of(CATALOG, ONE_PAGE, PAGE, DRAW));
    for (int form = 0; form < 40; form++) {
      String next = "<</XObject<</F " + (form + 6) + " 0 R>>>>";
      objects.add(
          stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources" + next, "/F Do /F Do"));
    }
    objects.add(stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "0 0 9 9 re f"));
    return pdf(objects.toArray(String[]::new));
  }

  @Test
  void refusesAPdfWhoseDrawingNeverEnds() throws Exception {
    assertThat(refused("doubling.pdf", doubling()).reason()).isEqualTo(Reason.DOCUMENT_TOO_LARGE);
    String itself =
        stream(
            "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 5 0 R>>>>",
            "/F Do /F Do");
    assertThat(refused("itself.pdf", pdf(CATALOG, ONE_PAGE, PAGE, DRAW, itself)).reason())
        .isEqualTo(Reason.DOCUMENT_TOO_LARGE);
  }

  @Test
  void waitsForNoDocumentWithoutEnd() throws Exception {
    DocumentLoader impatient = new DocumentLoader(Duration.ofMillis(1));
    // minutes of drawing, and within every other limit
    String painting = stream("", "-9999 -9999 99999 99999 re f ".repeat(100_000));
    assertThat(refused(impatient, "painting.pdf", pdf(CATALOG, ONE_PAGE, PAGE, painting, "null")))
        .hasMessageContaining("longer");
  }

  @Test
  void refusesAPdfWhosePagesContainThemselves() throws Exception {
    String pages = "<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>";
    assertThat(refused("kids.pdf", pdf(CATALOG, pages, PAGE, DRAW, "null")).reason())
        .isEqualTo(Reason.BAD_DOCUMENT);
  }

  @Test
  void refusesAPdfOfThreeHundredPagesByItsCountAlone() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PDDocument document = new PDDocument()) {
      for (int page = 0; page < 300; page++) {
        document.addPage(new PDPage());
      }
      document.save(bytes);
    }
    assertThat(refused("book.pdf", bytes.toByteArray()))
        .hasMessageContaining("300 pages; at most 20");
    // Also where not one of them is there to be drawn.
    String pages = "<</Type/Pages/Kids[]/Count 300>>";
    assertThat(refused("count.pdf", pdf(CATALOG, pages))).hasMessageContaining("300 pages");
  }

  @Test
  void opensAPdfThatOnlyItsOwnerMayChange() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PDDocument document = new PDDocument()) {
      document.addPage(new PDPage());
      document.protect(new StandardProtectionPolicy("owner", "", new AccessPermission()));
      document.save(bytes);
    }
    assertThat(opened("owner.pdf", bytes.toByteArray()).pages()).hasSize(1);
  }

  @Test
  void refusesOrOpensAPdfThatWasCutOffWhereverThatWas() throws Exception {
    byte[] whole = pdf(CATALOG, ONE_PAGE, PAGE, stream("", "0 0 9 9 re f"), "null");
    for (int length = 20; length < whole.length; length += 17) {
      Path file = Files.write(folder.resolve("cut.pdf"), Arrays.copyOf(whole, length));
      try {
        assertThat(loader.load(file).pages()).as("cut at " + length).hasSize(1);
      } catch (InferenceException e) {
        assertThat(e.reason()).as("cut at " + length).isEqualTo(Reason.BAD_DOCUMENT);
      }
    }
  }

  @Test
  void knowsAnEmptyPage() throws Exception {
    BufferedImage page = new BufferedImage(1000, 1400, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 1400; y++) {
      for (int x = 0; x < 1000; x++) {
        // A scanner's paper: not quite white, not quite even.
        page.setRGB(x, y, 0xf0f0f0 - 0x010101 * ((x * 31 + y * 17) % 13));
      }
    }
    assertThat(BlankPage.is(page)).isTrue();
    page.setRGB(500, 700, 0);
    assertThat(BlankPage.is(page)).as("with a speck of dust").isTrue();
    var graphics = page.createGraphics();
    graphics.setColor(Color.DARK_GRAY);
    graphics.drawString("€ 5", 500, 700);
    graphics.dispose();
    assertThat(BlankPage.is(page)).as("with a word").isFalse();
    assertThat(BlankPage.is(new BufferedImage(9, 9, BufferedImage.TYPE_INT_ARGB))).isTrue();
    for (int slip = 0; slip < 8; slip++) {
      Path sample = Path.of("assets/samples/slip-" + slip + ".png");
      assertThat(BlankPage.is(ImageIO.read(sample.toFile()))).isFalse();
    }
  }
}
