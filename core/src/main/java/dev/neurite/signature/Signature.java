package dev.neurite.signature;

import dev.neurite.data.Dataset;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Weighted;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What a model takes and gives: a description of each input and output, by name, in the order of the network's.
/// A training makes it from its data ([#of]), and the model file has it.
/// @param inputs at least one
/// @param outputs at least one
public record Signature(SequencedMap<String, Input> inputs, SequencedMap<String, Output> outputs) {
    /// @throws ConfigException for no inputs or outputs, or a name without characters
    public Signature {
        inputs = copy("inputs", inputs);
        outputs = copy("outputs", outputs);
    }

    private static <T> SequencedMap<String, T> copy(String where, SequencedMap<String, T> map) {
        if (map.isEmpty()) throw new ConfigException(where, "expects at least one, got none");
        if (map.containsKey("")) throw new ConfigException(where, "expects a name for each, got an empty one");
        return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(map));
    }

    /// With names by their kinds: `table` and `image`, of several of a kind `image1`, `image2` …
    public static Signature of(List<Input> inputs, List<Output> outputs) {
        return new Signature(named(inputs, Input::kind), named(outputs, Output::kind));
    }

    private static <T> SequencedMap<String, T> named(List<T> all, Function<T, String> kind) {
        List<String> kinds = all.stream().map(kind).toList();
        SequencedMap<String, T> named = new LinkedHashMap<>();
        for (int i = 0; i < kinds.size(); i++) {
            String name = kinds.get(i);
            boolean several = Collections.frequency(kinds, name) > 1;
            int number = Collections.frequency(kinds.subList(0, i), name) + 1;
            named.put(several ? name + number : name, all.get(i));
        }
        return named;
    }

    /// The description of a model by the data and the loss that it is trained with.
    /// @throws dev.neurite.error.ShapeException if they do not fit each other
    public static Signature of(Model model, Dataset data, Criterion loss) {
        List<Input> inputs = new ArrayList<>();
        List<RowSource> rows = data.inputs();
        for (int i = 0; i < rows.size(); i++) {
            inputs.add(Input.of(rows.get(i).origin(), model.network().inputs().get(i)));
        }
        List<Output> outputs = new ArrayList<>();
        List<Dataset> targets = data.targetsByOutput();
        List<Weighted> losses = loss.losses();
        for (int i = 0; i < targets.size(); i++) {
            outputs.add(Output.of(model, i, targets.get(i), losses.get(i).loss()));
        }
        return of(inputs, outputs);
    }

    /// The description of a model of which nothing is known: numbers in, numbers out.
    public static Signature of(Model model) {
        return of(
                model.network().inputs().stream()
                        .<Input>map(shape -> new Input.Numbers(shape, List.of()))
                        .toList(),
                model.network().outputs().stream()
                        .<Output>map(_ -> new Output.Numbers())
                        .toList());
    }

    /// A copy with other names for the inputs, in their order.
    /// @throws ConfigException for another number of names, or one that is there twice
    public Signature withInputNames(String... names) {
        return new Signature(renamed("inputs", inputs, names), outputs);
    }

    /// A copy with other names for the outputs, in their order.
    /// @throws ConfigException for another number of names, or one that is there twice
    public Signature withOutputNames(String... names) {
        return new Signature(inputs, renamed("outputs", outputs, names));
    }

    private static <T> SequencedMap<String, T> renamed(String where, SequencedMap<String, T> map, String... names) {
        SequencedMap<String, T> renamed = new LinkedHashMap<>();
        List<T> values = List.copyOf(map.values());
        for (int i = 0; i < Math.min(names.length, values.size()); i++) renamed.put(names[i], values.get(i));
        if (names.length == values.size() && renamed.size() == names.length) return renamed;
        throw new ConfigException(
                where, "expects " + values.size() + " different names, got " + String.join(", ", names));
    }

    /// A copy in which a threshold decides between the two classes of the first output that has its class.
    /// @throws ConfigException if no output has two classes, of which it is one
    public Signature with(Threshold threshold) {
        for (var each : outputs.entrySet()) {
            if (each.getValue() instanceof Output.Classes classes
                    && classes.names().contains(threshold.className())) {
                return withOutput(each.getKey(), classes.withThreshold(threshold));
            }
        }
        throw new ConfigException(
                "threshold",
                "expects two classes, of which one is '" + threshold.className() + "', got "
                        + outputs.values().stream().map(ShapeFit::described).collect(Collectors.joining(", ")));
    }

    /// A copy with another description of an output.
    /// @throws ConfigException for an unknown name
    public Signature withOutput(String name, Output output) {
        if (!outputs.containsKey(name)) {
            throw new ConfigException("output", "expects one of " + outputs.keySet() + ", got '" + name + "'");
        }
        SequencedMap<String, Output> changed = new LinkedHashMap<>(outputs);
        changed.put(name, output);
        return new Signature(inputs, changed);
    }

    /// A copy with a preprocessing for the input that it fits: the only one, or the first whose rows it makes. If it
    /// has a target, the only output is its classes or values.
    /// @param loss it was trained with, which decides how outputs become probabilities
    /// @throws ConfigException if it fits no input, or its target not the output
    public Signature with(Preprocessing columns, Model model, Loss loss) {
        SequencedMap<String, Input> changed = new LinkedHashMap<>();
        List<Shape> shapes = model.network().inputs();
        boolean placed = false;
        for (var each : inputs.entrySet()) {
            Shape shape = shapes.get(changed.size());
            Input input = each.getValue() instanceof Input.Series series
                    ? new Input.Series(columns, series.columns())
                    : new Input.Columns(columns);
            if (!ShapeFit.fits(input, shape)) input = new Input.Steps(columns);
            boolean fits = !placed && ShapeFit.fits(input, shape);
            placed |= fits;
            if (fits) changed.put(name(each.getKey(), each.getValue().kind(), input.kind()), input);
            else changed.put(each.getKey(), each.getValue());
        }
        if (!placed) {
            throw new ConfigException(
                    "preprocessing", "expects to make rows " + shapes + ", makes " + columns.inputShape());
        }
        var with = new Signature(changed, outputs);
        return outputs.size() == 1 ? with.withTarget(columns, model, loss) : with;
    }

    /// The name of an input or output of another kind: its own, unless that is only the name of the kind.
    private static String name(String name, String kind, String other) {
        return name.equals(kind) ? other : name;
    }

    private Signature withTarget(Preprocessing columns, Model model, Loss loss) {
        Optional<Preprocessing.Column> target = columns.target();
        if (target.isEmpty() || output() instanceof Output.Forecast) return this;
        Output described = Output.of(target.get(), model, loss);
        Shape shape = model.network().outputs().getFirst();
        if (!ShapeFit.fits(described, shape)) {
            throw new ConfigException(
                    "preprocessing",
                    "expects a name for each of " + shape + " outputs, has "
                            + (described instanceof Output.Classes classes
                                    ? classes.names().size() + " classes"
                                    : "one value"));
        }
        boolean same = !output().classNames().isEmpty() && output().classNames().equals(described.classNames());
        Optional<Threshold> kept = output().decision().filter(_ -> same);
        if (kept.isPresent() && described instanceof Output.Classes classes) {
            described = classes.withThreshold(kept.get());
        }
        SequencedMap<String, Output> named = new LinkedHashMap<>();
        named.put(name(outputs.firstEntry().getKey(), output().kind(), described.kind()), described);
        return new Signature(inputs, named);
    }

    /// What a model takes and gives, in words: `takes image, table and gives class`.
    public String words() {
        return "takes " + inputs.values().stream().map(Input::kind).collect(Collectors.joining(", ")) + " and gives "
                + outputs.values().stream().map(Output::kind).collect(Collectors.joining(", "));
    }

    /// The only input, or the first of several.
    public Input input() {
        return inputs.firstEntry().getValue();
    }

    /// The only output, or the first of several.
    public Output output() {
        return outputs.firstEntry().getValue();
    }

    /// The preprocessing of the columns of a table; empty if no input has one.
    public Optional<Preprocessing> preprocessing() {
        return inputs.values().stream()
                .flatMap(each -> each.tableColumns().stream())
                .findFirst();
    }

    /// Checks that this describes a model.
    /// @throws ConfigException if their numbers, shapes or names do not fit
    public void check(Model model) {
        List<Shape> in = model.network().inputs();
        List<Shape> out = model.network().outputs();
        if (in.size() != inputs.size() || out.size() != outputs.size()) {
            throw new ConfigException(
                    "signature",
                    "expects " + in.size() + " inputs and " + out.size() + " outputs, describes " + inputs.size()
                            + " and " + outputs.size());
        }
        int i = 0;
        for (var each : inputs.entrySet()) ShapeFit.check(each.getKey(), each.getValue(), in.get(i++));
        i = 0;
        for (var each : outputs.entrySet()) ShapeFit.check(each.getKey(), each.getValue(), out.get(i++));
    }
}
