package dev.neurite.data;

import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import java.util.List;

/// A data set with the labels of another list of classes, matched by name.
final class RelabeledDataset implements DerivedDataset {
    private final Dataset source;
    private final List<String> classNames;
    private final int[] labels; // by the source's labels; −1 for classes without rows

    private RelabeledDataset(Dataset source, List<String> classNames, int[] labels) {
        this.source = source;
        this.classNames = classNames;
        this.labels = labels;
    }

    /// Returns the source itself if its classes are already these.
    static Dataset of(Dataset source, List<String> classNames) {
        List<String> names = source.classNames();
        if (!source.isLabeled()) throw new DataException("classes", "expects data with classes, got values");
        if (names.equals(classNames)) return source;
        int[] labels = names.stream().mapToInt(classNames::indexOf).toArray();
        for (int row = 0; row < source.size(); row++) {
            int label = source.label(row);
            if (label < 0 || label >= labels.length || labels[label] >= 0)
                continue; // a label out of range: the row has none
            throw new DataException(
                    "row " + row,
                    "expects one of the classes " + Spelling.listed(classNames) + ", got '" + names.get(label) + "'");
        }
        return new RelabeledDataset(source, List.copyOf(classNames), labels);
    }

    @Override
    public Dataset source() {
        return source;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public int label(int row) {
        int label = source.label(row);
        return label >= 0 && label < labels.length ? labels[label] : label;
    }

    @Override
    public List<Dataset> targetsByOutput() {
        return List.of(this);
    }
}
