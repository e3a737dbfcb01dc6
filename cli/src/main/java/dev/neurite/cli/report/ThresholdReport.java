package dev.neurite.cli.report;

import dev.neurite.cli.console.Text;
import dev.neurite.metric.Confusion;
import dev.neurite.metric.OperatingPoint;
import dev.neurite.metric.Predictions;
import dev.neurite.model.TextTable;
import dev.neurite.signature.Threshold;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A threshold, with its figures on the rows that it was chosen on and on those that are evaluated.
/// @param threshold the rule
/// @param label the label of its class
/// @param classNames the names of the two classes
/// @param chosenOn the rows that it was chosen on: `validation part`; empty for a given or kept threshold
/// @param chosen the figures of the rows by which it was chosen; empty if these are the evaluated rows
/// @param predictions for the rows that are evaluated, decided by the threshold
public record ThresholdReport(
        Threshold threshold,
        int label,
        List<String> classNames,
        Optional<String> chosenOn,
        Optional<OperatingPoint> chosen,
        Predictions predictions) {
    private static final double USUAL = 0.5;

    /// What the threshold makes of the rows that are evaluated.
    private OperatingPoint evaluated() {
        return OperatingPoint.at(predictions, label, threshold.value());
    }

    private OperatingPoint usual() {
        return OperatingPoint.at(predictions, label, USUAL);
    }

    /// How often each class was predicted for rows of each class.
    public Confusion confusion() {
        return predictions.confusion(classNames);
    }

    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("class", threshold.className());
        json.put("value", threshold.value());
        json.put("origin", threshold.origin());
        json.put("evaluated", json(evaluated()));
        chosenOn.ifPresent(each -> json.put("chosen_on", each));
        chosen.ifPresent(each -> json.put("chosen", json(each)));
        json.put("usual", json(usual()));
        return json;
    }

    private static Map<String, Object> json(OperatingPoint point) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("threshold", point.threshold());
        json.put("accuracy", point.accuracy());
        json.put("precision", point.precision());
        json.put("recall", point.recall());
        json.put("f1", point.f1());
        json.put("hits", point.hits());
        json.put("false_alarms", point.falseAlarms());
        json.put("misses", point.misses());
        json.put("rejections", point.rejections());
        return json;
    }

    @Override
    public String toString() {
        var table = new TextTable(
                "-figures of '" + threshold.className() + "'",
                "threshold",
                "accuracy",
                "precision",
                "recall",
                "f1",
                "hits",
                "false alarms",
                "misses");
        chosen.ifPresent(each -> add(table, chosenOn.orElse(""), each));
        add(table, "these rows", evaluated());
        add(table, "these rows, as usual", usual());
        return "threshold " + threshold.value() + " for '" + threshold.className() + "', " + threshold.origin() + "\n"
                + table.toString().stripTrailing();
    }

    private static void add(TextTable table, String rows, OperatingPoint point) {
        table.add(
                rows,
                String.valueOf(point.threshold()),
                Confusion.show(point.accuracy()),
                Confusion.show(point.precision()),
                Confusion.show(point.recall()),
                Confusion.show(point.f1()),
                Text.format("%,d", point.hits()),
                Text.format("%,d", point.falseAlarms()),
                Text.format("%,d", point.misses()));
    }
}
