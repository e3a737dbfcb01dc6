package dev.neurite.onnx.graph;

import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.KnownElements;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Which elements of its inputs a graph looks up: categories of OneHotEncoder, keys of LabelEncoder, texts that are
/// compared with constants. Columns are followed to there through what leaves them as they are.
public final class Lookups {
    private static final String ML = "ai.onnx.ml.";

    private final OnnxGraph graph;

    /// A column of an input: its place along the last axis.
    private record Column(String input, int place) {}

    /// The columns side by side of each value that has elements of inputs as they are.
    private final Map<String, List<Column>> columns = new HashMap<>();

    private final Map<Column, List<Object>> known = new HashMap<>();
    private final Map<Column, List<Object>> required = new HashMap<>(); // others are refused

    private Lookups(OnnxGraph graph) {
        this.graph = graph;
    }

    /// What is known of each input, by name; only of those of which something is.
    public static Map<String, KnownElements> of(OnnxGraph graph) {
        var lookups = new Lookups(graph);
        for (ValueInfo each : graph.inputs()) lookups.enter(each);
        graph.nodes().forEach(lookups::follow);
        Map<String, KnownElements> all = new LinkedHashMap<>();
        for (ValueInfo each : graph.inputs()) {
            List<List<Object>> own = lookups.columns.getOrDefault(each.name(), List.of()).stream()
                    .map(lookups::known)
                    .toList();
            if (own.stream().anyMatch(some -> !some.isEmpty())) all.put(each.name(), new KnownElements(own));
        }
        return all;
    }

    private List<Object> known(Column column) {
        return required.getOrDefault(column, known.getOrDefault(column, List.of()));
    }

    private void enter(ValueInfo input) {
        if (input.type().hasValues() || input.anyRank()) return;
        String last = input.extents().size() < 2 ? "1" : input.extents().getLast();
        boolean few = ValueInfo.isFixed(last) && last.length() < 5; // images and the like have no columns
        int count = few ? Integer.parseInt(last) : 1;
        List<Column> all = new ArrayList<>();
        for (int i = 0; i < count; i++) all.add(new Column(input.name(), i));
        columns.put(input.name(), List.copyOf(all));
    }

    private List<Column> columns(OnnxNode node, int input) {
        return input < node.inputs().size() ? columns.getOrDefault(node.inputs().get(input), List.of()) : List.of();
    }

    private void follow(OnnxNode node) {
        List<Column> from = columns(node, 0);
        if (node.is("Equal")) compare(node);
        if (from.isEmpty()) return;
        Attributes with = node.attributes();
        switch (node.fullOp()) {
            case "Identity", "Cast" -> pass(node, from);
            case "Reshape", "Squeeze", "Unsqueeze", "Flatten" -> {
                if (from.size() == 1) pass(node, from);
            }
            case "Concat" -> {
                if (with.integer("axis", 0) != 0) pass(node, joined(node));
            }
            case "Gather" -> {
                if (with.integer("axis", 0) != 0) pass(node, chosen(node, from));
            }
            case ML + "ArrayFeatureExtractor" -> pass(node, chosen(node, from));
            case ML + "OneHotEncoder" -> add(with.flag("zeros", true) ? known : required, from, elements(with, "cats"));
            case ML + "CategoryMapper" -> add(known, from, elements(with, "cats"));
            case ML + "LabelEncoder" -> add(known, from, elements(with, node.version() < 2 ? "classes" : "keys"));
            default -> {}
        }
    }

    private void pass(OnnxNode node, List<Column> all) {
        if (!all.isEmpty() && !node.outputs().isEmpty())
            columns.put(node.outputs().getFirst(), all);
    }

    /// Those of all inputs; none if one has others.
    private List<Column> joined(OnnxNode node) {
        List<Column> all = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            List<Column> own = columns(node, i);
            if (own.isEmpty()) return List.of();
            all.addAll(own);
        }
        return all;
    }

    /// Those at places that the file says.
    private List<Column> chosen(OnnxNode node, List<Column> from) {
        Optional<Value> places = constant(node.inputs().getLast(), ElementType.INT64);
        if (places.isEmpty()) return List.of();
        List<Column> all = new ArrayList<>();
        for (long each : places.get().longs()) {
            long place = each < 0 ? each + from.size() : each;
            if (place < 0 || place >= from.size()) return List.of();
            all.add(from.get((int) place));
        }
        return all;
    }

    private void compare(OnnxNode node) {
        for (int i = 0; i < node.inputs().size(); i++) {
            List<Column> own = columns(node, i);
            if (own.size() != 1) continue;
            constant(node.inputs().get(node.inputs().size() - 1 - i), ElementType.STRING)
                    .ifPresent(each -> add(known, own, List.of((Object[]) each.texts())));
        }
    }

    private Optional<Value> constant(String name, ElementType type) {
        return Optional.ofNullable(graph.constants().get(name))
                .filter(each -> each.type() == type)
                .map(Constant::value);
    }

    /// The first that looks a column up counts.
    private static void add(Map<Column, List<Object>> to, List<Column> all, List<Object> elements) {
        if (!elements.isEmpty()) for (Column each : all) to.putIfAbsent(each, elements);
    }

    private static List<Object> elements(Attributes with, String list) {
        Stream<Object> texts =
                with.texts(list + "_strings").orElse(List.of()).stream().map(each -> each);
        Stream<Object> numbers = LongStream.of(with.integers(list + "_int64s").orElseGet(() -> new long[0]))
                .mapToObj(each -> each);
        return Stream.concat(texts, numbers).toList();
    }
}
