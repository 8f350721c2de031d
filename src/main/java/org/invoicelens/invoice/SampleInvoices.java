package org.invoicelens.invoice;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.invoicelens.config.ApplicationFolders;
import org.invoicelens.pixtral.InferenceException;

/** The sample invoices that ship: pictures, and what is printed on each of them. */
public final class SampleInvoices {

  private static final String PICTURE = ".png";

  private final Path folder;

  public SampleInvoices(ApplicationFolders folders) {
    this.folder = folders.program().resolve("assets").resolve("samples");
  }

  /**
   * A sample.
   *
   * @param picture the picture's file
   * @param printed what is printed on it; a complete JSON object
   */
  public record Sample(Path picture, InvoiceFields printed) {

    /** The printed fields beside what was read, in the printed order. */
    public List<Comparison> compare(InvoiceFields read) {
      return printed.fields().stream()
          .map(field -> {
            Optional<String> value = read.value(field.name());
            return new Comparison(
                field.name(),
                field.value(),
                value.orElse(""),
                value.isPresent() && same(field.value(), value.get()));
          })
          .toList();
    }
  }

  /**
   * One field of a sample, as printed and as read.
   *
   * @param name the field
   * @param expected what is printed
   * @param read what the model read; empty where it wrote no such field
   * @param right whether both say the same; numbers by their value
   */
  public record Comparison(String name, String expected, String read, boolean right) {}

  /**
   * All samples, by name.
   *
   * @throws InferenceException where they cannot be read
   */
  public List<Sample> list() throws InferenceException {
    Map<Path, Sample> samples = new TreeMap<>(DocumentFiles.NATURAL);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path picture : files.filter(f -> f.toString().endsWith(PICTURE)).toList()) {
        String name = picture.getFileName().toString();
        Path json = folder.resolve(name.substring(0, name.length() - PICTURE.length()) + ".json");
        samples.put(picture, new Sample(picture, InvoiceFields.parse(Files.readString(json))));
      }
    } catch (IOException e) {
      throw DocumentFault.bad("samples.unreadable", folder, e.toString(), e);
    }
    return new ArrayList<>(samples.values());
  }

  /** Whether two values say the same: as text, or as numbers where both are written as such. */
  private static boolean same(String expected, String read) {
    return expected.equals(read)
        || (isNumber(expected)
            && isNumber(read)
            && new BigDecimal(expected).compareTo(new BigDecimal(read)) == 0);
  }

  /** Digits after a zero are a name, such as an invoice's number, and no amount. */
  private static boolean isNumber(String value) {
    return value.matches("-?(0|[1-9]\\d*)(\\.\\d+)?");
  }
}
