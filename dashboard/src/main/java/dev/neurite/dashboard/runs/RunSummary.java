package dev.neurite.dashboard.runs;

import dev.neurite.dashboard.view.RunState.Phase;
import dev.neurite.dashboard.view.Tags;
import dev.neurite.dashboard.view.TestScore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A run in one line of a list.
/// @param id its name in addresses
/// @param directory where it is
/// @param phase what it is doing
/// @param data the name of its data
/// @param model the network in a word
/// @param epoch the epoch of its newest line
/// @param epochs the number of all epochs; −1 if it is not known
/// @param step the number of steps taken
/// @param steps the number of all steps; −1 if it is not known
/// @param started when it began, in seconds since 1970; NaN if it is not known
/// @param seconds the time from its first to its newest line, without the pauses in its notes; NaN if it is not known
/// @param metrics the newest figures by name: `val.loss`; at most 64
/// @param config its settings by path; the first 8,000 characters of them
/// @param test its score on the test part; empty if it was not measured
/// @param tags what people have written about it
/// @param damaged what is wrong with files that are shown as if they were not there: `env.json is damaged`
/// @param problem why its files cannot be read; empty if they can
public record RunSummary(
        String id,
        Path directory,
        Phase phase,
        String data,
        String model,
        int epoch,
        int epochs,
        long step,
        long steps,
        double started,
        double seconds,
        Map<String, Double> metrics,
        Map<String, String> config,
        Optional<TestScore> test,
        Tags tags,
        List<String> damaged,
        String problem) {
    /// A run that cannot be read.
    /// @param problem why
    static RunSummary unreadable(String id, Path directory, String problem) {
        return new RunSummary(
                id,
                directory,
                Phase.UNREADABLE,
                "",
                "",
                0,
                -1,
                0,
                -1,
                Double.NaN,
                Double.NaN,
                Map.of(),
                Map.of(),
                Optional.empty(),
                Tags.NONE,
                List.of(),
                problem);
    }

    RunSummary phase(Phase other) {
        return new RunSummary(
                id, directory, other, data, model, epoch, epochs, step, steps, started, seconds, metrics, config, test,
                tags, damaged, problem);
    }
}
