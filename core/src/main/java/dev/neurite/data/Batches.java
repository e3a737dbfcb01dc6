package dev.neurite.data;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.loss.Targets;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A data set cut into mini-batches, in its own order or in one that a seed and the epoch decide. The last
/// batch of an epoch may be shorter.
public final class Batches {
    private final Dataset data;
    private final int size;
    private final float[] inputs;
    private final float[] weights;
    private final Answers[] answers; // for each output
    private final @Nullable Batch[] made = new Batch[2]; // views of these arrays: a whole batch, and the last one
    private int[] order;

    /// Cuts a data set.
    /// @param size rows a batch, at least 1
    /// @throws ConfigException for a size below 1
    /// @throws DataException for data without rows, or with a weight below 0, infinite or NaN
    public Batches(Dataset data, int size) {
        if (size < 1) throw new ConfigException("batch size", "expects at least 1 row, got " + size);
        if (data.size() == 0) throw new DataException("data", "expects at least one row, got none");
        this.data = data;
        this.size = Math.min(size, data.size());
        this.inputs = new float[Math.multiplyExact(this.size, data.inputShape().size())];
        this.weights = new float[data.isWeighted() ? this.size : 0];
        for (int row = 0; row < data.size() && data.isWeighted(); row++) {
            Batch.checkWeight("weights", row, data.weight(row));
        }
        this.answers = data.answers().stream()
                .map(each -> new Answers(each, this.size))
                .toArray(Answers[]::new);
        this.order = IntStream.range(0, data.size()).toArray();
    }

    /// Puts the rows in the order of this epoch: the same for the same seed and epoch, wherever and however
    /// often asked.
    public void shuffle(long seed, int epoch) {
        order = Shuffle.permutation(data.size(), seed, epoch);
    }

    /// The number of batches.
    public int count() {
        return Math.ceilDiv(data.size(), size);
    }

    /// One batch, from 0. It shares its memory with the next one that is asked for.
    /// @throws IndexOutOfBoundsException outside 0 to [#count()] − 1
    public Batch batch(int index) {
        Objects.checkIndex(index, count());
        int from = index * size;
        int rows = Math.min(size, data.size() - from);
        read(from, rows);
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

    private void read(int from, int rows) {
        int width = inputs.length / size;
        for (int i = 0; i < rows; i++) {
            int row = order[from + i];
            data.readInput(row, inputs, i * width);
            if (weights.length > 0) weights[i] = data.weight(row);
            for (Answers each : answers) each.read(row, i);
        }
    }

    private Targets targets(int rows) {
        if (answers.length == 1) return answers[0].view(rows);
        return new Targets.Many(Stream.of(answers).map(each -> each.view(rows)).toList());
    }
}
