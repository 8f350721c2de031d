package org.invoicelens.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.control.TableView;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.KeyCode;
import org.invoicelens.config.ModelConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The right side of the workspace, worked as a user does. */
class FormTest {

  private static final String ANSWER =
      """
      {"vendor":"Müller","number":"7","date":"2026-08-27","net":"1.200,00","tax":"228,00",\
      "total":"1.428,00","items":[{"description":"Wartung","amount":"900,00"},\
      {"description":"Dichtung","amount":"300,00"}]}\
      """;

  private static final String WHOLE =
      """
      {"seller":{"name":"Müller","address":"Ring 3","vat_id":"DE136695976"},"buyer":{"name":"Meier",\
      "address":null,"vat_id":null},"number":"7","issue_date":"2026-08-27","due_date":null,\
      "currency":"EUR","lines":[{"description":"Wartung","quantity":"2","unit":"Std.",\
      "unit_price":"450,00","amount":"900,00","tax_rate":"19 %"}],"taxes":[{"rate":"19 %",\
      "net":"900,00","tax":"171,00"}],"net":"900,00","tax":"171,00","gross":"1.071,00",\
      "payment":{"iban":"DE89370400440532013000","bic":null,"reference":null}}\
      """;

  @TempDir Path own;

  private final ScriptedStages stages = new ScriptedStages();
  @RegisterExtension final WindowRobot window = new WindowRobot();

  @BeforeEach
  void readADocument() throws Exception {
    ModelConfig large = Fixtures.config("pixtral", own);
    stages.choices = List.of(Fixtures.choice(large));
    stages.recallSetUp(large);
    stages.start =
        (listener, cancellation) ->
            Fixtures.model(prompt ->
                switch (prompt.user()) {
                  case "Again" -> ANSWER.replace("Müller", "Meier");
                  case "Whole" -> WHOLE;
                  default -> ANSWER;
                });
    window.open(own, stages);
    window.awaitSeen("#workspace");
    window.drop("#workspace", Path.of("assets/samples/slip-0.png"));
    window.awaitSeen("#field-vendor");
    window.await(
        () -> window.seen("#read-again") != null && !window.seen("#read-again").isDisabled());
  }

  private void write(String id, String text) {
    window.robot.clickOn(window.seen(id));
    window.robot.press(KeyCode.CONTROL, KeyCode.A).release(KeyCode.A, KeyCode.CONTROL);
    window.robot.write(text);
  }

  @Test
  void aDoubtAppearsWhileATotalIsTypedAndGoesWhenItIsPutBack() throws Exception {
    assertThat(window.text("#verdict")).isEqualTo("adds up");
    window.robot.interact(() -> window.seen("#field-total").requestFocus());
    window.robot.press(KeyCode.CONTROL, KeyCode.A).release(KeyCode.A, KeyCode.CONTROL);
    window.robot.write("1.482,00");
    window.await(() -> window.text("#verdict").equals("1 doubt"));
    assertThat(window.text("#doubt-total"))
        .isEqualTo("Net 1,200.00 and tax 228.00 make 1,428.00, but the total says 1,482.00.");
    assertThat(window.text("#read-total")).isEqualTo("Read: 1.428,00");
    window.robot.interact(() -> window.seen("#reset-total").requestFocus());
    window.robot.type(KeyCode.SPACE);
    window.await(() -> window.text("#verdict").equals("adds up"));
    assertThat(window.text("#field-total")).isEqualTo("1.428,00");
    assertThat(window.seen("#doubt-total")).isNull();
  }

  @Test
  void aDoubtInTheListLeadsToItsField() throws Exception {
    write("#field-number", " ");
    window.await(() -> window.text("#verdict").equals("1 doubt"));
    window.robot.clickOn("Number: No invoice number was read.");
    window.await(() -> window.seen("#field-number").isFocused());
  }

