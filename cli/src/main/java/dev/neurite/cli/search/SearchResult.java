package dev.neurite.cli.search;

import dev.neurite.cli.report.FoldStatistics;
import dev.neurite.yaml.YamlNode;
import dev.neurite.yaml.YamlNode.Kind;
import dev.neurite.yaml.YamlNode.Mapping;
import dev.neurite.yaml.YamlNode.Member;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlNode.Scalar;
import dev.neurite.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/// The result of a trial.
/// @param trial its number, from 1
/// @param rung of halving, from 0; 0 for other strategies
/// @param epochs the number of epochs; 0 if it failed
/// @param values the values that it tried, by key, as texts
/// @param scores the metric of each fold; empty if it failed
/// @param losses the loss of each fold; empty if it failed
/// @param curve the loss by epoch
/// @param seconds the time that it took
/// @param error the error; empty if it did not fail
record SearchResult(
        int trial,
        int rung,
        int epochs,
        SequencedMap<String, String> values,
        List<Double> scores,
        List<Double> losses,
        LossCurve curve,
        double seconds,
        String error) {

    /// Copies the lists.
    SearchResult {
        scores = List.copyOf(scores);
        losses = List.copyOf(losses);
    }

    /// The mean of the metric over the folds; empty if the trial failed.
    OptionalDouble score() {
        return FoldStatistics.of(scores).mean();
    }

    OptionalDouble loss() {
        return FoldStatistics.of(losses).mean();
    }

    /// The standard deviation between folds; empty for fewer than two.
    OptionalDouble deviation() {
        return FoldStatistics.of(scores).deviation();
    }

    /// A line of the log.
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("trial", trial);
        json.put("rung", rung);
        json.put("epochs", epochs);
        json.put("values", values);
        json.put("scores", scores);
        json.put("losses", losses);
        if (!curve.epochs().isEmpty()) json.put("curve", curve.json());
        json.put("seconds", seconds);
        json.put("error", error);
        return json;
    }

    /// Reads a line of the log.
    /// @throws IllegalArgumentException if it is not one
    static SearchResult read(Mapping line) {
        SequencedMap<String, String> values = new LinkedHashMap<>();
        for (Member each : value(line, "values").asMapping().members()) values.put(each.key(), text(each.value()));
        return new SearchResult(
                Integer.parseInt(text(value(line, "trial"))),
                Integer.parseInt(text(value(line, "rung"))),
                Integer.parseInt(text(value(line, "epochs"))),
                values,
                numbers(value(line, "scores")),
                numbers(value(line, "losses")),
                line.member("curve").map(Member::value).map(SearchResult::curve).orElse(LossCurve.NONE),
                Double.parseDouble(text(value(line, "seconds"))),
                text(value(line, "error")));
    }

    private static LossCurve curve(YamlNode value) {
        Mapping curve = value.asMapping();
        List<Integer> epochs =
                numbers(value(curve, "epochs")).stream().map(Double::intValue).toList();
        List<Double> losses = numbers(value(curve, "losses"));
        if (epochs.size() != losses.size()) throw new IllegalArgumentException("a curve of other lengths");
        return new LossCurve(text(value(curve, "of")), epochs, losses);
    }

    private static YamlNode value(Mapping line, String key) {
        return line.member(key).map(Member::value).orElseThrow(() -> new IllegalArgumentException("no " + key));
    }

    private static String text(YamlNode value) {
        if (value instanceof Scalar(Place _, Kind _, String text)) return text;
        throw new IllegalArgumentException("no text: " + value.describe());
    }

    private static List<Double> numbers(YamlNode value) {
        if (!(value instanceof Sequence(Place _, List<YamlNode> items))) {
            throw new IllegalArgumentException("no list: " + value.describe());
        }
        List<Double> numbers = new ArrayList<>();
        for (YamlNode each : items) numbers.add(Double.parseDouble(text(each)));
        return numbers;
    }
}
