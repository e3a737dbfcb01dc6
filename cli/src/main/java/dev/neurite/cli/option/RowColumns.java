package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Columns of a table that are not inputs: row weights, groups and time.
/// @param weight the column of row weights in the training loss
/// @param group the column of groups: rows with the same value stay in one part
/// @param order the column to sort by before splitting: the last rows become the test part
public record RowColumns(Optional<String> weight, Optional<String> group, Optional<String> order) {
    public static final String WEIGHT = "--weight";
    static final String GROUP = "--group-by";
    public static final String ORDER = "--order-by";

    /// Checks the columns.
    /// @throws ConfigException for both groups and order
    public RowColumns {
        if (group.isPresent() && order.isPresent()) {
            throw new ConfigException(
                    ORDER, "expects no " + GROUP + ", as rows are split either by group or by order, got both");
        }
    }

    /// An option and the column that it names.
    public record Named(String option, String column) {}

    /// The columns that are set.
    public List<Named> all() {
        return Stream.of(
                        weight.map(each -> new Named(WEIGHT, each)),
                        group.map(each -> new Named(GROUP, each)),
                        order.map(each -> new Named(ORDER, each)))
                .flatMap(Optional::stream)
                .toList();
    }
}
