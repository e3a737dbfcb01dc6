package dev.neurite.cli.input;

import dev.neurite.cli.console.Text;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.network.ModelInput;
import dev.neurite.data.StoredRows;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.series.SeriesTable;
import dev.neurite.data.series.SeriesWindow;
import dev.neurite.data.series.SeriesWindows;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.datasets.ReadOptions.Known;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.RowSource;
import dev.neurite.predict.Forecaster;
import dev.neurite.predict.Prediction.Forecast;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Tensor;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Reads tables of time series for a model that forecasts, with the settings of its training.
public final class SeriesEvaluationData {
    static final String STRIDE = "forecast.stride";

    private SeriesEvaluationData() {}

    private static OptionalInt number(LoadedModel model, String note) {
        String text = model.notes().get(note);
        if (text == null) return OptionalInt.empty();
        if (text.matches("[1-9][0-9]{0,8}")) return OptionalInt.of(Integer.parseInt(text));
        throw new ModelFormatException(
                model.file() + ", note '" + note + "'", "expects a number from 1, got '" + text + "'");
    }

    /// Reads series and forecasts what comes after their end.
    /// @param file a path, or `-` for a stream
    /// @param in that stream
    /// @param kernels the threads and kernels to use
    /// @throws DataException if the file is missing, or its columns or rows do not fit
    public static List<Forecast> forecast(
            String file,
            InputStream in,
            LoadedModel model,
            Forecaster forecaster,
            Kernels kernels,
            Consumer<String> notes) {
        String where = file.equals("-") ? "standard input" : file;
        try {
            SeriesTable table = read(file, in, model, forecaster, notes);
            List<Forecast> forecasts = forecaster.forecast(table, kernels);
            for (String each : forecasts.getFirst().warnings()) notes.accept("warning: " + where + ": " + each);
            return forecasts;
        } catch (DataException fault) {
            if (fault.where().contains(where)) throw fault;
            throw new DataException(where + ", " + fault.where(), fault.problem(), fault.hint());
        }
    }

    private static SeriesTable read(
            String file, InputStream in, LoadedModel model, Forecaster forecaster, Consumer<String> notes) {
        ReadOptions options = options(file, model, forecaster.preprocessing(), forecaster.columns(), notes);
        Table rows =
                file.equals("-") ? Csv.read("standard input", in, options) : TableInput.read(Path.of(file), options);
        return SeriesTable.of(rows, forecaster.columns());
    }

    private static ReadOptions options(
            String file, LoadedModel model, Preprocessing inputs, SeriesColumns columns, Consumer<String> notes) {
        ReadOptions options = TableEvaluationData.options(file, model, notes).like(inputs, false);
        for (String each : Stream.concat(columns.time().stream(), columns.series().stream())
                .toList()) {
            options = options.withKnown(new Known(each, Kind.CATEGORICAL, false));
        }
        return options;
    }

    /// Reads the last steps of each series of a file, for a model that says something else than what comes
    /// next.
    static RowSource last(TableInput rows, ModelInput input, Input.Series series, Consumer<String> notes) {
        ReadOptions options = options(rows.where(), input.model(), series.preprocessing(), series.columns(), notes);
        SeriesTable table = SeriesTable.of(rows.read(options), series.columns());
        Tensor last = table.encode(series.preprocessing()).last(input.shape().extent(0));
        return new PredictionInput.Stored(StoredRows.of(last.toArray(), last.rows()), 1, input.shape());
    }

    /// The windows of a file: of the one that the model was trained on those of the test part, of another all.
    static SeriesWindows load(
            String text, Path path, LoadedModel model, Forecaster forecaster, Consumer<String> notes) {
        if (!TableEvaluationData.isTrainedOn(path, model)) {
            SeriesTable table = read(path.toString(), InputStream.nullInputStream(), model, forecaster, notes);
            for (String each : forecaster.warnings(table, table.rows().rows())) {
                notes.accept("warning: " + text + ": " + each);
            }
            return windows(table, model, forecaster);
        }
        SeriesWindows test = testPart(path, model, forecaster, notes);
        notes.accept(Text.format(
                "note: the run was trained on %s, so only its test part is used, %,d windows", text, test.size()));
        return test;
    }

    static SeriesWindows testPart(Path path, LoadedModel model, Forecaster forecaster, Consumer<String> notes) {
        double share = TableEvaluationData.share(model)
                .orElseThrow(() -> new ModelFormatException(
                        model.file().toString(),
                        "expects the note '" + TableEvaluationData.TEST_SHARE + "', got none"));
        SeriesTable table = read(path.toString(), InputStream.nullInputStream(), model, forecaster, notes);
        return windows(table, model, forecaster).split(share).test();
    }

    private static SeriesWindows windows(SeriesTable table, LoadedModel model, Forecaster forecaster) {
        SeriesWindow window =
                forecaster.window().withStride(number(model, STRIDE).orElse(1));
        return table.windows(forecaster.preprocessing(), window);
    }
}
