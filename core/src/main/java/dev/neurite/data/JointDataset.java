package dev.neurite.data;

import dev.neurite.error.DataException;
import java.util.List;
import java.util.stream.Stream;

/// The inputs and weights of one data set with the targets of several.
final class JointDataset implements DerivedDataset {
    private final Dataset first;
    private final List<Dataset> targets;

    JointDataset(Dataset first, Dataset... others) {
        for (Dataset other : others) {
            if (other.size() != first.size()) {
                throw new DataException(
                        "joint data",
                        "expects the same number of rows in each, " + first.size() + ", got " + other.size());
            }
        }
        this.first = first;
        this.targets = Stream.concat(Stream.of(first), Stream.of(others))
                .flatMap(each -> each.targetsByOutput().stream())
                .toList();
    }

    @Override
    public Dataset source() {
        return first;
    }

    @Override
    public List<Dataset> targetsByOutput() {
        return targets;
    }

    @Override
    public String toString() {
        return describe();
    }
}
