package dev.neurite.data;

import dev.neurite.error.ConfigException;
import java.util.Optional;

/// Data to learn from, to watch the training with, and to test the result with.
/// @param train to learn from
/// @param validation to measure on while training; empty where the test data serves
/// @param test to measure on at the end
public record DataParts(Dataset train, Optional<Dataset> validation, Dataset test) {
    /// The parts of a split, without validation data.
    public static DataParts of(DataSplit split) {
        return new DataParts(split.train(), Optional.empty(), split.test());
    }

    /// The parts of a split, with some of the training rows to validate with; class labels keep their proportions.
    /// @param validationShare of the training rows, above 0 and below 1
    public static DataParts of(DataSplit split, double validationShare, long seed) {
        DataSplit train = DataSplit.of(split.train(), validationShare, seed);
        return new DataParts(train.train(), Optional.of(train.test()), split.test());
    }

    /// Splits a data set in three, the same way for the same seed. Class labels keep their proportions in
    /// all parts, as in [DataSplit#of].
    /// @param validationShare the share of all rows to choose by, above 0
    /// @param testShare the share of all rows to test with, above 0; both together are below 1
    /// @throws ConfigException for other shares, or below 3 rows
    public static DataParts of(Dataset data, double validationShare, double testShare, long seed) {
        if (!(validationShare > 0 && testShare > 0 && validationShare + testShare < 1)) {
            throw new ConfigException(
                    "validation and test share",
                    "expects numbers above 0 and below 1 in all, got " + validationShare + " and " + testShare);
        }
        if (data.size() < 3) throw new ConfigException("parts", "expects at least 3 rows, got " + data.size());
        // What is left for the others has 2 rows, however large the test share is.
        double largest = 1 - 2.0 / data.size();
        DataSplit outer = DataSplit.of(data, Math.min(testShare, largest), seed);
        DataSplit inner = DataSplit.of(outer.train(), validationShare / (1 - testShare), seed + 1);
        return new DataParts(inner.train(), Optional.of(inner.test()), outer.test());
    }

    /// What to measure on while training: the validation data, or else the test data.
    public Dataset watched() {
        return validation.orElse(test);
    }
}
