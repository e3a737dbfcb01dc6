package dev.neurite.dashboard;

import dev.neurite.dashboard.runs.DirectoryRun;
import dev.neurite.data.Dataset;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Criterion;
import java.nio.file.Path;
import java.util.Optional;

/// Where a [Dashboard] gets the models and data of finished runs from: it shows errors and makes
/// predictions with them.
@FunctionalInterface
public interface RunSource {
    /// A model, and the data that it can be evaluated on.
    /// @param model the model with its notes and preprocessing
    /// @param part the name of the data: `test`, `val`
    /// @param data the rows; empty if they are not known, then there are no errors to show
    /// @param loss what training minimized; empty if it is not known
    record Content(ModelFile model, String part, Optional<Dataset> data, Optional<Criterion> loss) {}

    /// Reads a model. Several threads may call this, for different runs at the same time.
    /// @param modelFile a run's `model.safetensors`, or one of its checkpoints
    /// @throws dev.neurite.error.NeuriteException if it cannot be read; the page shows the message
    Content read(Path modelFile);

    /// Reads models without data.
    static RunSource modelsOnly() {
        return file -> {
            ModelFile model = ModelFile.read(file, Catalog.standard());
            return new Content(model, "", Optional.empty(), DirectoryRun.criterion(model));
        };
    }
}
