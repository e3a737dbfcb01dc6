package dev.neurite.data;

import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/// A data set with one-hot targets instead of class labels: 1 for the class, 0 for the others. Target
/// values are unchanged.
final class OneHotDataset implements DerivedDataset {
    private final Dataset source;
    private final int classes; // 0 where targets are values

    /// @throws dev.neurite.error.DataException for a label out of range
    OneHotDataset(Dataset source) {
        this.source = source;
        this.classes = source.classNames().size();
        if (source.isLabeled()) ArrayDataset.checkLabels(source.size(), source::label, classes);
    }

    @Override
    public Dataset source() {
        return source;
    }

    @Override
    public List<String> classNames() {
        return List.of();
    }

    @Override
    public Shape targetShape() {
        return source.isLabeled() ? Shape.of(classes) : source.targetShape();
    }

    @Override
    public int label(int row) {
        throw new UnsupportedOperationException("this data set has values, not class labels");
    }

    @Override
    public void readTarget(int row, float[] array, int at) {
        if (!source.isLabeled()) {
            source.readTarget(row, array, at);
            return;
        }
        Arrays.fill(array, at, at + classes, 0);
        array[at + source.label(row)] = 1;
    }

    @Override
    public List<Dataset> targetsByOutput() {
        List<Dataset> all = source.targetsByOutput();
        if (all.size() == 1) return List.of(this);
        return all.stream().map(each -> (Dataset) new OneHotDataset(each)).toList();
    }

    @Override
    public String toString() {
        return describe();
    }
}
