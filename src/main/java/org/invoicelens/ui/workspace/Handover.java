package org.invoicelens.ui.workspace;

import static org.invoicelens.ui.text.Messages.text;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.invoicelens.invoice.DocumentOutcome;
import org.invoicelens.invoice.InvoiceExport;
import org.invoicelens.invoice.InvoiceTable;
import org.invoicelens.stage.Problem;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.desktop.Question;
import org.invoicelens.ui.failure.Failure;
import org.invoicelens.ui.task.WorkRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What leaves the workspace: fields on the clipboard and in files, with their corrections. For the
 * UI thread only.
 */
public final class Handover {

  private static final Logger log = LoggerFactory.getLogger(Handover.class);

  private final Supplier<DocumentItem> selected;
  private final Supplier<List<DocumentItem>> all;
  private final WorkRunner runner;
  private final Desktop desktop;

  Handover(
      Supplier<DocumentItem> selected,
      Supplier<List<DocumentItem>> all,
      WorkRunner runner,
      Desktop desktop) {
    this.selected = selected;
    this.all = all;
    this.runner = runner;
    this.desktop = desktop;
  }

  /** Copies the selected document's fields as JSON. */
  public void copyJson() {
    desktop.copy(selected.get().record().get().fields().json());
    desktop.tell(text("copied.json"));
  }

  /** Copies the selected document's fields as cells for a spreadsheet. */
  public void copyTable() {
    desktop.copy(InvoiceTable.sheet(selected.get().record().get(), FieldLabels::label));
    desktop.tell(text("copied.table"));
  }

  /** Copies what the model wrote. */
  public void copyAnswer() {
    desktop.copy(selected.get().answer().get());
    desktop.tell(text("copied.answer"));
  }

  /** Saves the selected document's fields; tells first where they do not suffice for that form. */
  public void save(InvoiceExport.Format format) {
    DocumentItem item = selected.get();
    List<DocumentOutcome> outcomes = outcomes(List.of(item));
    runner.start(
        (listener, cancellation) -> InvoiceExport.text(outcomes, format),
        text -> write(outcomes, withoutEnding(item.name()), format),
        this::refuse);
  }

  /** Saves what was read of all documents. */
  public void saveAll(InvoiceExport.Format format) {
    write(outcomes(all.get()), text("workspace.export.name"), format);
  }

  /** What is missing may be a long list, which is gone too soon when it is told in passing. */
  private void refuse(Throwable thrown) {
    Problem problem = Failure.of(thrown).problem();
    log.info("not to be saved in that form", thrown);
    desktop.ask(
        new Question(
            problem.what(),
            problem.meaning() + "\n\n" + problem.remedy(),
            List.of(text("workspace.export.back"))));
  }

  private static List<DocumentOutcome> outcomes(List<DocumentItem> items) {
    return items.stream().flatMap(item -> item.outcome().stream()).toList();
  }

  private void write(List<DocumentOutcome> outcomes, String name, InvoiceExport.Format format) {
    desktop
        .chooseTarget(name + "." + format.extension())
        .ifPresent(file -> write(file, outcomes, format));
  }

  private void write(Path file, List<DocumentOutcome> outcomes, InvoiceExport.Format format) {
    runner.start(
        (listener, cancellation) -> {
          InvoiceExport.write(file, outcomes, format, InvoiceExport.Reader.SPREADSHEET);
          return file;
        },
        written -> desktop.tell(text("workspace.exported", written)),
        thrown -> {
          log.warn("{} was not written", file, thrown);
          desktop.tell(Failure.of(thrown).problem().text());
        });
  }

  /** A document's name as a suggestion for a file's; it may be anything, also of a picture. */
  private static String withoutEnding(String name) {
    String plain = name.replaceFirst("\\.[^.]{1,5}$", "").replaceAll("[^\\p{L}\\p{N}._-]+", "_");
    return plain.isBlank() ? text("workspace.export.name") : plain;
  }
}
