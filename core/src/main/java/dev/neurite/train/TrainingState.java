package dev.neurite.train;

import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The state of a training between two steps. [Trainer#resume] continues from it, with the bits of an
/// uninterrupted training.
///
/// It shares arrays with its training: write or read it before the next step.
/// @param settings the settings and data that the result depends on, by name
/// @param memory parameters, optimizer, schedule, the position in the epoch, callbacks
public record TrainingState(Map<String, String> settings, Snapshot memory) {
    /// Copies the settings.
    public TrainingState {
        settings = new LinkedHashMap<>(settings);
    }

    /// Refuses to resume with other settings.
    /// @param now the settings of the training that is to resume
    /// @throws ConfigException naming each setting that differs
    void require(Map<String, String> now) {
        List<String> differences = differences(now);
        if (differences.isEmpty()) return;
        throw new ConfigException(
                "resume",
                "expects the settings and data of the training that it continues, got others: "
                        + String.join(", ", differences),
                "Use the same, or begin a new training with Trainer.of(model)");
    }

    /// The name of each setting that differs, its value here, and the one now.
    List<String> differences(Map<String, String> now) {
        Set<String> names = new LinkedHashSet<>(settings.keySet());
        names.addAll(now.keySet());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            String before = settings.getOrDefault(name, "none");
            String after = now.getOrDefault(name, "none");
            if (!before.equals(after)) differences.add(name + " " + before + " (now " + after + ")");
        }
        return differences;
    }
}
