package dev.neurite.data;

/// The targets of one output of a joint data set, at the rows of a data set that is derived from it.
final class DerivedTargets implements DerivedDataset {
    private final DerivedDataset rows;
    private final Dataset targets;

    /// @param targets with a row for each of the rows' source
    DerivedTargets(DerivedDataset rows, Dataset targets) {
        this.rows = rows;
        this.targets = targets;
    }

    @Override
    public Dataset source() {
        return targets;
    }

    @Override
    public int sourceRow(int row) {
        return rows.sourceRow(row);
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public String toString() {
        return describe();
    }
}
