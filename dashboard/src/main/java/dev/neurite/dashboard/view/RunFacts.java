package dev.neurite.dashboard.view;

import dev.neurite.signature.Input;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// What does not change during a training.
/// @param name its name
/// @param data its data
/// @param config its settings by path, `optimizer.rate`
/// @param environment versions and machine
/// @param command the command that trains the same again; empty if there is none
public record RunFacts(
        String name, Data data, Map<String, String> config, Map<String, Object> environment, String command) {
    /// The data of a training.
    /// @param name what the user called it
    /// @param rows the number of training rows; empty if it is not known
    /// @param validationName the data that is evaluated after each epoch: `val`, `test`
    /// @param validationRows the number of its rows; empty if it is not known
    /// @param inputShape the shape of one row of inputs; empty if it is not known
    /// @param classes the names of the classes; empty for values
    /// @param kind `image`, `table`, `points`, `text`, `series`, `steps`, `several` or `other`
    /// @param hash the SHA-256 of the training rows; empty if it is not known
    public record Data(
            String name,
            OptionalInt rows,
            String validationName,
            OptionalInt validationRows,
            List<Integer> inputShape,
            List<String> classes,
            String kind,
            Optional<String> hash) {}

    /// The kind of data that a model takes: that of its only input, `several` of several.
    public static String kind(Subject subject) {
        if (subject.inputs().size() > 1) return "several";
        NamedInput only = subject.inputs().getFirst();
        if (only.images().isPresent()) return "image";
        return switch (only.input()) {
            case Input.Columns _ -> "table";
            case Input.Steps _ -> "steps";
            case Input.Series _ -> "series";
            case Input.Text _ -> "text";
            case Input.Image _ -> "image";
            case Input.Numbers _ -> {
                int names = only.numberNames().size();
                yield names == 0 ? "other" : names == 2 ? "points" : "table";
            }
        };
    }
}
