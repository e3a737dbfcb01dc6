package dev.neurite.data;

import dev.neurite.error.ResourceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/// Collects rows from a stream in the heap, up to a limit, and checks each of them.
final class RowCollector {
    private static final double MOST_OF_THE_HEAP = 0.75;
    private static final int ROW_OVERHEAD = 24; // bytes: an array's header, and a reference to it

    private final List<float[]> inputs = new ArrayList<>();
    private final List<float[]> targets = new ArrayList<>();
    private int[] labels = new int[16];
    private int largest = -1;
    private final long most;
    private long bytes;

    /// @param most the limit for all rows, bytes
    private RowCollector(long most) {
        this.most = most;
    }

    /// The usual limit for all rows, bytes.
    static long roomForRows() {
        return (long) (Runtime.getRuntime().maxMemory() * MOST_OF_THE_HEAP);
    }

    /// Collects labeled rows; the largest label decides on the number of classes.
    static <T> Dataset labeled(
            Stream<T> rows, Function<? super T, float[]> input, ToIntFunction<? super T> label, long most) {
        RowCollector all = gather(rows, input, label, Dataset.MOST_CLASSES, most);
        return all.labeled(ArrayDataset.numbered(all.largest + 1));
    }

    static <T> Dataset labeled(
            Stream<T> rows,
            Function<? super T, float[]> input,
            ToIntFunction<? super T> label,
            List<String> classNames,
            long most) {
        return gather(rows, input, label, classNames.size(), most).labeled(classNames);
    }

    private static <T> RowCollector gather(
            Stream<T> rows,
            Function<? super T, float[]> input,
            ToIntFunction<? super T> label,
            int classes,
            long most) {
        var all = new RowCollector(most);
        rows.sequential().forEachOrdered(each -> {
            all.add("inputs", all.inputs, input.apply(each));
            all.add(label.applyAsInt(each), classes);
        });
        return all;
    }

    static <T> Dataset valued(
            Stream<T> rows, Function<? super T, float[]> input, Function<? super T, float[]> target, long most) {
        var all = new RowCollector(most);
        rows.sequential().forEachOrdered(each -> {
            all.add("inputs", all.inputs, input.apply(each));
            all.add("targets", all.targets, target.apply(each));
        });
        return ArrayDataset.gathered(
                all.inputs.toArray(float[][]::new), new int[0], all.targets.toArray(float[][]::new), List.of());
    }

    private Dataset labeled(List<String> names) {
        return ArrayDataset.gathered(
                inputs.toArray(float[][]::new), Arrays.copyOf(labels, inputs.size()), new float[0][], names);
    }

    private void add(String what, List<float[]> to, float[] row) {
        int number = to.size();
        int width = to.isEmpty() ? row.length : to.getFirst().length;
        to.add(ArrayDataset.checkedCopy(what, number, row, width));
        bytes += ROW_OVERHEAD + 4L * width;
        if (bytes <= most) return;
        throw new ResourceException(
                "row " + number,
                String.format(
                        Locale.ROOT, "expects rows of at most %,d MB in all, 75%% of the heap, got more", most >> 20),
                "Give the JVM a larger heap (-Xmx), or implement Dataset so that each row is read when it is"
                        + " needed");
    }

    private void add(int label, int classes) {
        int row = inputs.size() - 1;
        ArrayDataset.checkLabel(row, label, classes);
        if (row == labels.length) labels = Arrays.copyOf(labels, 2 * labels.length);
        labels[row] = label;
        largest = Math.max(largest, label);
    }
}
