package org.invoicelens.ui.verification;

import static org.invoicelens.ui.text.Messages.text;

import javafx.beans.binding.Bindings;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import org.invoicelens.ui.component.Card;
import org.invoicelens.ui.component.Labels;
import org.invoicelens.ui.component.Mark;
import org.invoicelens.ui.component.MarkIcon;
import org.invoicelens.ui.component.Rows;
import org.invoicelens.ui.component.ShareBar;
import org.invoicelens.ui.component.Shown;

/** The check as a bar, then its files ticking off. */
public final class VerificationView extends VBox {

  public VerificationView(VerificationViewModel model) {
    getStyleClass().add("step-content");
    Card files = new Card();
    files.getStyleClass().add("files");
    Rows.bind(files, model.files(), VerificationView::row);
    files.shownWhile(Bindings.isNotEmpty(model.files()));
    Label message = Labels.wrapped(model.message(), "muted", "small");
    message.managedProperty().bind(model.message().isNotEmpty());
    getChildren()
        .addAll(
            new Card(
                    Labels.bound(model.amount()),
                    new ShareBar(text("verification.title"), model.fraction(), "total"),
                    message)
                .shownWhile(model.failure().isNull()),
            files);
  }

  private static Node row(CheckedFile file) {
    ShareBar bar = new ShareBar(file.name(), file.fraction());
    Shown.when(file.mark().map(mark -> mark == Mark.WORKING), bar);
    HBox.setHgrow(bar, Priority.ALWAYS);
    Label words = Labels.wrapped(file.words(), "muted", "small");
    HBox.setHgrow(words, Priority.ALWAYS);
    HBox row =
        new HBox(new MarkIcon(file.mark()), Labels.name(file.name(), "file-name"), words, bar);
    row.getStyleClass().add("file");
    return row;
  }
}
