package dev.neurite.cli.command;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.FilesRead;
import dev.neurite.cli.console.Text;
import dev.neurite.cli.input.DataSource;
import dev.neurite.cli.input.RecordedEnvironment;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.cli.run.RunDirectory;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.error.Spelling;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Losses;
import dev.neurite.metric.Metric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows that a model is measured on: those of `--data`, or the test part of its run.
/// @param loaded the model
/// @param source of the rows
/// @param recorded whether it is the one that the model was trained on
record EvaluationRows(LoadedModel loaded, DataSource source, boolean recorded) {
    static final String DATA = "--data";

    /// Finds the rows without loading them.
    /// @param data what `--data` says; null where it is not given
    /// @throws ConfigException for an unknown name, for a model file that names no data, and for a model of several
    /// inputs or outputs of which no training of the command line has noted the data
    /// @throws DataException if the data of the training are not there any more
    static EvaluationRows of(LoadedModel loaded, @Nullable String data) {
        requireOneInput(loaded);
        DataSource source = data != null ? DataSource.of(data) : recordedSource(loaded);
        return new EvaluationRows(loaded, source, data == null);
    }

    private static void requireOneInput(LoadedModel loaded) {
        var signature = loaded.signature();
        boolean one = signature.inputs().size() == 1 && signature.outputs().size() == 1;
        if (one || loaded.data().isPresent()) return;
        throw new ConfigException(
                "evaluate",
                "expects a model of one input and one output, got inputs "
                        + Spelling.listed(List.copyOf(signature.inputs().keySet())) + ", output "
                        + Spelling.listed(List.copyOf(signature.outputs().keySet())),
                "Evaluate it in Java, with Evaluation.of");
    }

    /// The data that the model was trained on, by its note.
    private static DataSource recordedSource(LoadedModel loaded) {
        String noted = loaded.data()
                .orElseThrow(() -> new ConfigException(
                        DATA, "expects a data set, as the model file does not name its own, got none"));
        try {
            return DataSource.of(noted);
        } catch (ConfigException unknown) {
            throw new DataException(
                    noted,
                    "expects the data that the model was trained on, got nothing of that name here",
                    "Name its place with " + DATA);
        }
    }

    /// What is read, the model's file and what is beside it too.
    FilesRead read() {
        List<String> test = recorded ? loaded.testFile().stream().toList() : List.of();
        return FilesRead.of(test)
                .and(source.read())
                .and(List.of(loaded.file()))
                .and(RunDirectory.filesBeside(loaded.file()));
    }

    /// Loads the rows; says so if they have changed since the training.
    Dataset load(Context context) {
        Dataset rows = recorded ? source.testPart(loaded, context::note) : source.load(loaded, context::note);
        if (recorded && RecordedEnvironment.isOfOtherData(loaded.file(), RecordedEnvironment.TEST, rows)) {
            context.note("warning: " + source.text()
                    + " has changed since the training; some of these rows may have been trained on");
        }
        return rows;
    }

    /// The loss of the training, or else the one that fits the rows.
    Loss loss(Dataset rows) {
        return loaded.loss().orElse(rows.isLabeled() ? Losses.crossEntropy() : Losses.meanSquaredError());
    }

    /// The default metrics; none if the outputs of all rows, which they need, take more than a quarter of the heap.
    /// @param option that computes some anyway; null where there is none
    static List<Metric> usualMetrics(Dataset rows, Loss loss, Context context, @Nullable String option) {
        long bytes =
                (long) Float.BYTES * rows.size() * Math.max(1, rows.classNames().size()) * positions(rows);
        if (bytes < Runtime.getRuntime().maxMemory() / 4) return MetricNames.defaults(rows, loss);
        context.note(Text.format(
                "note: only loss and accuracy, as other metrics need the outputs of all rows in memory, %,d MB"
                        + (option == null ? "" : ". " + option + " computes some anyway"),
                bytes >> 20));
        return List.of();
    }

    private static int positions(Dataset rows) {
        return rows.isLabeled() && rows.targetShape().isKnown()
                ? rows.targetShape().size()
                : 1;
    }

    /// The error for rows that do not fit the model: it is given, and the data was chosen for it, so the data is at
    /// fault.
    DataException misfit(ShapeException misfit) {
        return new DataException(source.text(), misfit.problem(), "Use data like the model's training data");
    }
}
