package org.invoicelens.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.invoicelens.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerSchemaTest {

  private static final AnswerSchema INVOICE =
      AnswerSchema.parse(
          """
          {"type": "object",
           "properties": {
             "seller": {"$ref": "#/$defs/party"},
             "number": {"type": ["string", "null"], "maxLength": 12},
             "date": {"type": ["string", "null"], "format": "date"},
             "kind": {"enum": ["invoice", "credit note", null]},
             "paid": {"type": "boolean"},
             "lines": {"type": "array", "maxItems": 3,
               "items": {"type": "object",
                 "properties": {"text": {"type": "string"}, "amount": {"type": ["number", "null"]}},
                 "required": ["text", "amount"]}},
             "note": {"type": "string"}
           },
           "required": ["seller", "number", "date", "kind", "paid", "lines"],
           "additionalProperties": false,
           "$defs": {"party": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}}}
          """);

  private static final String WHOLE =
      "{\"seller\":{\"name\":\"Müller & Söhne „Nord“"
          + " 😀\"},\"number\":\"RE-1\",\"date\":\"2026-11-14\","
          + "\"kind\":\"invoice\",\"paid\":false,\"lines\":[{\"text\":\"a\",\"amount\":-1.50},"
          + "{\"text\":\"\",\"amount\":null}]}";

  @Test
  void takesWhatTheSchemaAllowsOnALineOrOnAPage() {
    assertThat(INVOICE.allows(WHOLE)).isTrue();
    assertThat(INVOICE.allows(WHOLE.replace("]}", "],\"note\":\"more\"}"))).isTrue();
    assertThat(
            INVOICE.allows(
                """
                {
                  "seller": {
                    "name": "A"
                  },
                  "number": null,
                  "date": null,
                  "kind": null,
                  "paid": true,
                  "lines": []
                }\
                """))
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"number\":\"RE-1\"|\"number\":12",
        "\"number\":\"RE-1\"|\"number\":\"longer than 12\"",
        "\"number\":\"RE-1\"|\"nummer\":\"RE-1\"",
        "2026-11-14|2026-13-14",
        "2026-11-14|14.11.2026",
        "\"invoice\"|\"receipt\"",
        "-1.50|-1.5e3",
        "-1.50|01.50",
        "-1.50|1.",
        "-1.50|1234567890123456",
        "false|\"false\"",
        "]}|]",
        "]}|]}}",
        "{\"seller\"|Here it is: {\"seller\"",
        "RE-1|RE\\x",
        "RE-1|RE\\ud800",
      })
  void refusesEverythingElse(String part, String other) {
    String wrong = WHOLE.replace(part, other);
    assertThat(wrong).isNotEqualTo(WHOLE);
    assertThat(INVOICE.allows(wrong)).isFalse();
  }

  @Test
  void charactersThatJsonForbidsInTextsAreRefused() {
    assertThat(INVOICE.allows(WHOLE.replace("RE-1", "RE\n1"))).isFalse();
    assertThat(INVOICE.allows(WHOLE.replace("RE-1", "RE\\n1"))).isTrue();
    assertThat(INVOICE.allows(WHOLE.replace("RE-1", "RE\\u00fc1"))).isTrue();
    assertThat(INVOICE.allows(WHOLE.replace("RE-1", "RE\\\"1\\\\"))).isTrue();
  }

  @Test
  void aTextsLengthCountsCharactersAndNotBytes() {
    assertThat(INVOICE.allows(WHOLE.replace("RE-1", "ÄÖÜßéè€😀ÄÖÜß"))).isTrue();
    assertThat(INVOICE.allows(WHOLE.replace("RE-1", "ÄÖÜßéè€😀ÄÖÜß1"))).isFalse();
  }

  @Test
  void aListHasNoMoreItemsThanItMay() {
    String item = "{\"text\":\"\",\"amount\":null}";
    String four = WHOLE.replace(item, String.join(",", item, item, item));
    assertThat(INVOICE.allows(four)).isFalse();
    assertThat(INVOICE.allows(four.replace(item + "," + item, item))).isTrue();
  }

  @Test
  void whereverAnAnswerBreaksOffItIsClosedToOneOfTheForm() {
    for (int length = 0; length < WHOLE.length(); length++) {
      if (length > 0 && Character.isHighSurrogate(WHOLE.charAt(length - 1))) {
        continue;
      }
      String begun = WHOLE.substring(0, length);
      AnswerSchema.Closed closed = INVOICE.close(begun);
      assertThat(INVOICE.allows(closed.text())).as(closed.text()).isTrue();
      assertThat(closed.text()).startsWith(begun.substring(0, closed.written()));
      assertThat(closed.written()).isLessThanOrEqualTo(length);
      assertThat(JsonParser.parseString(closed.text()).isJsonObject()).isTrue();
    }
  }

  @Test
  void aValueThatBrokeOffIsTakenBackAndMissingOnesAreNull() {
    String begun = WHOLE.substring(0, WHOLE.indexOf(".50"));
    assertThat(INVOICE.close(begun).text()).endsWith("[{\"text\":\"a\",\"amount\":null}]}");
    assertThat(INVOICE.close("{\"seller\":{\"name\":\"A\"},\"numb").text())
        .isEqualTo(
            "{\"seller\":{\"name\":\"A\"},\"number\":null,\"date\":null,\"kind\":null,\"paid\":true,\"lines\":[]}");
    assertThat(INVOICE.close(WHOLE)).isEqualTo(new AnswerSchema.Closed(WHOLE, WHOLE.length()));
  }

  @Test
  void anAnswerOfAnotherFormIsLeftAsItIs() {
    assertThat(INVOICE.close("I cannot")).isEqualTo(new AnswerSchema.Closed("I cannot", 8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "^[A-Z]{2}[0-9]{2,4}$;DE12;D12",
        "^[A-Z]{2}[0-9]{2,4}$;DE1234;DE12345",
        "^(RE|INV)-\\d+$;INV-7;INV-",
        "^a?b*c$;c;ab",
        "^[^0-9]+$;äöü;a1",
        "^\\w+( \\w+)*$;one two;one  two",
        "^(?:x|yy)$;yy;y",
        "^a|b$;abc;cba",
        "needle;a needle in hay;a nail",
        "^.{3}$;ü€😀;ab",
        "^[a-c.\\-]+$;a.-;d",
      })
  void patternsAreHeldTo(String pattern, String good, String bad) {
    AnswerSchema schema =
        text("\"maxLength\":30,\"pattern\":\"" + pattern.replace("\\", "\\\\") + '"');
    assertThat(schema.allows('"' + good + '"')).isTrue();
    assertThat(schema.allows('"' + bad + '"')).isFalse();
  }

  @Test
  void aPatternAndALengthHoldBoth() {
    AnswerSchema schema = text("\"minLength\":3,\"maxLength\":5,\"pattern\":\"^a+b+$\"");
    assertThat(schema.allows("\"aab\"")).isTrue();
    assertThat(schema.allows("\"abbbb\"")).isTrue();
    assertThat(schema.allows("\"ab\"")).isFalse();
    assertThat(schema.allows("\"aaabbb\"")).isFalse();
    assertThat(schema.close("\"aa").text()).hasSize(5);
    assertThat(schema.allows(schema.close("").text())).isTrue();
  }

  private static AnswerSchema text(String more) {
    return AnswerSchema.parse("{\"type\":\"string\"," + more + "}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{",
        "{}",
        "{\"type\":\"text\"}",
        "{\"type\":\"object\"}",
        "{\"type\":\"object\",\"properties\":{\"a\":{}}}",
        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"b\"]}",
        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}},\"additionalProperties\":true}",
        "{\"type\":\"array\"}",
        "{\"type\":\"array\",\"items\":{\"type\":\"null\"},\"minItems\":3,\"maxItems\":2}",
        "{\"type\":\"string\",\"maxLength\":-1}",
        "{\"type\":\"string\",\"maxLength\":1000000}",
        "{\"type\":\"string\",\"pattern\":\"(\"}",
        "{\"type\":\"string\",\"pattern\":\"a**\"}",
        "{\"type\":\"string\",\"pattern\":\"(?=a)\"}",
        "{\"type\":\"string\",\"pattern\":\"\\\\bword\"}",
        "{\"type\":\"string\",\"pattern\":\"^abc$\",\"maxLength\":2}",
        "{\"type\":\"number\",\"maximum\":3}",
        "{\"type\":\"number\",\"minimum\":3}",
        "{\"allOf\":[]}",
        "{\"enum\":[]}",
        "{\"$ref\":\"#/$defs/none\"}",
        "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/a\"}}}}",
      })
  void aSchemaThatCannotBeHeldIsRefusedWithThePlace(String schema) {
    assertThatThrownBy(() -> AnswerSchema.parse(schema))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("$");
  }

  @Test
  void whatShipsCanBeHeld() throws Exception {
    try (var files = Files.list(Path.of("assets/schema"))) {
      for (Path file : files.filter(f -> !f.endsWith("model-config.schema.json")).toList()) {
        assertThat(AnswerSchema.read(file).json()).startsWith("{");
      }
    }
  }

  @Test
  void aFileThatIsNoSchemaIsAFaultOfTheConfiguration(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("none.json");
    assertThatThrownBy(() -> AnswerSchema.read(missing))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e -> assertThat(e.reason()).isEqualTo(ConfigException.Reason.MISSING));
    Path wrong = folder.resolve("wrong.json");
    Files.writeString(wrong, "{\"type\":\"text\"}");
    assertThatThrownBy(() -> AnswerSchema.read(wrong))
        .isInstanceOfSatisfying(
            ConfigException.class,
            e -> assertThat(e.problem().text()).contains("wrong.json", "$.type", "\"text\""));
    Files.write(wrong, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThatThrownBy(() -> AnswerSchema.read(wrong)).isInstanceOf(ConfigException.class);
    Files.write(wrong, " ".repeat(1_000_001).getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> AnswerSchema.read(wrong)).isInstanceOf(ConfigException.class);
  }
}
