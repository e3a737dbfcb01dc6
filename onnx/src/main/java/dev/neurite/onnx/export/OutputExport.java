package dev.neurite.onnx.export;

import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.signature.Threshold;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// The outputs of a model: what its numbers mean. Classes are `label` and `probabilities`, as in exports of
/// scikit-learn without ZipMap.
final class OutputExport {
    private static final String LABEL = "label";

    private final GraphBuilder b;
    private final Interface to;
    private String prefix = ""; // of the names of an output, where there are several

    OutputExport(GraphBuilder builder, Interface to) {
        b = builder;
        this.to = to;
    }

    /// Names of outputs, which inputs may not have.
    static List<String> names(SequencedMap<String, Output> outputs) {
        List<String> all = new ArrayList<>();
        outputs.forEach((name, output) -> {
            String before = outputs.size() > 1 ? name + "_" : "";
            switch (output) {
                case Output.Classes classes -> all.addAll(List.of(before + LABEL, before + numbers(classes.meaning())));
                case Output.StepClasses steps -> all.addAll(List.of(before + LABEL, before + numbers(steps.meaning())));
                case Output.Labels labels -> all.addAll(List.of(before + LABEL, before + numbers(labels.meaning())));
                case Output.Forecast _ -> all.add(before + "forecast"); // the series is an input, too
                case Output.Numbers _ when outputs.size() == 1 -> all.add("output");
                default -> all.add(name);
            }
        });
        return all;
    }

    private static String numbers(Meaning meaning) {
        return meaning == Meaning.SCORES ? "scores" : "probabilities";
    }

    /// Adds all outputs.
    /// @param values what the network gives
    /// @param shapes of its rows
    void add(SequencedMap<String, Output> outputs, List<String> values, List<Shape> shapes) {
        List<String> names = names(outputs);
        int next = 0;
        int i = 0;
        for (Map.Entry<String, Output> each : outputs.entrySet()) {
            prefix = outputs.size() > 1 ? each.getKey() + "_" : "";
            b.enter(names.get(next));
            String value = values.get(i);
            Shape shape = shapes.get(i++);
            switch (each.getValue()) {
                case Output.Classes classes -> {
                    classes(classes, names, next, value, shape);
                    next += 2;
                }
                case Output.StepClasses steps -> {
                    String p = probabilities(steps.meaning(), value);
                    label(names.get(next), named(steps.names(), best(p, 2)), ElementType.STRING, first(shape));
                    floats(names.get(next + 1), p, shape);
                    describe(names.get(next + 1), "classes of steps", Map.of("classes", steps.names()));
                    next += 2;
                }
                case Output.Labels labels -> {
                    String p = probabilities(
                            labels.meaning(), flat(value, shape, labels.names().size()));
                    String above = b.cast(b.add("Greater", p, b.number(0.5f)), ElementType.INT64);
                    Shape row = Shape.of(labels.names().size());
                    label(names.get(next), above, ElementType.INT64, row);
                    floats(names.get(next + 1), p, row);
                    describe(names.get(next + 1), "labels", Map.of("labels", labels.names()));
                    next += 2;
                }
                case Output.Values inUnits -> {
                    floats(names.get(next), inUnits(inUnits, value), shape);
                    describe(
                            names.get(next++),
                            "values",
                            Map.of(
                                    "names",
                                    inUnits.names(),
                                    "unit",
                                    "that of the target",
                                    "shift",
                                    inUnits.shift(),
                                    "scale",
                                    inUnits.scale()));
                }
                case Output.Forecast forecast -> {
                    floats(names.get(next), value, shape);
                    describe(
                            names.get(next++),
                            "forecast",
                            Map.of(
                                    "of",
                                    forecast.target(),
                                    "unit",
                                    "that of the series",
                                    "order",
                                    "the nearest step first"));
                }
                case Output.Continuation _ -> {
                    floats(names.get(next), value, shape);
                    describe(names.get(next++), "scores of the next token at each position", Map.of());
                    to.note("The model gives the scores of the next token; the loop that continues a text is not in"
                            + " it");
                }
                case Output.Numbers _ -> {
                    floats(names.get(next), value, shape);
                    describe(names.get(next++), "numbers", Map.of());
                }
            }
        }
        b.enter("");
    }

