package dev.neurite.data;

import dev.neurite.model.RowOrigin;
import java.util.Optional;

/// Another data set that says what its inputs were made of.
/// @param known what they were made of
record OriginDataset(Dataset source, RowOrigin known) implements DerivedDataset {
    @Override
    public Optional<RowOrigin> origin() {
        return Optional.of(known);
    }

    @Override
    public String toString() {
        return describe();
    }
}
