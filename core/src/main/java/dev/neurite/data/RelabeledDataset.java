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
        var targets = new TargetRow(source);
        for (int row = 0; row < source.size(); row++) {
            targets.read(row);
            for (int i = 0; i < targets.count(); i++) {
                int label = targets.label(i);
                if (label < 0 || label >= labels.length || labels[label] >= 0)
                    continue; // a label out of range: there is none
                throw new DataException(
                        "row " + row,
                        "expects one of the classes " + Spelling.listedTexts(classNames) + ", got '" + names.get(label)
                                + "'");
            }
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
        return relabeled(source.label(row));
    }

    @Override
    public void readLabels(int row, int[] array, int at) {
        source.readLabels(row, array, at);
        for (int i = at, end = at + TargetRow.count(source, row); i < end; i++) array[i] = relabeled(array[i]);
    }

    private int relabeled(int label) {
        return label >= 0 && label < labels.length ? labels[label] : label;
    }

    @Override
    public List<Dataset> targetsByOutput() {
        return List.of(this);
    }

    @Override
    public String toString() {
        return describe();
    }
}
