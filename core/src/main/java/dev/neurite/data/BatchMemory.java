package dev.neurite.data;

import dev.neurite.data.augment.Augmentations;
import dev.neurite.data.augment.Augmenter;
import dev.neurite.loss.Targets;
import dev.neurite.model.RowBuffer;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The reused arrays of one mini-batch.
final class BatchMemory {
    private final int size;
    private final RowBuffer[] inputs; // for each input
    private final BatchTargets[] targets; // for each output
    private final @Nullable BatchWeights weights;
    private final @Nullable Augmenter augmenter;
    private final int augmented; // the input that is changed
    private final int width; // the numbers of its rows
    private final boolean fixed; // all rows have one length
    private final @Nullable Batch[] made = new Batch[2]; // views of these arrays: a full batch, and a shorter last one

    private final int shards; // of all data, of which `data` may be one
    private final int shard;

    /// @param size the largest number of rows
    /// @param shards row i of `data` is row i·shards + shard of all data, by which it is augmented
    BatchMemory(Dataset data, int size, Augmentations augmentations, int shards, int shard) {
        this.shards = shards;
        this.shard = shard;
        this.size = size;
        this.inputs =
                data.inputs().stream().map(each -> new RowBuffer(each, size)).toArray(RowBuffer[]::new);
        this.targets = data.targetsByOutput().stream()
                .map(each -> new BatchTargets(each, size))
                .toArray(BatchTargets[]::new);
        this.weights = data.isWeighted() ? new BatchWeights(data, size) : null;
        this.augmented = augmentations.isEmpty() ? 0 : Batches.augmented(data, augmentations);
        this.width = augmentations.isEmpty() ? 0 : shape(data, augmented).size();
        this.augmenter = augmentations.isEmpty() ? null : new Augmenter(augmentations, shape(data, augmented), size);
        this.fixed = data.hasOneLength()
                && data.targetsByOutput().stream()
                        .allMatch(each -> each.targetShape().isKnown());
    }

    private static Shape shape(Dataset data, int input) {
        return data.inputs().get(input).inputShape();
    }

    /// @param index its number in the epoch
    /// @param order the row numbers of the data set in the order of the epoch
    Batch fill(int index, int[] order, long seed, int epoch) {
        int from = Math.min(order.length, index * size);
        int rows = Math.min(size, order.length - from);
        for (RowBuffer each : inputs) each.read(order, from, rows);
        for (BatchTargets each : targets) each.read(order, from, rows);
        if (weights != null) weights.read(order, from, rows);
        if (augmenter != null) augment(augmenter, index, order, from, rows, seed, epoch);
        return view(rows);
    }

    private void augment(Augmenter by, int index, int[] order, int from, int rows, long seed, int epoch) {
        by.begin(seed, epoch);
        float[] array = inputs[augmented].array();
        for (int i = 0; i < rows; i++) by.change(order[from + i] * shards + shard, array, i * width);
        by.mix(index, rows, array, Stream.of(targets).map(BatchTargets::values).toArray(float[][]::new));
    }

    private Batch view(int rows) {
        if (!fixed) return newView();
        int which = rows == size ? 0 : 1;
        Batch known = made[which];
        if (known == null || known.rows() != rows) {
            known = newView();
            made[which] = known;
        }
        return known;
    }

    private Batch newView() {
        return new Batch(
                Stream.of(inputs).map(RowBuffer::tensor).toList(),
                targets(),
                weights == null ? Tensor.EMPTY : weights.view());
    }

    private Targets targets() {
        if (targets.length == 1) return targets[0].view();
        return new Targets.Many(Stream.of(targets).map(BatchTargets::view).toList());
    }

    /// The reused weights of the rows of a batch, or of their positions.
    private static final class BatchWeights {
        private final Dataset data;
        private final Shape shape; // of a row
        private float[] array = {};
        private int count;
        private int steps = 1; // of an open axis

        BatchWeights(Dataset data, int size) {
            this.data = data;
            this.shape = data.weighsPositions() ? TargetRow.shape(data) : Shape.SCALAR;
            if (shape.isKnown()) array = new float[Math.multiplyExact(size, shape.size())];
        }

        void read(int[] order, int from, int rows) {
            count = rows;
            if (!shape.isKnown()) steps = RowBuffer.longest(data::targetLength, order, from, rows);
            int each = shape.withOpen(steps).size();
            if (array.length < Math.multiplyExact(rows, each)) array = new float[rows * each];
            for (int i = 0; i < rows; i++) data.readWeights(order[from + i], array, i * each);
        }

        Tensor view() {
            return Tensor.view(shape.withOpen(steps).forRows(count), array, 0);
        }
    }
}
