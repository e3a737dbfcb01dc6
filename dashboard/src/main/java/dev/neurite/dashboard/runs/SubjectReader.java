package dev.neurite.dashboard.runs;

import dev.neurite.dashboard.view.Subject;
import java.nio.file.Path;

/// Reads a model of a run, and the data that it can be looked at on.
@FunctionalInterface
public interface SubjectReader {
    /// Reads a model file, `model.safetensors` of a run or one of its checkpoints.
    /// @throws dev.neurite.error.NeuriteException if model or data cannot be read
    Subject read(Path modelFile);
}
