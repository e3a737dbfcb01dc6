package dev.neurite.data;

import dev.neurite.error.ConfigException;

/// Data to learn from, data to choose by, as early stopping and searches do, and data to test with,
/// which nothing was chosen by.
public record Partition(Dataset train, Dataset validation, Dataset test) {
    /// Parts a data set in three, the same way for the same seed. Class labels keep their proportions in
    /// all parts, as in [Split#of].
    /// @param validationShare the share of all rows to choose by, above 0
    /// @param testShare the share of all rows to test with, above 0; both together are below 1
    /// @throws ConfigException for other shares, or below 3 rows
    public static Partition of(Dataset data, double validationShare, double testShare, long seed) {
        if (!(validationShare > 0 && testShare > 0 && validationShare + testShare < 1)) {
            throw new ConfigException(
                    "validation and test share",
                    "expects numbers above 0 and below 1 in all, got " + validationShare + " and " + testShare);
        }
        if (data.size() < 3) throw new ConfigException("partition", "expects at least 3 rows, got " + data.size());
        // What is left for the others has 2 rows, however large the test share is.
        double largest = 1 - 2.0 / data.size();
        Split outer = Split.of(data, Math.min(testShare, largest), seed);
        Split inner = Split.of(outer.train(), validationShare / (1 - testShare), seed + 1);
        return new Partition(inner.train(), inner.test(), outer.test());
    }
}
