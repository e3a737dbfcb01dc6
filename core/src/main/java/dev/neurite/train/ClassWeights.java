package dev.neurite.train;

import dev.neurite.data.Dataset;
import dev.neurite.data.TargetRow;
import dev.neurite.error.ConfigException;

/// Weights of classes for a loss, as of `crossEntropy().withClassWeights(…)`.
public final class ClassWeights {
    private ClassWeights() {}

    /// Weights that compensate for unequal numbers of rows: rows / (classes · rows of the class), as
    /// scikit-learn's `class_weight="balanced"`; 0 for a class without rows. Rows whose label is no
    /// class, which a loss may ignore, do not count. Where there is a label for each position, it counts positions.
    /// @throws ConfigException for data without classes
    public static float[] balanced(Dataset data) {
        if (!data.isLabeled()) {
            throw new ConfigException("class weights", "expects class labels, got target values");
        }
        long[] counts = new long[data.classNames().size()];
        long all = 0;
        var targets = new TargetRow(data);
        for (int row = 0; row < data.size(); row++) {
            targets.read(row);
            for (int i = 0; i < targets.count(); i++) {
                int label = targets.label(i);
                if (label < 0 || label >= counts.length) continue;
                counts[label]++;
                all++;
            }
        }
        float[] weights = new float[counts.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = counts[i] == 0 ? 0 : (float) all / counts.length / counts[i];
        }
        return weights;
    }
}
