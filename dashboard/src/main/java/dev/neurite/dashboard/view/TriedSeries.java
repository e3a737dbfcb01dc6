package dev.neurite.dashboard.view;

import dev.neurite.data.series.SeriesWindows;
import dev.neurite.data.series.TimeSeries;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.DataException;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.predict.Unusual;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A model of time series that a person tries: forecasts at a moment of the data, or after rows.
final class TriedSeries {
    private static final Pattern ROW = Pattern.compile("^row ([0-9]{1,9})\\b");

    private final Subject subject;
    private final Predictor predictor;
    private final TriedComputing computing;

    TriedSeries(Subject subject, Predictor predictor, TriedComputing computing) {
        this.subject = subject;
        this.predictor = predictor;
        this.computing = computing;
    }

    /// The forecast for what was entered.
    /// @param name of the input
    ExplainedPrediction explain(String name, Form.OfSeries form, Map<String, Entered> entered) {
        Entered own = entered.get(name);
        if (own == null || entered.size() != 1) {
            throw new DataException(name, "expects this input once and no other, got " + entered.keySet());
        }
        return switch (own) {
            case Entered.Moment moment -> known(name, form, moment);
            case Entered.Rows(List<Map<String, String>> rows) -> rows(name, form, rows);
            default -> throw TriedModel.wrong(name, "a moment of a series, or rows");
        };
    }

    private static ExplainedPrediction forecast(Prediction.Forecast forecast, ForecastCurve curve) {
        return new ExplainedPrediction(
                forecast,
                forecast.warnings(),
                Map.of(),
                Optional.empty(),
                List.of(),
                List.of(),
                0,
                List.of(),
                Optional.of(curve));
    }

    private ExplainedPrediction known(String name, Form.OfSeries form, Entered.Moment moment) {
        SeriesWindows windows = subject.windows()
                .orElseThrow(() -> new DataException(name, "expects rows, as the data of the training is not here"));
        TimeSeries series = windows.series();
        int s = 0;
        while (s < series.count() && !series.name(s).equals(moment.series())) s++;
        if (s == series.count()) throw new DataException(name + ".series", "expects a series of the data, got another");
        int end = moment.end();
        if (end < form.steps() || end > series.length(s)) {
            throw new DataException(
                    name + ".end",
                    "expects " + form.steps() + " to " + series.length(s) + ", got " + end
                            + ": a forecast is made from " + form.steps() + " steps");
        }
        float[] numbers = new float[form.steps() * series.features()];
        series.readInputs(s, end - form.steps(), form.steps(), numbers, 0);
        replace(name, form, moment.values(), numbers, series.features());
        Tensor window = Tensor.view(Shape.of(1, form.steps(), series.features()), numbers, 0);
        Prediction said = predictor.predictPrepared(window, computing.kernels()).getFirst();
        if (!said.numbers().allMatch(Double::isFinite)) {
            throw notFinite(name + ".values");
        }
        var forecast = new Prediction.Forecast(
                series.name(s), form.target(), Optional.empty(), said.values(), unusual(numbers));
        ForecastCurve curve = ForecastCurve.of(ForecastCurve.season(subject), windows, s, end, forecast.values());
        return forecast(forecast, moment.values().isEmpty() ? curve : curve.withPast(moment.values()));
    }

    private List<String> unusual(float[] window) {
        return subject.file().signature().preprocessing().flatMap(columns -> Unusual.columns(columns, window)).stream()
                .toList();
    }

    /// Puts other values of the target into the last steps of a window.
    private void replace(String name, Form.OfSeries form, List<Double> values, float[] numbers, int features) {
        if (values.isEmpty()) return;
        if (values.size() > form.steps()) {
            throw new DataException(
                    name + ".values", "expects at most " + form.steps() + " values, got " + values.size());
        }
        int at = 0;
        for (Preprocessing.Column each :
                subject.file().signature().preprocessing().orElseThrow().columns()) {
            if (each.name().equals(form.target()) && each.encoding() instanceof ColumnEncoding.Scaled scaled) {
                int first = form.steps() - values.size();
                for (int i = 0; i < values.size(); i++) {
                    float value = values.get(i).floatValue();
                    if (!Float.isFinite(value)) {
                        throw new DataException(name + ".values", "expects numbers of float32, got " + values.get(i));
                    }
                    numbers[(first + i) * features + at] = (float) ((value - scaled.shift()) / scaled.scale());
                }
                return;
            }
            at += each.encoding().width();
        }
        throw new DataException(name + ".values", "expects none: the forecast does not see the values before");
    }

    private ExplainedPrediction rows(String name, Form.OfSeries form, List<Map<String, String>> rows) {
        if (rows.size() < form.steps()) {
            throw new DataException(
                    name,
                    "expects at least " + form.steps() + " rows, which a forecast is made from, got " + rows.size());
        }
        Map<String, Boolean> numeric = new LinkedHashMap<>();
        for (Preprocessing.Column each :
                subject.file().signature().preprocessing().orElseThrow().columns()) {
            numeric.put(each.name(), each.encoding() instanceof ColumnEncoding.Scaled);
        }
        numeric.put(form.target(), true);
        List<Map<String, Object>> table = new ArrayList<>();
        List<Double> before = new ArrayList<>();
        for (Map<String, String> row : rows) {
            Map<String, Object> cells = new LinkedHashMap<>();
            for (String column : form.columns()) {
                String text = row.get(column);
                if (text == null) {
                    throw new DataException(
                            name + "." + column, "expects a value in each row, got none in row " + (table.size() + 1));
                }
                if (text.isBlank()) cells.put(column, Optional.empty());
                else if (numeric.getOrDefault(column, false))
                    cells.put(column, TriedModel.number(name + "." + column, text));
                else cells.put(column, text);
            }
            if (cells.get(form.target()) instanceof Float value) before.add((double) value);
            table.add(cells);
        }
        Prediction said = predicted(table);
        if (!(said instanceof Prediction.Forecast forecast)) {
            throw new DataException(name, "expects rows of one series, got several");
        }
        List<String> times = new ArrayList<>();
        if (subject.file().signature().input() instanceof Input.Series series) {
            series.columns().time().ifPresent(column -> rows.forEach(row -> times.add(row.get(column))));
        }
        if (!times.isEmpty()) times.addAll(forecast.times().orElse(List.of()));
        return forecast(forecast, ForecastCurve.after(subject, forecast, before, times, form.steps()));
    }

    /// Predicts rows; in what is refused they are counted from 1, as people do.
    private Prediction predicted(List<Map<String, Object>> rows) {
        try {
            return computing.predict(List.of(rows)).getFirst();
        } catch (DataException e) {
            String where = ROW.matcher(e.where()).replaceFirst(row -> "row " + (1 + Integer.parseInt(row.group(1))));
            throw new DataException(where, e.problem(), e.hint());
        }
    }

    private static DataException notFinite(String where) {
        return new DataException(
                where, "expects values for which the network has a forecast, got others: its output is not finite");
    }
}
