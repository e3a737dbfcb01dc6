package dev.neurite.data;

import dev.neurite.error.DataException;
import dev.neurite.model.RowOrigin;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Optional;

/// Inputs from anywhere, with the targets and weights of a data set.
final class PairedDataset implements DerivedDataset {
    private final RowSource inputs;
    private final Dataset targets;

    PairedDataset(RowSource inputs, Dataset targets) {
        if (inputs.size() != targets.size()) {
            throw new DataException(
                    "targets", "expects one per row of input, " + inputs.size() + ", got " + targets.size());
        }
        this.inputs = inputs;
        this.targets = targets;
    }

    @Override
    public Dataset source() {
        return targets;
    }

    @Override
    public Shape inputShape() {
        return inputs.inputShape();
    }

    @Override
    public int length(int row) {
        return inputs.length(row);
    }

    @Override
    public float padding() {
        return inputs.padding();
    }

    @Override
    public int vocabulary() {
        return inputs.vocabulary();
    }

    @Override
    public Optional<RowOrigin> origin() {
        return inputs.origin();
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        inputs.readInput(row, array, at);
    }

    /// Other inputs may not have the past of the targets.
    @Override
    public List<Past> past() {
        boolean same = inputs instanceof Dataset data && data.past().equals(targets.past());
        return same ? targets.past() : List.of();
    }

    @Override
    public List<RowSource> inputs() {
        return inputs.inputs();
    }

    @Override
    public boolean isPrepared() {
        return inputs.inputs().stream().allMatch(each -> each instanceof Dataset data && data.isPrepared());
    }

    @Override
    public boolean isMapped() {
        return targets.isMapped() || (inputs instanceof Dataset data && data.isMapped());
    }

    @Override
    public String toString() {
        return describe();
    }
}
