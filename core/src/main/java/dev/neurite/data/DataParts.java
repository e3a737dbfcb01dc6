package dev.neurite.data;

import dev.neurite.error.ConfigException;
import java.util.Optional;

/// Training, validation and test data.
/// @param validation measured during the training; if empty, the test data is
/// @param test measured after the training
public record DataParts(Dataset train, Optional<Dataset> validation, Dataset test) {
    /// The parts of a split, without validation data.
    public static DataParts of(DataSplit split) {
        return new DataParts(split.train(), Optional.empty(), split.test());
    }

    /// Splits validation rows off the training part of a split; classes keep their proportions.
    /// @param validationShare the share of the training rows, above 0 and below 1
    public static DataParts of(DataSplit split, double validationShare, long seed) {
        DataSplit train = DataSplit.of(split.train(), validationShare, seed);
        return new DataParts(train.train(), Optional.of(train.test()), split.test());
    }

    /// Splits a data set in three, the same way for the same seed. Classes keep their proportions in
    /// all parts, as in [DataSplit#of].
    /// @param validationShare the share of all rows for validation, above 0
    /// @param testShare the share of all rows for testing, above 0; the sum of both is below 1
    /// @throws ConfigException for other shares, or fewer than 3 rows
    public static DataParts of(Dataset data, double validationShare, double testShare, long seed) {
        if (!(validationShare > 0 && testShare > 0 && validationShare + testShare < 1)) {
            throw new ConfigException(
                    "validation and test share",
                    "expects numbers above 0 and below 1 in all, got " + validationShare + " and " + testShare);
        }
        if (data.size() < 3) throw new ConfigException("parts", "expects at least 3 rows, got " + data.size());
        // At least 2 rows are left for training and validation.
        double largest = 1 - 2.0 / data.size();
        DataSplit outer = DataSplit.of(data, Math.min(testShare, largest), seed);
        DataSplit inner = DataSplit.of(outer.train(), validationShare / (1 - testShare), seed + 1);
        return new DataParts(inner.train(), Optional.of(inner.test()), outer.test());
    }

    /// The data that is measured during the training: the validation data, or else the test data.
    public Dataset watched() {
        return validation.orElse(test);
    }
}
