package dev.neurite.data;

import dev.neurite.data.augment.Augmentations;
import dev.neurite.data.augment.Augmenter;
import dev.neurite.loss.Targets;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Room for one batch, filled again and again.
final class BatchMemory {
    private final Dataset data;
    private final int size;
    private final int width;
    private final float[] inputs;
    private final float[] weights;
    private final BatchTargets[] answers; // for each output
    private final float[][] values; // of each output, to be mixed
    private final Augmenter augmenter;
    private final @Nullable Batch[] made = new Batch[2]; // views of these arrays: a whole batch, and the last one

    /// @param size the most rows that a batch has
    BatchMemory(Dataset data, int size, Augmentations augmentations) {
        this.data = data;
        this.size = size;
        this.width = data.inputShape().size();
        this.inputs = new float[Math.multiplyExact(size, width)];
        this.weights = new float[data.isWeighted() ? size : 0];
        this.answers = data.answers().stream()
                .map(each -> new BatchTargets(each, size))
                .toArray(BatchTargets[]::new);
        this.values = Stream.of(answers).map(BatchTargets::values).toArray(float[][]::new);
        this.augmenter = new Augmenter(augmentations, data.inputShape(), size);
    }

    /// Reads a batch.
    /// @param index its number in the epoch
    /// @param order the rows of the data in the order of the epoch
    Batch fill(int index, int[] order, long seed, int epoch) {
        int from = index * size;
        int rows = Math.min(size, order.length - from);
        augmenter.begin(seed, epoch);
        for (int i = 0; i < rows; i++) {
            int row = order[from + i];
            data.readInput(row, inputs, i * width);
            augmenter.change(row, inputs, i * width);
            if (weights.length > 0) weights[i] = data.weight(row);
            for (BatchTargets each : answers) each.read(row, i);
        }
        augmenter.mix(index, rows, inputs, values);
        return view(rows);
    }

    private Batch view(int rows) {
        int which = rows == size ? 0 : 1;
        Batch known = made[which];
        if (known == null) {
            Tensor x = Tensor.view(data.inputShape().forRows(rows), inputs, 0);
            int weighted = Math.min(rows, weights.length);
            known = new Batch(x, targets(rows), Tensor.view(Shape.of(weighted), weights, 0));
            made[which] = known;
        }
        return known;
    }

    private Targets targets(int rows) {
        if (answers.length == 1) return answers[0].view(rows);
        return new Targets.Many(Stream.of(answers).map(each -> each.view(rows)).toList());
    }
}
