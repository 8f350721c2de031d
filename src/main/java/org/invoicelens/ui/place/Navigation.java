package org.invoicelens.ui.place;

import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;

/** Where in the window the user is. For the UI thread only. */
public final class Navigation {

  private final ReadOnlyObjectWrapper<Place> current = new ReadOnlyObjectWrapper<>(Place.SETUP);
  private Place home = Place.SETUP;

  /** What the window shows. */
  public ReadOnlyObjectProperty<Place> current() {
    return current.getReadOnlyProperty();
  }

  /** Goes to a place. */
  public void open(Place place) {
    if (place.isHome()) {
      home = place;
    }
    current.set(place);
  }

  /** Lets going back lead to a place where work is done. */
  public void goBackTo(Place place) {
    home = place;
  }

  /** Goes back to where work is done, after a visit elsewhere. */
  public void back() {
    open(home);
  }
}
