package dev.neurite.data;

import java.util.Optional;

/// Data to learn from, to watch the training with, and to test the result with.
/// @param train to learn from
/// @param validation to measure on while training; empty where the test data serves
/// @param test to measure on at the end
public record Parts(Dataset train, Optional<Dataset> validation, Dataset test) {
    /// The parts of a split, without validation data.
    public static Parts of(Split split) {
        return new Parts(split.train(), Optional.empty(), split.test());
    }

    /// The parts of a split, with some of the training rows to validate with; class labels keep their proportions.
    /// @param validationShare of the training rows, above 0 and below 1
    public static Parts of(Split split, double validationShare, long seed) {
        Split train = Split.of(split.train(), validationShare, seed);
        return new Parts(train.train(), Optional.of(train.test()), split.test());
    }

    /// What to measure on while training: the validation data, or else the test data.
    public Dataset watched() {
        return validation.orElse(test);
    }
}
