package org.invoicelens.train;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;

/**
 * What is printed on a slip.
 *
 * @param currency its ISO 4217 code
 * @param total with two decimals
 * @param items the rows that have an amount of their own; the model is not asked for them
 */
record SlipFields(
    String vendor,
    String number,
    LocalDate date,
    String currency,
    BigDecimal total,
    List<Item> items) {

  /** A row of goods. */
  record Item(String description, BigDecimal amount) {}

  /** The names of the fields that the model answers with, in this order. */
  static final List<String> NAMES = List.of("vendor", "number", "date", "currency", "total");

  SlipFields {
    items = List.copyOf(items);
  }

  /** The values of {@link #NAMES} as the model writes them. */
  List<String> values() {
    return List.of(vendor, number, date.toString(), currency, total.toPlainString());
  }

  /** The answer that is right. */
  JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("vendor", vendor);
    json.addProperty("number", number);
    json.addProperty("date", date.toString());
    json.addProperty("currency", currency);
    json.addProperty("total", total);
    return json;
  }

  /** The same with the rows of goods. */
  JsonObject toJsonWithItems() {
    JsonObject json = toJson();
    JsonArray rows = new JsonArray();
    for (Item item : items) {
      JsonObject row = new JsonObject();
      row.addProperty("description", item.description());
      row.addProperty("amount", item.amount());
      rows.add(row);
    }
    json.add("items", rows);
    return json;
  }
}
