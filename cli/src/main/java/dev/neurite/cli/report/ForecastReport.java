package dev.neurite.cli.report;

import dev.neurite.cli.console.Text;
import dev.neurite.data.Dataset;
import dev.neurite.data.series.ForecastErrors;
import dev.neurite.data.series.NaiveForecast;
import dev.neurite.data.series.SeriesWindows;
import dev.neurite.io.ModelFile;
import dev.neurite.model.TextTable;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The errors of a model's forecasts beside those of naive ones for the same windows.
/// @param horizon how many steps are forecast
/// @param windows how many forecasts were compared
/// @param errors by name, the model's first
public record ForecastReport(int horizon, int windows, SequencedMap<String, ForecastErrors> errors) {
    private static final String MODEL = "model";

    /// The report on a test part; empty for data that is no time series.
    public static Optional<ForecastReport> of(ModelFile file, Dataset test) {
        boolean forecasts = file.signature().output() instanceof Output.Forecast;
        if (!forecasts
                || !(file.signature().input() instanceof Input.Series series)
                || !(test instanceof SeriesWindows windows)) return Optional.empty();
        NaiveForecast naive = series.naive();
        int season = naive.season();
        SequencedMap<String, ForecastErrors> errors = new LinkedHashMap<>();
        errors.put(MODEL, ForecastErrors.of(file.model().predict(windows), windows, season));
        if (season > 1 && isKnown(windows, season)) {
            errors.put("seasonal naive, season " + season, ForecastErrors.of(naive.of(windows), windows, season));
        }
        errors.put("naive, last value", ForecastErrors.of(NaiveForecast.LAST_VALUE.of(windows), windows, season));
        return Optional.of(new ForecastReport(windows.window().horizon(), windows.size(), errors));
    }

    /// A sentence if a naive forecast is at least as good as the model.
    public Optional<String> naiveIsAsGood() {
        Map.Entry<String, ForecastErrors> best = errors.sequencedEntrySet().stream()
                .min(Comparator.comparingDouble(
                        each -> each.getValue().mase().orElse(each.getValue().mae())))
                .filter(each -> !each.getKey().equals(MODEL))
                .orElse(null);
        if (best == null) return Optional.empty();
        return Optional.of(Text.format(
                "The forecasts have MASE %s, and the naive ones (%s) %s.",
                MetricNames.show(errors.firstEntry().getValue().mase()),
                best.getKey(),
                MetricNames.show(best.getValue().mase())));
    }

    /// Whether each window has a season before it.
    private static boolean isKnown(SeriesWindows windows, int season) {
        for (int row = 0; row < windows.size(); row++) if (windows.stepOf(row) < season) return false;
        return true;
    }

    /// The report for JSON: an object for each forecast.
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        errors.forEach((name, each) -> {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("mae", each.mae());
            figures.put("rmse", each.rmse());
            figures.put("mase", each.mase());
            json.put(name, figures);
        });
        return json;
    }

    /// A table with a line for each forecast.
    @Override
    public String toString() {
        var table = new TextTable("-", "MAE", "RMSE", "MASE");
        errors.forEach((name, each) -> table.add(
                name, TextTable.number(each.mae()), TextTable.number(each.rmse()), MetricNames.show(each.mase())));
        return Text.format("forecasts of the next %,d steps in %,d windows of the test part", horizon, windows) + "\n"
                + table.toString().stripTrailing();
    }
}
