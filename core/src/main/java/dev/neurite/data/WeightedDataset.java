package dev.neurite.data;

import dev.neurite.error.DataException;

/// Another data set with weights of its rows.
final class WeightedDataset implements DerivedDataset {
    private final Dataset source;
    private final float[] weights;

    WeightedDataset(Dataset source, float[] weights) {
        if (weights.length != source.size()) {
            throw new DataException(
                    "weights", "expects one for each of " + source.size() + " rows, got " + weights.length);
        }
        for (int row = 0; row < weights.length; row++) Batch.checkWeight("weights", row, weights[row]);
        this.source = source;
        this.weights = weights;
    }

    @Override
    public Dataset source() {
        return source;
    }

    @Override
    public boolean isWeighted() {
        return true;
    }

    @Override
    public boolean weighsPositions() {
        return false;
    }

    @Override
    public float weight(int row) {
        return weights[row];
    }

    @Override
    public String toString() {
        return describe();
    }
}
