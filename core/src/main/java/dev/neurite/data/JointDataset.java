package dev.neurite.data;

import dev.neurite.error.DataException;
import java.util.List;
import java.util.stream.Stream;

/// The rows and weights of one data set with its answers and those of others.
final class JointDataset implements DerivedDataset {
    private final Dataset first;
    private final List<Dataset> answers;

    JointDataset(Dataset first, Dataset... others) {
        for (Dataset other : others) {
            if (other.size() != first.size()) {
                throw new DataException(
                        "joint data", "expects as many rows in each, " + first.size() + ", got " + other.size());
            }
        }
        this.first = first;
        this.answers = Stream.concat(Stream.of(first), Stream.of(others))
                .flatMap(each -> each.answers().stream())
                .toList();
    }

    @Override
    public Dataset source() {
        return first;
    }

    @Override
    public List<Dataset> answers() {
        return answers;
    }
}
