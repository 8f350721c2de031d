package org.invoicelens.pixtral;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * On which device each part of a model is, where its decoder's layers are spread over several: they
 * go from device to device in their order, so that hidden states move but once at each border.
 *
 * @param first where the vision tower, the projector and the embeddings are
 * @param layers where each layer of the decoder is, with its keys and values
 * @param last where the last norm and the output layer are
 */
record DeviceSplit(String first, List<String> layers, String last) {

  /** Halvings of the share of memory that is filled; more than a byte's worth. */
  private static final int HALVINGS = 50;

  DeviceSplit {
    layers = List.copyOf(layers);
  }

  /** Everything on one device. */
  static DeviceSplit none(String device, int layers) {
    return new DeviceSplit(device, Collections.nCopies(layers, device), device);
  }

  /**
   * Spreads a model so that every device is filled to about the same share of what is free on it.
   *
   * @param devices their names, in the order in which they are filled
   * @param free bytes that may be filled on each
   * @param firstBytes of the vision tower, the projector and the embeddings
   * @param layerBytes of each layer with its keys and values
   * @param lastBytes of the last norm and the output layer
   * @return empty where it does not fit
   */
  static Optional<DeviceSplit> of(
      List<String> devices, long[] free, long firstBytes, long[] layerBytes, long lastBytes) {
    long[] parts = new long[layerBytes.length + 2];
    parts[0] = firstBytes;
    System.arraycopy(layerBytes, 0, parts, 1, layerBytes.length);
    parts[parts.length - 1] = lastBytes;
    int[] places = places(parts, free, 1);
    if (places.length == 0) {
      return Optional.empty();
    }
    double tooLittle = 0;
    double enough = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double share = (tooLittle + enough) / 2;
      int[] tried = places(parts, free, share);
      if (tried.length == 0) {
        tooLittle = share;
      } else {
        enough = share;
        places = tried;
      }
    }
    List<String> names = Arrays.stream(places).mapToObj(devices::get).toList();
    return Optional.of(
        new DeviceSplit(names.getFirst(), names.subList(1, parts.length - 1), names.getLast()));
  }

  /** Fills device after device up to a share of what is free; empty where something is left. */
  private static int[] places(long[] parts, long[] free, double share) {
    int[] places = new int[parts.length];
    int device = 0;
    double used = 0;
    for (int i = 0; i < parts.length; i++) {
      while (device < free.length && used + parts[i] > share * free[device]) {
        device++;
        used = 0;
      }
      if (device == free.length) {
        return new int[0];
      }
      used += parts[i];
      places[i] = device;
    }
    return places;
  }

  /** Where a weight belongs, by its name in the program. */
  String deviceOf(String weight) {
    if (weight.equals("text.norm") || weight.equals("text.head")) {
      return last;
    }
    String[] names = weight.split("\\.", 3);
    boolean ofLayer = names[0].equals("text") && names[1].matches("[0-9]+");
    return ofLayer ? layers.get(Integer.parseInt(names[1])) : first;
  }

  /** Whether there is a border between two parts; by place, since two devices may share a name. */
  boolean isSpread() {
    return devices().size() > 1;
  }

  /** The devices in use, in their order. */
  List<String> devices() {
    LinkedHashSet<String> devices = new LinkedHashSet<>(List.of(first));
    devices.addAll(layers);
    devices.add(last);
    return new ArrayList<>(devices);
  }
}
