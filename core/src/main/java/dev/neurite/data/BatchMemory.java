package dev.neurite.data;

import dev.neurite.data.augment.Augmentations;
import dev.neurite.data.augment.Augmenter;
import dev.neurite.loss.Targets;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The reused arrays of one mini-batch.
final class BatchMemory {
    private final Dataset data;
    private final int size;
    private final int width;
    private final float[] inputs;
    private final float[] weights;
    private final Shape weightShape; // of a row
    private final BatchTargets[] targets; // for each output
    private final float[][] values; // target values of each output, which mixing changes
    private final Augmenter augmenter;
    private final @Nullable Batch[] made = new Batch[2]; // views of these arrays: a full batch, and a shorter last one

    private final int shards; // of all data, of which `data` may be one
    private final int shard;

    /// @param size the largest number of rows
    /// @param shards row i of `data` is row i·shards + shard of all data, by which it is augmented
    BatchMemory(Dataset data, int size, Augmentations augmentations, int shards, int shard) {
        this.shards = shards;
        this.shard = shard;
        this.data = data;
        this.size = size;
        this.width = data.inputShape().size();
        this.inputs = new float[Math.multiplyExact(size, width)];
        this.weightShape = data.weighsPositions() ? Positions.shape(data) : Shape.SCALAR;
        this.weights = new float[data.isWeighted() ? Math.multiplyExact(size, weightShape.size()) : 0];
        this.targets = data.targetsByOutput().stream()
                .map(each -> new BatchTargets(each, size))
                .toArray(BatchTargets[]::new);
        this.values = Stream.of(targets).map(BatchTargets::values).toArray(float[][]::new);
        this.augmenter = new Augmenter(augmentations, data.inputShape(), size);
    }

    /// Reads a batch.
    /// @param index its number in the epoch
    /// @param order the row numbers of the data set in the order of the epoch
    Batch fill(int index, int[] order, long seed, int epoch) {
        int from = Math.min(order.length, index * size);
        int rows = Math.min(size, order.length - from);
        augmenter.begin(seed, epoch);
        for (int i = 0; i < rows; i++) {
            int row = order[from + i];
            data.readInput(row, inputs, i * width);
            augmenter.change(row * shards + shard, inputs, i * width);
            if (weights.length > 0) data.readWeights(row, weights, i * weightShape.size());
            for (BatchTargets each : targets) each.read(row, i);
        }
        augmenter.mix(index, rows, inputs, values);
        return view(rows);
    }

    private Batch view(int rows) {
        int which = rows == size ? 0 : 1;
        Batch known = made[which];
        if (known == null) {
            Tensor x = Tensor.view(data.inputShape().forRows(rows), inputs, 0);
            Tensor factors = weights.length == 0 ? Tensor.EMPTY : Tensor.view(weightShape.forRows(rows), weights, 0);
            known = new Batch(x, targets(rows), factors);
            made[which] = known;
        }
        return known;
    }

    private Targets targets(int rows) {
        if (targets.length == 1) return targets[0].view(rows);
        return new Targets.Many(Stream.of(targets).map(each -> each.view(rows)).toList());
    }
}
