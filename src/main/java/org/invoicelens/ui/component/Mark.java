package org.invoicelens.ui.component;

import static org.invoicelens.ui.text.Messages.text;

import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.material2.Material2AL;
import org.kordamp.ikonli.material2.Material2MZ;
import org.kordamp.ikonli.material2.Material2OutlinedMZ;

/** How something stands: a shape, a colour and a word each, so that none of them is alone. */
public enum Mark {
  GOOD(Material2AL.CHECK_CIRCLE, "good"),
  REMARK(Material2AL.ERROR, "remark"),
  FAILED(Material2AL.CANCEL, "failed"),
  WORKING(Material2AL.AUTORENEW, "working"),
  PAUSED(Material2MZ.PAUSE_CIRCLE_FILLED, "paused"),
  WAITING(Material2OutlinedMZ.RADIO_BUTTON_UNCHECKED, "waiting");

  private final Ikon icon;
  private final String id;

  Mark(Ikon icon, String id) {
    this.icon = icon;
    this.id = id;
  }

  Ikon icon() {
    return icon;
  }

  /** The style class that colours it. */
  public String id() {
    return id;
  }

  /** The word for it. */
  public String word() {
    return text("mark." + id);
  }
}
