package dev.neurite.data;

import dev.neurite.error.DataException;

/// Another data set with weights of the positions of its targets.
final class WeightedPositions implements DerivedDataset {
    private final Dataset source;
    private final float[][] weights;

    WeightedPositions(Dataset source, float[][] weights) {
        if (weights.length != source.size()) {
            throw new DataException(
                    "weights", "expects some for each of " + source.size() + " rows, got " + weights.length);
        }
        if (TargetRow.shape(source).rank() == 0) {
            throw new DataException(
                    "weights",
                    "expects targets for each position of a row, got one target a row",
                    "withWeights(float...) takes a weight for each row");
        }
        this.source = source;
        this.weights = new float[weights.length][];
        for (int row = 0; row < weights.length; row++) {
            int positions = TargetRow.count(source, row);
            if (weights[row].length != positions) {
                throw new DataException(
                        "weights, row " + row, "expects " + positions + " weights, got " + weights[row].length);
            }
            for (float weight : weights[row]) Batch.checkWeight("weights", row, weight);
            this.weights[row] = weights[row].clone();
        }
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
        return true;
    }

    @Override
    public float weight(int row) {
        throw new UnsupportedOperationException("this data set has a weight for each position; use readWeights");
    }

    @Override
    public void readWeights(int row, float[] array, int at) {
        System.arraycopy(weights[row], 0, array, at, weights[row].length);
    }

    @Override
    public String toString() {
        return describe();
    }
}
