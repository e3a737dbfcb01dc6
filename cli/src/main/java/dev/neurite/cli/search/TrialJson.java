package dev.neurite.cli.search;

import dev.neurite.search.LossCurve;
import dev.neurite.search.Point;
import dev.neurite.search.Trial;
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
import java.util.SequencedMap;

/// A trial as a line of the log, and back. Its values are texts.
final class TrialJson {
    private TrialJson() {}

    /// The values that a trial tried, by key.
    static SequencedMap<String, String> texts(Trial trial) {
        SequencedMap<String, String> texts = new LinkedHashMap<>();
        trial.point().values().forEach((path, value) -> texts.put(path, value.toString()));
        return texts;
    }

    /// A line of the log.
    static Map<String, Object> json(Trial trial) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("trial", trial.number());
        json.put("rung", trial.rung());
        json.put("epochs", trial.epochs());
        json.put("values", trial.point().values());
        json.put("scores", trial.scores());
        json.put("losses", trial.losses());
        if (!trial.curve().epochs().isEmpty()) json.put("curve", json(trial.curve()));
        json.put("seconds", trial.seconds());
        json.put("error", trial.error());
        return json;
    }

    private static Map<String, Object> json(LossCurve curve) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("of", curve.part());
        json.put("epochs", curve.epochs());
        json.put("losses", curve.losses());
        return json;
    }

    /// Reads a line of the log.
    /// @throws IllegalArgumentException if it is not one
    static Trial read(Mapping line) {
        SequencedMap<String, Object> values = new LinkedHashMap<>();
        for (Member each : value(line, "values").asMapping().members()) values.put(each.key(), text(each.value()));
        return new Trial(
                Integer.parseInt(text(value(line, "trial"))),
                Integer.parseInt(text(value(line, "rung"))),
                Integer.parseInt(text(value(line, "epochs"))),
                new Point(values),
                numbers(value(line, "scores")),
                numbers(value(line, "losses")),
                line.member("curve").map(Member::value).map(TrialJson::curve).orElse(LossCurve.NONE),
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
