package dev.neurite.cli.run;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.input.DataSource;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.dashboard.RunSource;
import dev.neurite.data.Dataset;
import dev.neurite.datasets.TableFiles;
import dev.neurite.error.NeuriteException;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Loss;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/// The models of runs with the test part of the data that they were trained on, for pages.
/// @param notes takes a line where data cannot be read
public record RunContents(Consumer<String> notes) implements RunSource {
    @Override
    public Content read(Path modelFile) {
        LoadedModel loaded = LoadedModel.read(modelFile.toString());
        Optional<Loss> loss = loaded.loss();
        Optional<Criterion> criterion = loss.map(each -> each);
        return new Content(loaded.content(), "test", data(loaded), criterion);
    }

    /// The test part; empty if the model does not name its data, or it is not there any more, or is a query.
    private Optional<Dataset> data(LoadedModel loaded) {
        if (loaded.data().isEmpty()) return Optional.empty();
        String name = loaded.data().get();
        try {
            if (isQuery(name) || loaded.testFile().filter(RunContents::isQuery).isPresent()) {
                notes.accept("note: no errors of " + loaded.file() + " on the page: its data is a query, which the page"
                        + " does not run, as somebody else may have written it. "
                        + Console.commandLine("evaluate", loaded.file().toString()) + " runs it");
                return Optional.empty();
            }
            return Optional.of(DataSource.of(name).testPart(loaded, notes));
        } catch (NeuriteException | InvalidPathException e) { // a name that this system's locale cannot write
            notes.accept("note: no errors of " + loaded.file() + " on the page: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static boolean isQuery(String name) {
        return TableFiles.format(Path.of(name)) == TableFiles.Format.SQL;
    }
}
