package dev.neurite.dashboard.view;

import dev.neurite.data.series.SeriesWindows;
import dev.neurite.metric.Predictions;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.TextCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes examples of outcomes: raw values of the inputs of a row, beside its truth and prediction.
final class Examples {
    private static final int MOST_VALUES = 100; // columns
    private static final int MOST_STEPS = 300; // shown of a sequence
    private static final int MOST_WORDS = 60; // left out one by one, of each text
    private static final int EXPLAINED = 12; // texts whose words are left out
    private static final int MOST_CHARACTERS = 2_000; // shown of a text
    private static final int CONTEXT = 40; // tokens before a position

    private final Outcomes outcomes;
    private final List<NamedInput> inputs;
    private final Map<String, ImageForm> images = new LinkedHashMap<>(); // by input
    private final boolean tables; // several, whose columns may have the same names
    private final Map<String, TextCodec> codecs = new LinkedHashMap<>(); // by input
    private final Optional<TriedComputing> explaining; // of a model of one text that says one thing of it
    private int explained;

    Examples(Outcomes outcomes) {
        this.outcomes = outcomes;
        this.inputs = outcomes.subject().inputs();
        for (NamedInput each : inputs) {
            if (each.input() instanceof Input.Text text) codecs.put(each.name(), TextCodec.read(text.tokenizer()));
            each.images().ifPresent(form -> images.put(each.name(), form));
        }
        this.tables = inputs.stream()
                        .filter(each -> !images.containsKey(each.name()) && each.hasValues())
                        .count()
                > 1;
        boolean single = inputs.size() == 1
                && codecs.size() == 1
                && !outcomes.atPositions()
                && outcomes.subject().file().signature().outputs().size() == 1;
        this.explaining = single
                ? Optional.of(TriedComputing.of(Predictor.of(outcomes.subject().file())))
                : Optional.empty();
    }

    /// An example by its number in the outcomes.
    Example of(int example) {
        int row = outcomes.row(example);
        Map<String, Picture> pictures = new LinkedHashMap<>();
        Map<String, String> values = new LinkedHashMap<>();
        List<Word> words = new ArrayList<>();
        List<Example.Step> steps = new ArrayList<>();
        Optional<ForecastCurve> curve = Optional.empty();
        for (NamedInput each : inputs) {
            if (each.rows().isEmpty()) continue;
            if (each.rows().get() instanceof SeriesWindows windows
                    && outcomes.description() instanceof Output.Forecast) {
                curve = Optional.of(curve(windows, row, example));
                continue;
            }
            float[] numbers = each.row(row);
            ImageForm image = images.get(each.name());
            if (image != null) {
                pictures.put(each.name(), image.picture(numbers));
                continue;
            }
            each.values(numbers).forEach((name, value) -> {
                if (values.size() < MOST_VALUES) values.put(tables ? each.name() + "." + name : name, value);
            });
            if (each.input() instanceof Input.Text) text(each, numbers, example, words, steps);
            else if (each.shape().rank() == 2) steps.addAll(steps(each, numbers, example));
        }
        boolean sequence = outcomes.end(example) - outcomes.start(example) > 1;
        int first = outcomes.start(example);
        return new Example(
                row,
                outcomes.position(example),
                sequence ? "" : outcomes.truth(first),
                sequence ? "" : outcomes.predicted(first),
                outcomes.confidence(example),
                outcomes.loss(example),
                pictures,
                values,
                words,
                steps,
                curve);
    }

    private void text(NamedInput of, float[] numbers, int example, List<Word> words, List<Example.Step> steps) {
        TextCodec codec = codecs.get(of.name());
        if (codec == null) return;
        int[] ids = Forms.ids(numbers, codec);
        if (outcomes.position(example) >= 0) {
            int end = Math.min(numbers.length, outcomes.position(example) + 1);
            int from = Math.max(0, end - CONTEXT);
            int[] before = new int[end - from];
            for (int i = 0; i < before.length; i++) before[i] = (int) numbers[from + i];
            words.add(new Word((from > 0 ? "…" : "") + codec.decode(before), 0));
            return;
        }
        if (outcomes.atPositions()) {
            steps.addAll(steps(example, i -> i < numbers.length ? codec.token((int) numbers[i]) : ""));
            return;
        }
        if (!words.isEmpty()) words.add(new Word("\n", 0)); // after another text
        String text = codec.decode(ids);
        if (explaining.isPresent() && explained < EXPLAINED && !text.isBlank() && text.length() <= MOST_CHARACTERS) {
            explained++;
            TriedComputing computing = explaining.get();
            Prediction now = computing.predict(List.of(text)).getFirst();
            if (Influence.explains(now)) {
                words.addAll(Word.of(text, MOST_WORDS, computing::predict, now));
                return;
            }
        }
        boolean cut = text.length() > MOST_CHARACTERS;
        words.add(new Word(cut ? text.substring(0, MOST_CHARACTERS) + "…" : text, 0));
    }

    private List<Example.Step> steps(NamedInput of, float[] numbers, int example) {
        if (outcomes.atPositions()) return steps(example, i -> joined(of.step(numbers, i)));
        List<Example.Step> steps = new ArrayList<>();
        int width = Math.max(1, of.shape().extent(1));
        for (int i = 0; i < Math.min(MOST_STEPS, numbers.length / width); i++) {
            steps.add(new Example.Step(i, joined(of.step(numbers, i)), "", ""));
        }
        return steps;
    }

    private interface Text {
        String of(int position);
    }

    private List<Example.Step> steps(int example, Text text) {
        List<Example.Step> steps = new ArrayList<>();
        for (int i = outcomes.start(example); i < outcomes.end(example) && steps.size() < MOST_STEPS; i++) {
            int position = outcomes.positionOf(i);
            steps.add(new Example.Step(position, text.of(position), outcomes.truth(i), outcomes.predicted(i)));
        }
        return steps;
    }

    private static String joined(Map<String, String> values) {
        List<String> all = new ArrayList<>();
        values.forEach((name, value) -> all.add(name + " " + value));
        return String.join(", ", all.subList(0, Math.min(6, all.size()))) + (all.size() > 6 ? ", …" : "");
    }

    private ForecastCurve curve(SeriesWindows windows, int row, int example) {
        Predictions p = outcomes.predictions();
        int at = outcomes.start(example);
        List<Double> forecast = new ArrayList<>();
        for (int c = 0; c < p.outputs(); c++) forecast.add((double) p.output(at, c));
        int season = ForecastCurve.season(outcomes.subject());
        return ForecastCurve.of(season, windows, windows.seriesOf(row), windows.stepOf(row), forecast);
    }
}
