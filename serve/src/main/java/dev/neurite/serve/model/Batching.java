package dev.neurite.serve.model;

import java.util.function.BiPredicate;
import java.util.function.ToIntFunction;

/// Which items of a queue are computed together.
/// @param settings how many
/// @param rows of an item: 1 of a row or text, several of tensors
/// @param tokens of an item, estimated; 0 for what has none
/// @param together whether two items may be computed together
/// @param sizes whether requests are left for the next batch until the rows are at most a power of two, for models
/// that prepare for each number: fewer numbers then come, but a request is not divided for that
record Batching<T>(
        BatchSettings settings,
        ToIntFunction<T> rows,
        ToIntFunction<T> tokens,
        BiPredicate<T, T> together,
        boolean sizes) {
    private static final int CHARACTERS = 4; // of a token, about; special tokens come on top
    private static final int SPECIAL = 2;

    /// Items of one row each, which may all be computed together.
    static <T> Batching<T> ofRows(BatchSettings settings) {
        return new Batching<>(settings, _ -> 1, _ -> 0, (_, _) -> true, false);
    }

    /// Texts, of which the tokens count, too.
    /// @param characters of an item
    static <T> Batching<T> ofTexts(BatchSettings settings, ToIntFunction<T> characters) {
        return new Batching<>(
                settings, _ -> 1, item -> characters.applyAsInt(item) / CHARACTERS + SPECIAL, (_, _) -> true, false);
    }
}
