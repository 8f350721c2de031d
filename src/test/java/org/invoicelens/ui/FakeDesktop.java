package org.invoicelens.ui;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.invoicelens.ui.desktop.Desktop;
import org.invoicelens.ui.desktop.Question;

/** A desktop whose user has made up their mind before. */
public final class FakeDesktop implements Desktop {

  public final List<String> copied = new ArrayList<>();
  public final List<String> told = new ArrayList<>();
  public final List<Question> asked = new ArrayList<>();
  public List<Path> documents = List.of();
  public final List<Path> shown = new ArrayList<>();
  public final List<URI> browsed = new ArrayList<>();
  public Optional<Path> target = Optional.empty();
  public Optional<Path> folder = Optional.empty();
  public Optional<Path> file = Optional.empty();
  public int answer;

  @Override
  public void copy(String text) {
    copied.add(text);
  }

  @Override
  public List<Path> chooseDocuments() {
    return documents;
  }

  @Override
  public Optional<Path> chooseTarget(String suggestedName) {
    return target;
  }

  @Override
  public Optional<Path> chooseFolder(String title, Path start) {
    return folder;
  }

  @Override
  public Optional<Path> chooseFile(String title, List<String> endings) {
    return file;
  }

  @Override
  public void show(Path path) {
    shown.add(path);
  }

  @Override
  public void browse(URI page) {
    browsed.add(page);
  }

  @Override
  public int ask(Question question) {
    asked.add(question);
    return answer;
  }

  @Override
  public void tell(String text) {
    told.add(text);
  }
}
