package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The columns of a table that say something about a row and are no inputs.
/// @param weight how much the row counts in the loss of the training
/// @param group which rows no split tears apart
/// @param order what rows are split by, the last ones for testing
public record RowColumns(Optional<String> weight, Optional<String> group, Optional<String> order) {
    public static final String WEIGHT = "--weight";
    static final String GROUP = "--group-by";
    public static final String ORDER = "--order-by";

    /// Refuses two ways to split.
    /// @throws ConfigException if both are wanted
    public RowColumns {
        if (group.isPresent() && order.isPresent()) {
            throw new ConfigException(ORDER, "expects to stand without " + GROUP + ": rows are split in one way");
        }
    }

    /// An option and the column that it names.
    public record Named(String option, String column) {}

    /// The columns that were named.
    public List<Named> all() {
        return Stream.of(
                        weight.map(each -> new Named(WEIGHT, each)),
                        group.map(each -> new Named(GROUP, each)),
                        order.map(each -> new Named(ORDER, each)))
                .flatMap(Optional::stream)
                .toList();
    }
}
