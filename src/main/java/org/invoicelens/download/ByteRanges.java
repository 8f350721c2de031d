package org.invoicelens.download;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A set of bytes of one file, kept as ranges that neither touch nor overlap. Not thread-safe. */
final class ByteRanges {

  /**
   * A run of bytes.
   *
   * @param from the first one
   * @param to the one after the last
   */
  record Range(long from, long to) {
    long length() {
      return to - from;
    }
  }

  private final TreeMap<Long, Long> ends = new TreeMap<>();
  private long total;

  /** Adds a range; bytes already there stay there once. */
  void add(long from, long to) {
    if (from >= to) {
      return;
    }
    long start = from;
    long end = to;
    Map.Entry<Long, Long> near = ends.floorEntry(to);
    while (near != null && near.getValue() >= from) {
      start = Math.min(start, near.getKey());
      end = Math.max(end, near.getValue());
      total -= near.getValue() - near.getKey();
      ends.remove(near.getKey());
      near = ends.floorEntry(to);
    }
    ends.put(start, end);
    total += end - start;
  }

  /** Takes a range out; bytes that are not there stay away. */
  void remove(long from, long to) {
    for (Range range : within(from, to)) {
      long start = ends.floorKey(range.from());
      long end = ends.remove(start);
      if (start < range.from()) {
        ends.put(start, range.from());
      }
      if (end > range.to()) {
        ends.put(range.to(), end);
      }
      total -= range.length();
    }
  }

  /** The ranges that lie between two bounds, as far as they do, in order. */
  List<Range> within(long from, long to) {
    List<Range> list = new ArrayList<>();
    for (Range range : ranges()) {
      long start = Math.max(from, range.from());
      long end = Math.min(to, range.to());
      if (start < end) {
        list.add(new Range(start, end));
      }
    }
    return list;
  }

  void addAll(ByteRanges others) {
    others.ranges().forEach(range -> add(range.from(), range.to()));
  }

  void removeAll(ByteRanges others) {
    others.ranges().forEach(range -> remove(range.from(), range.to()));
  }

  boolean isEmpty() {
    return ends.isEmpty();
  }

  void clear() {
    ends.clear();
    total = 0;
  }

  /** How many bytes there are. */
  long total() {
    return total;
  }

  /** How many bytes there are from the file's start without a gap. */
  long prefix() {
    Map.Entry<Long, Long> first = ends.firstEntry();
    return first == null || first.getKey() != 0 ? 0 : first.getValue();
  }

  /** The ranges, in order. */
  List<Range> ranges() {
    List<Range> list = new ArrayList<>();
    ends.forEach((from, to) -> list.add(new Range(from, to)));
    return list;
  }

  /** What is missing of a file of this size, in order. */
  List<Range> gaps(long size) {
    List<Range> list = new ArrayList<>();
    long position = 0;
    for (Map.Entry<Long, Long> range : ends.entrySet()) {
      if (range.getKey() > position) {
        list.add(new Range(position, range.getKey()));
      }
      position = range.getValue();
    }
    if (position < size) {
      list.add(new Range(position, size));
    }
    return list;
  }

  ByteRanges copy() {
    ByteRanges copy = new ByteRanges();
    copy.ends.putAll(ends);
    copy.total = total;
    return copy;
  }
}
