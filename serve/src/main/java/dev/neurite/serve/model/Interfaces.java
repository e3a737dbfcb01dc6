package dev.neurite.serve.model;

import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.predict.Predictor;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// What those who ask a model must know of it: names of columns, inputs, outputs and classes, and
/// their order, which is all that lists of numbers have.
final class Interfaces {
    private static final int MOST = 10; // names in a message

    private Interfaces() {}

    /// What is not the same in two models, in words: `columns differ: weight → mass`; empty if nothing is.
    static List<String> differences(Served old, Served now) {
        Map<String, List<String>> before = parts(old);
        Map<String, List<String>> after = parts(now);
        return Stream.concat(before.keySet().stream(), after.keySet().stream())
                .distinct()
                .flatMap(part ->
                        difference(part, before.getOrDefault(part, List.of()), after.getOrDefault(part, List.of()))
                                .stream())
                .toList();
    }

    private static Optional<String> difference(String part, List<String> before, List<String> after) {
        List<String> gone = without(before, after);
        List<String> come = without(after, before);
        if (before.equals(after)) return Optional.empty();
        return Optional.of(
                gone.isEmpty() && come.isEmpty()
                        ? part + " are in another order: " + listed(after)
                        : part + " differ: " + listed(gone) + " → " + listed(come));
    }

    private static List<String> without(List<String> all, List<String> others) {
        return all.stream().filter(each -> !others.contains(each)).toList();
    }

    private static String listed(List<String> names) {
        if (names.isEmpty()) return "none";
        String shown = String.join(", ", names.subList(0, Math.min(MOST, names.size())));
        return names.size() > MOST ? shown + ", … (" + names.size() + ")" : shown;
    }

    private static SequencedMap<String, List<String>> parts(Served model) {
        SequencedMap<String, List<String>> parts = new LinkedHashMap<>();
        parts.put("tasks", List.of(task(model.kind())));
        if (model.kind() instanceof ModelKind.Predictions each) {
            addSignature(each.predictor(), parts);
        } else {
            parts.put("inputs", ports(model.tensors().inputs()));
            parts.put("outputs", ports(model.tensors().outputs()));
        }
        if (model.kind() instanceof ModelKind.Tensors each) addColumns(each, parts);
        return parts;
    }

    private static String task(ModelKind kind) {
        return switch (kind) {
            case ModelKind.Predictions _ -> "predictions";
            case ModelKind.Tensors _ -> "tensors";
            case ModelKind.Embeddings _ -> "embeddings";
            case ModelKind.Scores _ -> "scores";
            case ModelKind.Language _ -> "texts";
        };
    }

    private static List<String> ports(List<ValueInfo> infos) {
        return infos.stream().map(ValueInfo::toString).toList();
    }

    private static void addColumns(ModelKind.Tensors of, Map<String, List<String>> parts) {
        parts.put("columns", of.columns().stream().flatMap(ColumnTensors::names).toList());
        List<String> names = of.columns().stream()
                .flatMap(each -> each.answers().outputs().values().stream())
                .flatMap(output -> names(output).stream())
                .toList();
        parts.put("classes or values", names.isEmpty() ? of.model().classes() : names);
    }

    private static void addSignature(Predictor predictor, Map<String, List<String>> parts) {
        List<Shape> shapes = predictor.model().network().inputs();
        List<String> columns = new ArrayList<>();
        List<String> inputs = new ArrayList<>();
        predictor.signature().inputs().forEach((name, input) -> {
            boolean shaped = input instanceof Input.Image || input instanceof Input.Numbers;
            inputs.add(named(name, input.kind()) + (shaped ? " " + shapes.get(inputs.size()) : ""));
            input.tableColumns()
                    .ifPresent(table -> table.columns().stream()
                            .filter(each -> each.encoding().width() > 0)
                            .forEach(each -> columns.add(each.name())));
            if (input instanceof Input.Numbers numbers) columns.addAll(numbers.names());
        });
        List<String> outputs = new ArrayList<>();
        List<String> names = new ArrayList<>();
        predictor.signature().outputs().forEach((name, output) -> {
            outputs.add(named(name, output.kind()));
            names.addAll(names(output));
        });
        parts.put("inputs", inputs);
        parts.put("columns", columns);
        parts.put("outputs", outputs);
        parts.put("classes or values", names);
    }

    private static String named(String name, String kind) {
        return name.equals(kind) ? name : name + ": " + kind;
    }

    private static List<String> names(Output output) {
        return switch (output) {
            case Output.Classes classes -> classes.names();
            case Output.Labels labels -> labels.names();
            case Output.StepClasses steps -> steps.names();
            case Output.Values values -> values.names();
            case Output.Forecast _, Output.Continuation _, Output.Numbers _ -> List.of();
        };
    }
}
