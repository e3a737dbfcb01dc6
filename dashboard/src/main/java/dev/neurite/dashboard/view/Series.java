package dev.neurite.dashboard.view;

import java.util.Arrays;

/// The values of one metric over a training, in the order of their lines. Not thread-safe.
///
/// Holds at most [#MOST] points. Beyond that it keeps of each four points the lowest and the highest,
/// and all points that are not finite, so that no peak is lost; then every later point again.
/// [#thin(int)] does so earlier.
public final class Series {
    /// The largest number of points.
    public static final int MOST = 1 << 16;

    private long[] line = new long[16];
    private long[] step = new long[16];
    private int[] epoch = new int[16];
    private double[] seconds = new double[16];
    private double[] value = new double[16];
    private int size;

    /// Points of a series, all arrays of the same length.
    /// @param step the number of steps taken
    /// @param epoch the number of the epoch, from 1
    /// @param seconds the time, in seconds since 1970
    /// @param value the value, perhaps NaN or infinite
    @SuppressWarnings("ArrayRecordComponent") // nobody changes it
    public record Points(long[] step, int[] epoch, double[] seconds, double[] value) {
        public int size() {
            return step.length;
        }
    }

    /// Appends a point.
    /// @param number the number of its line, larger than those before
    void add(long number, long steps, int ofEpoch, double time, double what) {
        if (size == MOST) keep(chosen(0, size / 4));
        if (size == line.length) {
            int larger = Math.min(MOST, 2 * size);
            line = Arrays.copyOf(line, larger);
            step = Arrays.copyOf(step, larger);
            epoch = Arrays.copyOf(epoch, larger);
            seconds = Arrays.copyOf(seconds, larger);
            value = Arrays.copyOf(value, larger);
        }
        line[size] = number;
        step[size] = steps;
        epoch[size] = ofEpoch;
        seconds[size] = time;
        value[size] = what;
        size++;
    }

    /// Keeps fewer points, chosen as beyond [#MOST], and gives the memory of the others back.
    /// @param most the largest number of points, at least 8
    void thin(int most) {
        if (size <= most) return;
        keep(chosen(0, most / 4));
        int room = Math.max(16, size);
        line = Arrays.copyOf(line, room);
        step = Arrays.copyOf(step, room);
        epoch = Arrays.copyOf(epoch, room);
        seconds = Arrays.copyOf(seconds, room);
        value = Arrays.copyOf(value, room);
    }

    private void keep(int[] indices) {
        for (int i = 0; i < indices.length; i++) {
            int from = indices[i];
            line[i] = line[from];
            step[i] = step[from];
            epoch[i] = epoch[from];
            seconds[i] = seconds[from];
            value[i] = value[from];
        }
        size = indices.length;
    }

    public int size() {
        return size;
    }

    /// The value of a point.
    /// @param index from 0
    public double value(int index) {
        return value[checked(index)];
    }

    /// The epoch of a point.
    /// @param index from 0
    public int epoch(int index) {
        return epoch[checked(index)];
    }

    /// The step of a point.
    /// @param index from 0
    public long step(int index) {
        return step[checked(index)];
    }

    private int checked(int index) {
        if (index < 0 || index >= size) throw new IndexOutOfBoundsException(index);
        return index;
    }

    /// The points after a line: all of them, or the lowest and highest of each of equally long
    /// stretches. The first and the last point are always there, and of each stretch the first value
    /// that is not finite.
    /// @param after the number of a line
    /// @param most the largest number of points, at least 8
    public Points points(long after, int most) {
        if (most < 8) throw new IllegalArgumentException("expects at least 8 points, got " + most);
        int first = 0;
        while (first < size && line[first] <= after) first++;
        if (size - first <= most) {
            return new Points(
                    Arrays.copyOfRange(step, first, size),
                    Arrays.copyOfRange(epoch, first, size),
                    Arrays.copyOfRange(seconds, first, size),
                    Arrays.copyOfRange(value, first, size));
        }
        boolean finite = Arrays.stream(value, first, size).allMatch(Double::isFinite);
        int[] at = chosen(first, (most - 2) / (finite ? 2 : 3));
        return new Points(
                Arrays.stream(at).mapToLong(i -> step[i]).toArray(),
                Arrays.stream(at).map(i -> epoch[i]).toArray(),
                Arrays.stream(at).mapToDouble(i -> seconds[i]).toArray(),
                Arrays.stream(at).mapToDouble(i -> value[i]).toArray());
    }

    /// The indices of the points that stand for those from `first` on, ascending.
    /// @param stretches into how many parts of about equal length the points are divided
    private int[] chosen(int first, int stretches) {
        int[] chosen = new int[2 + 3 * stretches];
        int count = 0;
        long n = (long) size - first;
        for (int part = 0; part < stretches; part++) {
            int from = first + (int) (n * part / stretches);
            int to = first + (int) (n * (part + 1) / stretches);
            int low = -1;
            int high = -1;
            int odd = -1;
            for (int i = from; i < to; i++) {
                if (!Double.isFinite(value[i])) {
                    if (odd < 0) odd = i;
                } else {
                    if (low < 0 || value[i] < value[low]) low = i;
                    if (high < 0 || value[i] > value[high]) high = i;
                }
            }
            int ends = count;
            if (part == 0) chosen[count++] = first;
            if (low >= 0) chosen[count++] = low;
            if (high >= 0) chosen[count++] = high;
            if (odd >= 0) chosen[count++] = odd;
            if (part == stretches - 1) chosen[count++] = size - 1;
            Arrays.sort(chosen, ends, count);
        }
        return Arrays.stream(chosen, 0, count).distinct().toArray();
    }
}
