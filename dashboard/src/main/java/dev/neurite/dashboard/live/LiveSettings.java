package dev.neurite.dashboard.live;

import dev.neurite.dashboard.view.RunFacts;
import dev.neurite.data.Dataset;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Criterion;
import dev.neurite.model.Model;
import dev.neurite.signature.Signature;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// What a watched training does not say about itself.
/// @param name its name
/// @param part the name of the data to look at the model on: `val`, `test`
/// @param data that data; empty for the validation data of the training
/// @param test the test part, to look at the result on; empty for the same data as before
/// @param loss what it minimizes; empty if that is not known
/// @param form makes a file of its model and signature, such as one in the units of the data, with notes
/// @param directory the directory of the run, whose logs others write; empty for none
/// @param checkpoints where checkpoints that a page asks for are written; empty to write none
/// @param facts about the run; empty if the training and its directory tell enough
/// @param goesOn ends a pause when it is true, as when the program is to end
public record LiveSettings(
        String name,
        String part,
        Optional<Dataset> data,
        Optional<Dataset> test,
        Optional<Criterion> loss,
        BiFunction<Model, Signature, ModelFile> form,
        Optional<Path> directory,
        Optional<Path> checkpoints,
        Optional<RunFacts> facts,
        BooleanSupplier goesOn) {
    /// A training of which nothing is known.
    public static final LiveSettings USUAL = new LiveSettings(
            "live",
            "val",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            (model, signature) -> new ModelFile(model, Map.of(), signature),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            () -> false);

    public LiveSettings withName(String other) {
        return new LiveSettings(other, part, data, test, loss, form, directory, checkpoints, facts, goesOn);
    }

    /// With other data to look at the model on.
    /// @param other its name
    public LiveSettings withData(String other, Dataset rows) {
        return new LiveSettings(
                name, other, Optional.of(rows), test, loss, form, directory, checkpoints, facts, goesOn);
    }

    /// With the test part, to look at the result on.
    public LiveSettings withTest(Dataset rows) {
        return new LiveSettings(name, part, data, Optional.of(rows), loss, form, directory, checkpoints, facts, goesOn);
    }

    /// With the loss that is minimized.
    public LiveSettings withLoss(Criterion other) {
        return new LiveSettings(
                name, part, data, test, Optional.of(other), form, directory, checkpoints, facts, goesOn);
    }

    public LiveSettings withForm(Function<Model, ModelFile> other) {
        return new LiveSettings(
                name, part, data, test, loss, (model, _) -> other.apply(model), directory, checkpoints, facts, goesOn);
    }

    /// With a directory of the run.
    /// @param validation the name of the validation data in its log
    public LiveSettings withDirectory(Path run, String validation) {
        return new LiveSettings(name, validation, data, test, loss, form, Optional.of(run), checkpoints, facts, goesOn);
    }

    public LiveSettings withCheckpoints(Path place) {
        return new LiveSettings(name, part, data, test, loss, form, directory, Optional.of(place), facts, goesOn);
    }

    /// With another condition that ends a pause.
    public LiveSettings goesOnWhen(BooleanSupplier condition) {
        return new LiveSettings(name, part, data, test, loss, form, directory, checkpoints, facts, condition);
    }
}