    private void describe(String name, String kind, Map<String, ?> more) {
        to.describeOutput(name, kind, more);
    }

    // ------------------------------------------------------------------------------------------------------- classes

    private void classes(Output.Classes classes, List<String> names, int at, String value, Shape shape) {
        int count = classes.names().size();
        boolean pair = shape.size() == 1 && count == 2; // a number of the second of two classes
        String p = probabilities(classes.meaning(), flat(value, shape, pair ? 1 : count));
        if (pair) {
            String other = classes.meaning() == Meaning.SCORES ? b.add("Neg", p) : b.add("Sub", b.number(1), p);
            p = b.concat(1, List.of(other, p));
        }
        String all = p;
        String place = classes.threshold()
                .map(each -> decided(each, classes.names(), all))
                .orElseGet(() -> best(all, 1));
        label(names.get(at), named(classes.names(), place), ElementType.STRING, Shape.of());
        String numbers = names.get(at + 1);
        floats(numbers, p, Shape.of(count));
        Map<String, Object> more = new LinkedHashMap<>(Map.of("classes", classes.names()));
        classes.threshold()
                .ifPresent(each -> more.put("threshold", Map.of("class", each.className(), "value", each.value())));
        describe(numbers, "classes", more);
    }

    /// The label by a threshold: that of its class from the threshold on, else the other.
    private String decided(Threshold threshold, List<String> names, String p) {
        int label = threshold.label(names);
        String own = b.cast(b.add("Gather", Map.of("axis", 1L), p, b.index(label)), ElementType.DOUBLE);
        String reached = b.add("GreaterOrEqual", own, b.wide(threshold.value()));
        return b.add("Where", reached, b.index(label), b.index(1L - label));
    }

    /// The place of the largest number.
    private String best(String p, long axis) {
        return b.add("ArgMax", Map.of("axis", axis, "keepdims", 0L), p);
    }

    private String named(List<String> names, String places) {
        Value all = Value.of(Shape.of(names.size()), names.toArray(String[]::new));
        return b.add("Gather", b.constant("classes", all), places);
    }

    private String probabilities(Meaning meaning, String value) {
        return switch (meaning) {
            case PROBABILITIES, SCORES -> value;
            case LOGITS -> b.add("Softmax", Map.of("axis", -1L), value);
            case SIGMOID_LOGITS -> b.add("Sigmoid", value);
        };
    }

    /// Rows of one axis.
    private String flat(String value, Shape shape, int size) {
        return shape.rank() == 1 ? value : b.reshape(value, -1, size);
    }

    // ------------------------------------------------------------------------------------------------------- numbers

    /// y·scale + shift in float64, as the library has it.
    private String inUnits(Output.Values values, String y) {
        if (values.shift() == 0 && values.scale() == 1) return y;
        String scaled = b.add("Mul", b.cast(y, ElementType.DOUBLE), b.wide(values.scale()));
        return b.cast(b.add("Add", scaled, b.wide(values.shift())), ElementType.FLOAT);
    }

    private void floats(String name, String value, Shape row) {
        b.output(value, name);
        to.outputs()
                .add(new ValueInfo(name, ElementType.FLOAT, InputExport.extents(row, prefix + "output_time"), false));
    }

    private void label(String name, String value, ElementType type, Shape row) {
        b.output(value, name);
        to.outputs().add(new ValueInfo(name, type, InputExport.extents(row, prefix + "output_time"), false));
    }

    /// The first axis of a row alone.
    private static Shape first(Shape row) {
        return Shape.of(row.extent(0));
    }
}