  @Test
  void aLineIsAddedAndWrittenInWithTheKeyboardAlone() throws Exception {
    window.robot.interact(() -> window.seen("#add-line").requestFocus());
    window.robot.type(KeyCode.SPACE);
    window.await(
        () -> window.seen("#cell-editor") != null && window.seen("#cell-editor").isFocused());
    window.robot.write("Anfahrt");
    window.robot.type(KeyCode.TAB).type(KeyCode.TAB).type(KeyCode.TAB);
    window.robot.write("100");
    window.await(() -> window.text("#verdict").equals("1 doubt"));
    assertThat(window.text("#doubt-net"))
        .isEqualTo("The lines make 1,300.00, but the net amount says 1,200.00.");
    window.robot.type(KeyCode.ESCAPE);
    window.await(() -> window.text("#verdict").equals("adds up"));
    TableView<?> table = (TableView<?>) window.seen("#line-items");
    assertThat(table.getItems()).hasSize(3);
    assertThat(window.texts("#line-items")).contains("Anfahrt");
    window.robot.type(KeyCode.DELETE);
    window.await(() -> table.getItems().size() == 2);
  }

  @Test
  void aLetterTypedOnACellBeginsToWriteInIt() throws Exception {
    TableView<?> table = (TableView<?>) window.seen("#line-items");
    window.robot.interact(() -> {
      table.requestFocus();
      table.getFocusModel().focus(0);
    });
    window.robot.interact(() -> select(table));
    window.robot.write("950,00");
    window.robot.type(KeyCode.ENTER);
    window.await(() -> window.text("#verdict").equals("1 doubt"));
    assertThat(window.texts("#line-items")).contains("950,00");
    window.robot.interact(() -> window.seen("#reset-cell").requestFocus());
    window.robot.type(KeyCode.SPACE);
    window.await(() -> window.text("#verdict").equals("adds up"));
  }

  private static <S> void select(TableView<S> table) {
    table.getSelectionModel().clearAndSelect(0, table.getVisibleLeafColumn(3));
  }

  private void readWhole() throws Exception {
    window.click("#tab-prompt");
    write("#prompt-user", "Whole");
    window.await(() -> !window.seen("#prompt-again").isDisabled());
    focus("#prompt-again");
    window.robot.type(KeyCode.SPACE);
    window.await(() -> window.text("#tab-prompt").equals("Prompt •"));
    window.click("#tab-fields");
    window.awaitSeen("#field-iban");
  }

  private void focus(String id) {
    window.robot.interact(() -> window.seen(id).requestFocus());
  }

  private void press(String id) {
    focus(id);
    window.robot.type(KeyCode.SPACE);
  }

  @Test
  void whatInvoicesMayLackIsHiddenWhileItIsEmpty() throws Exception {
    assertThat(window.seen("#field-buyer")).isNull();
    assertThat(window.seen("#field-vendor_vat_id")).isNull();
    assertThat(window.text("#open-buyer")).isEqualTo("Show 3 empty fields");
    press("#open-buyer");
    window.awaitSeen("#field-buyer_vat_id");
    assertThat(window.text("#open-buyer")).isEqualTo("Hide empty fields");
    focus("#field-buyer_vat_id");
    window.robot.write("DE1");
    press("#open-buyer");
    window.await(() -> window.seen("#field-buyer") == null);
    assertThat(window.text("#field-buyer_vat_id")).isEqualTo("DE1");
    assertThat(window.text("#doubt-buyer_vat_id")).contains("Germany");
  }

  @Test
  void theKeyboardGoesThroughAllGroupsInTheirOrder() throws Exception {
    readWhole();
    assertThat(window.seen("#field-bic")).isNull();
    List<String> seen = new ArrayList<>();
    focus("#field-vendor");
    for (int i = 0; i < 40 && !seen.contains("field-iban"); i++) {
      window.robot.interact(() -> {
        Node at = window.seen("#workspace").getScene().getFocusOwner();
        seen.add(at.getId() == null ? at.getClass().getSimpleName() : at.getId());
      });
      window.robot.type(KeyCode.TAB);
    }
    assertThat(seen)
        .containsSubsequence(
            "field-vendor",
            "field-vendor_address",
            "field-vendor_vat_id",
            "open-buyer",
            "field-buyer",
            "field-number",
            "field-date",
            "field-due_date",
            "field-currency",
            "line-items",
            "add-line",
            "line-details",
            "add-tax",
            "field-taxes[0].rate",
            "field-taxes[0].net",
            "field-taxes[0].tax",
            "remove-taxes[0]",
            "field-net",
            "field-tax",
            "field-total",
            "open-payment",
            "field-iban");
  }

