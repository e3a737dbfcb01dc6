package dev.neurite.data;

/// Data to learn from and data to test with.
public record Split(Dataset train, Dataset test) {
    /// Parts a data set in two, the same way for the same seed. Class labels keep their proportions in both
    /// parts, as do rows that lack one.
    /// @param testShare the share of rows to test with, above 0 and below 1; each part gets at least one row
    public static Split of(Dataset data, double testShare, long seed) {
        int classes = data.classNames().size();
        RowSplit parts = RowSplit.of(
                data.size(),
                row -> {
                    int label = data.isLabeled() ? data.label(row) : classes;
                    return label >= 0 && label < classes ? label : classes; // the last: without a class
                },
                classes + 1,
                testShare,
                seed);
        return new Split(
                data.rows(parts.train().toArray()), data.rows(parts.test().toArray()));
    }
}
