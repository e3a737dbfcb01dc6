package dev.neurite.train;

import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// All that a training is between two steps: what [Trainer#resume] needs to go on, to the bit, as if it had never
/// ended.
///
/// It shares arrays with the training that it is of, so it has to be written or read before the next step.
/// @param settings what the result depends on, by name: trainer and data
/// @param memory parameters, optimizer, schedule, the position in the epoch, callbacks
public record TrainingState(Map<String, String> settings, Snapshot memory) {
    /// Keeps a copy of the settings.
    public TrainingState {
        settings = new LinkedHashMap<>(settings);
    }

    /// Refuses to go on with other settings.
    /// @param now those of the training that is to go on
    /// @throws ConfigException naming each that differs
    void require(Map<String, String> now) {
        Set<String> names = new LinkedHashSet<>(settings.keySet());
        names.addAll(now.keySet());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            String before = settings.getOrDefault(name, "none");
            String after = now.getOrDefault(name, "none");
            if (!before.equals(after)) differences.add(name + " " + before + " (now " + after + ")");
        }
        if (differences.isEmpty()) return;
        throw new ConfigException(
                "resume",
                "expects the settings and data that the training began with, got others: "
                        + String.join(", ", differences),
                "Use the same, or begin a new training with Trainer.of(model)");
    }
}
