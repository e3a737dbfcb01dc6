package dev.neurite.model;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/// Rows of several inputs.
final class JointRows implements RowSource {
    private final List<RowSource> inputs;

    JointRows(RowSource... inputs) {
        if (inputs.length == 0) throw new DataException("joint rows", "expects at least one input, got none");
        for (RowSource each : inputs) {
            if (each.size() == inputs[0].size()) continue;
            throw new DataException(
                    "joint rows",
                    "expects the same number of rows in each input, " + inputs[0].size() + ", got " + each.size());
        }
        this.inputs =
                Arrays.stream(inputs).flatMap(each -> each.inputs().stream()).toList();
    }

    @Override
    public int size() {
        return inputs.getFirst().size();
    }

    @Override
    public Shape inputShape() {
        throw several();
    }

    @Override
    public int length(int row) {
        throw several();
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        throw several();
    }

    private ShapeException several() {
        return new ShapeException(
                "data",
                "expects rows of one input here, got " + inputs.size() + " inputs",
                "RowSource.inputs() has each of them");
    }

    @Override
    public List<RowSource> inputs() {
        return inputs;
    }
}