  @Test
  void aRateIsAddedAndTakenAwayWithTheKeyboardAlone() throws Exception {
    readWhole();
    focus("#add-tax");
    window.robot.type(KeyCode.ENTER);
    window.await(
        () -> seen("field-taxes[1].rate") != null && seen("field-taxes[1].rate").isFocused());
    window.robot.write("7");
    window.robot.type(KeyCode.TAB);
    window.robot.write("100,00");
    window.robot.type(KeyCode.TAB);
    window.robot.write("7,00");
    window.await(() -> window.text("#verdict").equals("2 doubts"));
    assertThat(window.text("#doubt-tax"))
        .isEqualTo("The taxes for each rate make 178.00, but the tax as a whole says 171.00.");
    window.robot.type(KeyCode.TAB).type(KeyCode.TAB);
    window.robot.interact(() -> seen("remove-taxes[1]").requestFocus());
    window.robot.type(KeyCode.SPACE);
    window.await(() -> window.text("#verdict").equals("adds up"));
  }

  /** By an id with brackets in it, which no selector takes. */
  private Node seen(String id) {
    return window.seen("#taxes").lookupAll("*").stream()
        .filter(node -> id.equals(node.getId()))
        .findFirst()
        .orElse(null);
  }

  @Test
  void unitsAndRatesOfLinesAreShownWhenAskedForOrSentTo() throws Exception {
    TableView<?> table = (TableView<?>) window.seen("#line-items");
    assertThat(table.getVisibleLeafColumns()).hasSize(4);
    press("#line-details");
    window.await(() -> table.getVisibleLeafColumns().size() == 6);
    press("#line-details");
    window.await(() -> table.getVisibleLeafColumns().size() == 4);
    readWhole();
    assertThat(table.getVisibleLeafColumns()).hasSize(4);
    press("#line-details");
    window.await(() -> window.texts("#line-items").contains("Std."));
    assertThat(window.texts("#line-items")).contains("19 %");
  }

  @Test
  void savedFilesHaveTheCorrections() throws Exception {
    write("#field-vendor", "Somebody");
    Path file = own.resolve("read.json");
    window.desktop.target = Optional.of(file);
    window.click("#export");
    window.robot.clickOn("This document as JSON …");
    window.await(() -> Files.exists(file));
    assertThat(file).content().contains("\"vendor\": \"Somebody\"", "\"read\": \"Müller\"");
    window.click("#copy");
    window.robot.clickOn("As a table, for a spreadsheet");
    window.await(() -> !window.desktop.copied.isEmpty());
    assertThat(window.desktop.copied.getLast()).contains("Seller\tSomebody");
  }

  @Test
  void theFieldsAreReadAgainWithAnotherPrompt() throws Exception {
    window.click("#tab-prompt");
    write("#prompt-user", " ");
    window.await(() -> window.seen("#prompt-refusal") != null);
    assertThat(window.seen("#prompt-again").isDisabled()).isTrue();
    write("#prompt-user", "Again");
    window.await(() -> !window.seen("#prompt-again").isDisabled());
    window.robot.interact(() -> window.seen("#prompt-again").requestFocus());
    window.robot.type(KeyCode.SPACE);
    window.await(() -> window.text("#tab-prompt").equals("Prompt •"));
    assertThat(window.text("#prompt-state")).isEqualTo("changed by you");
    window.click("#tab-fields");
    window.await(() -> window.text("#field-vendor").equals("Meier"));
    window.click("#tab-timings");
    assertThat(window.texts("#timings")).contains("changed by you", "176 × 224 pixels", "cuda:0");
    window.click("#tab-prompt");
    window.robot.interact(() -> window.seen("#prompt-reset").requestFocus());
    window.robot.type(KeyCode.SPACE);
    window.await(() -> window.text("#tab-prompt").equals("Prompt"));
  }

  @Test
  void pastingIntoAFieldIsNoNewDocument() throws Exception {
    window.robot.interact(() -> {
      ClipboardContent content = new ClipboardContent();
      content.putString("Pasted");
      Clipboard.getSystemClipboard().setContent(content);
      window.seen("#field-vendor").requestFocus();
    });
    window.robot.press(KeyCode.CONTROL, KeyCode.A).release(KeyCode.A, KeyCode.CONTROL);
    window.robot.press(KeyCode.CONTROL, KeyCode.V).release(KeyCode.V, KeyCode.CONTROL);
    window.await(() -> window.text("#field-vendor").equals("Pasted"));
    assertThat(window.desktop.told).isEmpty();
  }
}
