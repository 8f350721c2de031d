package org.invoicelens.download;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.invoicelens.hub.HubFile;

/** Which files of a repository a run fetches. */
final class FileSelection {

  /** What a model consists of, in either layout, and what goes with it. */
  private static final List<Pattern> NEEDED =
      patterns(
          List.of(
              "config.json",
              "generation_config.json",
              "*processor_config.json",
              "tokenizer*.json",
              "special_tokens_map.json",
              "added_tokens.json",
              "chat_template*",
              "model*.safetensors",
              "model*.safetensors.index.json",
              "params.json",
              "tekken.json",
              "consolidated*.safetensors",
              "README.md",
              "LICENSE*"));

  /** Formats that can run code when they are loaded; never fetched unless asked for by name. */
  private static final Pattern PICKLE =
      Pattern.compile(".*\\.(bin|pt|pth|ckpt|pkl|pickle)", Pattern.CASE_INSENSITIVE);

  private FileSelection() {}

  /** The files to fetch, in the order of the listing. */
  static List<HubFile> select(List<HubFile> files, TransferOptions options) {
    List<Pattern> include = patterns(options.include());
    List<Pattern> exclude = patterns(options.exclude());
    return files.stream()
        .filter(file ->
            include.isEmpty()
                ? options.everyFile() || isNeeded(file.path())
                : fits(include, file.path()))
        .filter(file -> !fits(exclude, file.path()))
        .toList();
  }

  /** A model's own files lie at the top of its repository. */
  private static boolean isNeeded(String path) {
    return path.indexOf('/') < 0 && fits(NEEDED, path) && !PICKLE.matcher(path).matches();
  }

  private static boolean fits(List<Pattern> patterns, String path) {
    return patterns.stream().anyMatch(pattern -> pattern.matcher(path).matches());
  }

  private static List<Pattern> patterns(List<String> globs) {
    return globs.stream().map(FileSelection::pattern).toList();
  }

  /**
   * A pattern as the Hub's own client reads it: {@code *} any characters, slashes too, {@code ?}
   * one, {@code [abc]} one of these, {@code [!abc]} none of these; a folder's name with a slash at
   * its end is everything in it.
   */
  private static Pattern pattern(String glob) {
    String text = glob.endsWith("/") ? glob + "*" : glob;
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int close = c == '[' ? text.indexOf(']', i + 2) : -1;
      if (c == '*') {
        regex.append(".*");
      } else if (c == '?') {
        regex.append('.');
      } else if (close > 0) {
        String set = text.substring(i + 1, close);
        boolean not = set.startsWith("!");
        String members = (not ? set.substring(1) : set).replaceAll("[\\\\\\[\\]&^]", "\\\\$0");
        regex.append(not ? "[^" : "[").append(members).append(']');
        i = close;
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    try {
      return Pattern.compile(regex.toString(), Pattern.DOTALL);
    } catch (PatternSyntaxException oddSet) {
      return Pattern.compile(Pattern.quote(text));
    }
  }
}
