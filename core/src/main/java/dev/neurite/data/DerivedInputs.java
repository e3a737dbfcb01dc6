package dev.neurite.data;

import dev.neurite.model.RowOrigin;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import java.util.Optional;

/// The rows of one of several inputs, at the rows of a data set that is derived from theirs.
final class DerivedInputs implements RowSource {
    private final DerivedDataset rows;
    private final RowSource input;

    /// @param input with a row for each of the rows' source
    DerivedInputs(DerivedDataset rows, RowSource input) {
        this.rows = rows;
        this.input = input;
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public Shape inputShape() {
        return input.inputShape();
    }

    @Override
    public int length(int row) {
        return input.length(rows.sourceRow(row));
    }

    @Override
    public float padding() {
        return input.padding();
    }

    @Override
    public int vocabulary() {
        return input.vocabulary();
    }

    @Override
    public Optional<RowOrigin> origin() {
        return input.origin();
    }

    @Override
    public void readInput(int row, float[] array, int at) {
        input.readInput(rows.sourceRow(row), array, at);
    }
}
