package dev.neurite.dashboard.view;

import dev.neurite.data.series.SeriesWindows;
import dev.neurite.data.series.TimeSeries;
import dev.neurite.predict.Prediction;
import dev.neurite.signature.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// A forecast beside what was, what came, and the plainest forecasts.
/// @param series its name
/// @param begin the number of the first step of `past`, from 0
/// @param past the values that the forecast is made from, at most the last 500
/// @param forecast the values of the next steps
/// @param truth what came; empty beyond the end of the series
/// @param naive the last value, repeated
/// @param seasonal the last season, repeated; empty without a season, or if the past is shorter
/// @param season the steps of a season; 1 for none
/// @param times of the steps of `past` and `forecast`, as far as they are known; empty without times
public record ForecastCurve(
        String series,
        int begin,
        List<Double> past,
        List<Double> forecast,
        List<Double> truth,
        List<Double> naive,
        List<Double> seasonal,
        int season,
        List<String> times) {
    private static final int MOST_PAST = 500;

    public ForecastCurve {
        past = List.copyOf(past);
        forecast = List.copyOf(forecast);
        truth = List.copyOf(truth);
        naive = List.copyOf(naive);
        seasonal = List.copyOf(seasonal);
        times = List.copyOf(times);
    }

    /// The season of the training; 1 if it is not known.
    static int season(Subject subject) {
        return subject.file().signature().input() instanceof Input.Series series
                ? series.naive().season()
                : 1;
    }

    /// The curve at a moment of a series of the data.
    /// @param season the steps of a season; 1 for none
    /// @param end the first step that is forecast
    /// @param forecast the values of its steps
    static ForecastCurve of(int season, SeriesWindows windows, int s, int end, List<Double> forecast) {
        TimeSeries series = windows.series();
        List<Double> truth = target(series, s, end, Math.min(series.length(s), end + forecast.size()));
        List<Double> before = target(series, s, Math.max(0, end - Math.max(season, MOST_PAST)), end);
        ForecastCurve curve = of(
                series.name(s),
                end,
                before,
                forecast,
                truth,
                season,
                windows.window().steps());
        return curve.withTimes(step -> series.time(s, step));
    }

    /// The curve after rows that a person has entered.
    /// @param before the values up to now
    /// @param times of all steps; empty without
    static ForecastCurve after(
            Subject subject, Prediction.Forecast forecast, List<Double> before, List<String> times, int steps) {
        ForecastCurve curve =
                of(forecast.series(), before.size(), before, forecast.values(), List.of(), season(subject), steps);
        return curve.withTimes(step -> step < times.size() ? Optional.of(times.get(step)) : Optional.empty());
    }

    private ForecastCurve withTimes(IntFunction<Optional<String>> time) {
        List<String> all = IntStream.range(begin, begin + past.size() + forecast.size())
                .mapToObj(time)
                .flatMap(Optional::stream)
                .toList();
        return new ForecastCurve(series, begin, past, forecast, truth, naive, seasonal, season, all);
    }

    private static ForecastCurve of(
            String name,
            int end,
            List<Double> before,
            List<Double> forecast,
            List<Double> truth,
            int season,
            int steps) {
        List<Double> naive = new ArrayList<>();
        List<Double> seasonal = new ArrayList<>();
        for (int i = 0; i < forecast.size(); i++) {
            naive.add(before.getLast());
            boolean known = season > 1 && season <= before.size();
            if (known) seasonal.add(before.get(before.size() - season + i % season));
        }
        int from = Math.max(0, before.size() - Math.min(MOST_PAST, steps));
        List<Double> past = before.subList(from, before.size());
        return new ForecastCurve(name, end - past.size(), past, forecast, truth, naive, seasonal, season, List.of());
    }

    /// A copy with other values of the last steps.
    ForecastCurve withPast(List<Double> values) {
        int kept = Math.max(0, past.size() - values.size());
        List<Double> other = new ArrayList<>(past.subList(0, kept));
        other.addAll(values.subList(values.size() - (past.size() - kept), values.size()));
        List<Double> last = forecast.stream().map(_ -> other.getLast()).toList();
        return new ForecastCurve(series, begin, other, forecast, truth, last, List.of(), season, times);
    }

    private static List<Double> target(TimeSeries series, int s, int from, int to) {
        List<Double> values = new ArrayList<>();
        for (int step = from; step < to; step++) values.add((double) series.target(s, step, 0));
        return values;
    }
}
