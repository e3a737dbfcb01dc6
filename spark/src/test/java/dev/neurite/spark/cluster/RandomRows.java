package dev.neurite.spark.cluster;

import dev.neurite.data.Dataset;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;

/// Rows for steps that are measured.
public final class RandomRows {
    private RandomRows() {}

    /// Rows that fit a model of ten classes.
    public static Dataset of(Model model, int rows) {
        Shape shape = model.network().inputs().getFirst();
        var random = new KeyedRandom(1);
        float[][] inputs = new float[rows][shape.size()];
        for (float[] row : inputs) for (int i = 0; i < row.length; i++) row[i] = (float) random.nextGaussian();
        int[] labels = new int[rows];
        for (int i = 0; i < rows; i++) labels[i] = random.below(10);
        return Dataset.of(inputs, labels).withInputShape(shape);
    }
}
