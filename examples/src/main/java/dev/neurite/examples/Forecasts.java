package dev.neurite.examples;

import static dev.neurite.loss.Losses.meanSquaredError;

import dev.neurite.data.series.ForecastErrors;
import dev.neurite.data.series.NaiveForecast;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.series.SeriesParts;
import dev.neurite.data.series.SeriesSplit;
import dev.neurite.data.series.SeriesTable;
import dev.neurite.data.series.SeriesWindow;
import dev.neurite.data.series.SeriesWindows;
import dev.neurite.data.series.TimeSeries;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Table;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.network.LinearForecaster;
import dev.neurite.predict.Forecaster;
import dev.neurite.predict.Prediction;
import dev.neurite.train.Run;
import dev.neurite.train.TargetScaler;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// A time series: a linear model of its past learns to forecast the next 24 hours of a town's demand for
/// electricity, and is compared with repeating the last week.
public final class Forecasts {
    private Forecasts() {}

    /// Runs the example.
    /// @param args the CSV file; `examples/data/demand.csv` by default
    public static void main(String[] args) throws IOException {
        run(System.out, Path.of(args.length > 0 ? args[0] : "examples/data/demand.csv"));
    }

    static void run(PrintStream out, Path csv) throws IOException {
        // region read
        Table rows = Csv.read(csv, ReadOptions.USUAL);
        SeriesTable table = SeriesTable.of(rows, SeriesColumns.of("demand").withTime("time"));
        SeriesParts parts = table.split(0.2); //                            the newest fifth for testing
        Preprocessing inputs = Preprocessing.fit(parts.train(), table.settings());
        SeriesSplit windows = parts.windows(inputs, SeriesWindow.of(504, 24)); // 3 weeks in, 1 day out
        out.println(inputs.inputNames());
        // endregion
        // region train
        Model model = new LinearForecaster().model(windows.train());
        TargetScaler scaler = TargetScaler.of(windows.train());
        Run scaled = Trainer.of(model)
                .loss(meanSquaredError())
                .epochs(20)
                .fit(scaler.apply(windows.train()), scaler.apply(windows.test()));
        Run run = scaler.undo(scaled, windows.train()); //                  forecasts in MW
        // endregion
        // region compare
        NaiveForecast naive = NaiveForecast.best(windows.train(), table.seasons());
        int season = naive.season();
        ForecastErrors own = ForecastErrors.of(run.model().predict(windows.test()), windows.test(), season);
        ForecastErrors repeated = ForecastErrors.of(naive.of(windows.test()), windows.test(), season);
        out.printf(Locale.ROOT, "linear model      MAE %.1f   RMSE %.1f%n", own.mae(), own.rmse());
        out.printf(Locale.ROOT, "%d hours before  MAE %.1f   RMSE %.1f%n", season, repeated.mae(), repeated.rmse());
        // endregion
        Path file = Files.createTempFile("demand", ".safetensors");
        try {
            forecast(out, run, file, rows);
        } finally {
            Files.delete(file);
        }
        arrays(out);
    }

    private static void forecast(PrintStream out, Run run, Path file, Table rows) {
        // region forecast
        ModelFile.save(run, file);
        Forecaster forecaster = Forecaster.load(file);
        Prediction.Forecast next = forecaster.forecast(rows).getFirst(); // after the last row
        out.println(next.times().orElseThrow().getFirst() + " "
                + Math.round(next.values().getFirst()));
        // endregion
    }

    private static void arrays(PrintStream out) {
        float[][] north = new float[60][2];
        float[][] south = new float[40][2];
        // region arrays
        TimeSeries shops = TimeSeries.of(List.of(north, south), 0); //      [steps][columns] each; column 0 is forecast
        SeriesWindows rows = SeriesWindows.of(shops, SeriesWindow.of(14, 7).withStride(2));
        SeriesSplit split = rows.split(0.2, 0.2); //                        train, validation and test
        // endregion
        out.println(rows.size() + " windows, " + split.train().size() + " to train on");
    }
}
