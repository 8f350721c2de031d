package org.invoicelens.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;

/** The JSON Schema for editors says the same as the loader. JSON is YAML, so Gson writes it. */
class ConfigSchemaTest {

  @TempDir Path folder;
  private ConfigFiles files;
  private SortedMap<String, JsonObject> keys;

  @BeforeEach
  void readTheSchema() throws Exception {
    files = new ConfigFiles(folder);
    Path shipped = ApplicationFolders.current().program().resolve("assets/schema");
    Path forms = Files.createDirectories(folder.resolve("assets/schema"));
    for (String form : new String[] {"invoice.schema.json", "slip.schema.json"}) {
      Files.copy(shipped.resolve(form), forms.resolve(form));
    }
    Path schema = shipped.resolve("model-config.schema.json");
    keys = new TreeMap<>();
    collect("$", JsonParser.parseString(Files.readString(schema)).getAsJsonObject());
  }

  @Test
  void theyKnowTheSameKeys() {
    Faults faults = new Faults(folder);
    files
        .loader()
        .bind(
            (MappingNode)
                new Yaml()
                    .compose(
                        new StringReader("{footprint: {parameters: 1}, remote: {connections: 1}}")),
            folder,
            faults);

    assertThat(keys.keySet()).isEqualTo(faults.keys());
  }

  @Test
  void everyKeyIsDescribed() {
    assertThat(keys).allSatisfy((key, schema) -> assertThat(schema.has("description")).isTrue());
  }

  @Test
  void theDefaultsOfTheSchemaAreThoseOfTheLoader() throws Exception {
    JsonObject explicit = minimal();
    keys.forEach((key, schema) -> {
      if (!key.startsWith("$.remote.")
          && schema.has("default")
          && schema.has("description")
          && !schema.has("properties")) {
        set(explicit, key, schema.get("default"));
      }
    });

    assertThat(files.load(explicit.toString())).isEqualTo(files.load(ConfigFiles.MINIMAL));
    assertThat(explicit.toString()).contains("max_new_tokens", "cache_path", "fallback");
  }

  @Test
  void theDefaultsOfAServerInTheSchemaAreThoseOfTheLoader() throws Exception {
    JsonObject explicit = minimal();
    keys.forEach((key, schema) -> {
      if (key.startsWith("$.remote.") && schema.has("default")) {
        set(explicit, key, schema.get("default"));
      }
    });
    set(explicit, "$.remote.url", new JsonPrimitive("https://vllm.example.com/v1"));
    set(explicit, "$.engine", new JsonPrimitive("remote"));

    assertThat(files.load(explicit.toString()))
        .isEqualTo(
            files.load(
                ConfigFiles.MINIMAL
                    + "engine: remote\nremote: {url: https://vllm.example.com/v1}\n"));
    assertThat(explicit.toString()).contains("connections", "first_token");
  }

  @Test
  void theExamplesAndWordsOfTheSchemaLoad() throws Exception {
    for (Map.Entry<String, JsonObject> key : keys.entrySet()) {
      for (String list : new String[] {"examples", "enum"}) {
        if (key.getValue().has(list)) {
          for (JsonElement value : key.getValue().getAsJsonArray(list)) {
            assertThat(faultsWith(key.getKey(), value)).as(key.getKey() + ": " + value).isZero();
          }
        }
      }
      if (key.getValue().has("enum")) {
        assertThat(faultsWith(key.getKey(), new JsonPrimitive("other"))).isEqualTo(1);
      }
    }
  }

  @Test
  void theLimitsOfTheSchemaAreThoseOfTheLoader() throws Exception {
    for (Map.Entry<String, JsonObject> key : keys.entrySet()) {
      JsonObject schema = key.getValue();
      String path = key.getKey();
      if (schema.has("minimum")) {
        long least = schema.get("minimum").getAsLong();
        assertThat(faultsWith(path, new JsonPrimitive(least))).as(path).isZero();
        assertThat(faultsWith(path, new JsonPrimitive(least - 1))).as(path).isEqualTo(1);
      }
      if (schema.has("exclusiveMinimum")) {
        long bound = schema.get("exclusiveMinimum").getAsLong();
        assertThat(faultsWith(path, new JsonPrimitive(bound))).as(path).isEqualTo(1);
      }
      if (schema.has("maximum")) {
        long most = schema.get("maximum").getAsLong();
        assertThat(faultsWith(path, new JsonPrimitive(most))).as(path).isZero();
        assertThat(faultsWith(path, new JsonPrimitive(most + 1))).as(path).isEqualTo(1);
      }
    }
  }

  /** How many faults a document has in which one key has that value. */
  private int faultsWith(String path, JsonElement value) throws Exception {
    JsonObject document = minimal();
    if (path.startsWith("$.footprint.")) {
      for (String key : keys.keySet()) {
        if (key.startsWith("$.footprint.")) {
          set(document, key, new JsonPrimitive(1));
        }
      }
      set(document, "$.footprint.parameters", new JsonPrimitive(1_000_000_000_000_000L));
    }
    if (path.startsWith("$.remote.") || path.equals("$.engine")) {
      set(document, "$.remote.url", new JsonPrimitive("https://vllm.example.com/v1"));
    }
    set(document, path, value);
    ConfigException e =
        catchThrowableOfType(ConfigException.class, () -> files.load(document.toString()));
    return e == null ? 0 : e.faults().size();
  }

  private static JsonObject minimal() {
    return JsonParser.parseString(
            """
            {"name": "small", "repo_id": "owner/name", "model_path": "models/small",
             "prompt": {"user": "Read this."}}
            """)
        .getAsJsonObject();
  }

  private static void set(JsonObject document, String path, JsonElement value) {
    String[] names = path.substring(2).split("\\.");
    JsonObject section = document;
    for (int i = 0; i < names.length - 1; i++) {
      if (!section.has(names[i])) {
        section.add(names[i], new JsonObject());
      }
      section = section.getAsJsonObject(names[i]);
    }
    section.add(names[names.length - 1], value);
  }

  private void collect(String path, JsonObject schema) {
    JsonElement required = schema.has("required") ? schema.get("required") : new JsonArray();
    schema
        .getAsJsonObject("properties")
        .asMap()
        .forEach((name, element) -> {
          JsonObject property = element.getAsJsonObject();
          keys.put(path + "." + name, property);
          if (property.has("properties")) {
            collect(path + "." + name, property);
          }
        });
    assertThat(required.getAsJsonArray())
        .allSatisfy(name -> assertThat(keys).containsKey(path + "." + name.getAsString()));
    assertThat(schema.get("additionalProperties").getAsBoolean()).isFalse();
  }
}
