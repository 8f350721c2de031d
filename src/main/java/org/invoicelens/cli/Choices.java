package org.invoicelens.cli;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.invoicelens.config.AttentionVariant;
import org.invoicelens.config.Precision;
import org.invoicelens.invoice.InvoiceExport;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values of options that are one word of a few. */
final class Choices {

  private Choices() {}

  private static <T> T choose(String word, T[] values, Function<T, String> id) {
    for (T value : values) {
      if (id.apply(value).equals(word)) {
        return value;
      }
    }
    throw new TypeConversionException(
        "'"
            + word
            + "' is none of "
            + String.join(", ", Arrays.stream(values).map(id).toList())
            + ".");
  }

  /** A precision for weights that are not quantised. */
  static final class Dtype implements ITypeConverter<Precision>, Iterable<String> {
    private static final Precision[] VALUES = {Precision.FLOAT32, Precision.BFLOAT16};

    @Override
    public Precision convert(String word) {
      return choose(word, VALUES, Precision::id);
    }

    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(VALUES).map(Precision::id).iterator();
    }
  }

  /** How weights are quantised, or {@code none}. */
  static final class Quantization
      implements ITypeConverter<Choices.QuantizationChoice>, Iterable<String> {

    @Override
    public QuantizationChoice convert(String word) {
      return choose(word, QuantizationChoice.values(), QuantizationChoice::id);
    }

    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(QuantizationChoice.values()).map(QuantizationChoice::id).iterator();
    }
  }

  /** The words of {@code --quantization}. */
  enum QuantizationChoice {
    NONE(null),
    INT8(Precision.INT8),
    FP8(Precision.FP8),
    NF4(Precision.NF4),
    INT4(Precision.INT4);

    private final Precision precision;

    QuantizationChoice(Precision precision) {
      this.precision = precision;
    }

    String id() {
      return precision == null ? "none" : precision.id();
    }

    /** The precision meant, where {@code none} leaves weights as they are otherwise. */
    Precision or(Precision unquantized) {
      return precision == null ? unquantized : precision;
    }
  }

  /** How activations are quantised. */
  static final class Activations implements ITypeConverter<ActivationsChoice>, Iterable<String> {

    @Override
    public ActivationsChoice convert(String word) {
      return choose(word, ActivationsChoice.values(), ActivationsChoice::id);
    }

    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(ActivationsChoice.values()).map(ActivationsChoice::id).iterator();
    }
  }

  /** The words of {@code --activations}. */
  enum ActivationsChoice {
    NONE,
    INT8;

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** An attention variant. */
  static final class Attention implements ITypeConverter<AttentionVariant>, Iterable<String> {
    @Override
    public AttentionVariant convert(String word) {
      return choose(word, AttentionVariant.values(), AttentionVariant::id);
    }

    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(AttentionVariant.values()).map(AttentionVariant::id).iterator();
    }
  }

  /** A device, as the configuration spells it. */
  static final class Device implements ITypeConverter<String>, Iterable<String> {
    @Override
    public String convert(String word) {
      if (!word.matches("auto|cpu|cuda(:\\d{1,3})?")) {
        throw new TypeConversionException("'" + word + "' is none of auto, cpu, cuda, cuda:N.");
      }
      return word;
    }

    @Override
    public Iterator<String> iterator() {
      return List.of("auto", "cpu", "cuda").iterator();
    }
  }

  /** The form of an export. */
  static final class Format implements ITypeConverter<InvoiceExport.Format>, Iterable<String> {
    @Override
    public InvoiceExport.Format convert(String word) {
      return choose(word, InvoiceExport.Format.values(), InvoiceExport.Format::id);
    }

    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(InvoiceExport.Format.values()).map(InvoiceExport.Format::id).iterator();
    }
  }
}
