package dev.neurite.serve.model;

import dev.neurite.error.DataException;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.predict.Prediction;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;

/// What an ONNX model says of a row as a [Prediction]: the inverse of [TensorOutputs].
///
/// | outputs | prediction |
/// |---|---|
/// | of a file that the library wrote | that of the model it was made of |
/// | a label and the numbers of classes with names, as of scikit-learn | a class |
/// | floats | numbers |
public final class TensorPredictions {
    private static final String SCORES = "scores";

    /// Makes the prediction of an output.
    private record Reader(Output output, Function<Map<String, Value>, Prediction> make) {}

    private final SequencedMap<String, Reader> readers;

    private TensorPredictions(SequencedMap<String, Reader> readers) {
        this.readers = readers;
    }

    /// Empty for outputs that are no predictions of rows.
    static Optional<TensorPredictions> of(OnnxModel model) {
        if (!model.outputs().stream().allMatch(each -> each.isMaps() || isRows(each))) return Optional.empty();
        List<Described> described = Described.of(model, "outputs");
        SequencedMap<String, Reader> readers = new LinkedHashMap<>();
        boolean all = described.isEmpty() ? addOthers(model, readers) : addDescribed(model, described, readers);
        return all && !readers.isEmpty() ? Optional.of(new TensorPredictions(readers)) : Optional.empty();
    }

    private static boolean isRows(ValueInfo info) {
        return !info.anyRank()
                && !info.type().hasValues()
                && !info.extents().isEmpty()
                && ColumnTensors.isRows(info.extents().getFirst());
    }

    /// What the model says, by name.
    public SequencedMap<String, Output> outputs() {
        SequencedMap<String, Output> outputs = new LinkedHashMap<>();
        readers.forEach((name, each) -> outputs.put(name, each.output));
        return outputs;
    }

    /// The prediction of a row.
    /// @param row the outputs of one row
    public Prediction of(Map<String, Value> row) {
        if (readers.size() == 1) return readers.firstEntry().getValue().make.apply(row);
        SequencedMap<String, Prediction> all = new LinkedHashMap<>();
        readers.forEach((name, each) -> all.put(name, each.make.apply(row)));
        return new Prediction.Several(all);
    }

    // ------------------------------------------------------------------------------------------------- our own files

    private static boolean addDescribed(
            OnnxModel model, List<Described> described, SequencedMap<String, Reader> readers) {
        List<String> names = model.outputs().stream().map(ValueInfo::name).toList();
        for (Described each : described) {
            String name = each.name();
            String prefix = name.replaceFirst("(probabilities|scores)$", "");
            String label = prefix + "label";
            String own = prefix.endsWith("_") ? prefix.substring(0, prefix.length() - 1) : name;
            Optional<List<String>> list = each.texts("classes").or(() -> each.texts("labels"));
            if (!names.contains(name)) return false;
            switch (each.text("kind")) {
                case "classes" -> {
                    if (list.isEmpty() || !names.contains(label) || !distinct(list.get())) return false;
                    readers.put(own, classes(label, name, list.get()));
                }
                case "labels" -> {
                    if (list.isEmpty() || !names.contains(label) || !distinct(list.get())) return false;
                    readers.put(own, labels(label, name, list.get()));
                }
                case "values" -> {
                    List<String> targets = each.texts("names").orElse(List.of());
                    if (!distinct(targets)) return false;
                    readers.put(name, values(name, targets));
                }
                case "numbers" -> readers.put(name, numbers(name));
                default -> {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean distinct(List<String> names) {
        return new HashSet<>(names).size() == names.size();
    }

    // ----------------------------------------------------------------------------------------------------- of others

    private static boolean addOthers(OnnxModel model, SequencedMap<String, Reader> readers) {
        List<ValueInfo> outputs = model.outputs();
        if (outputs.stream().allMatch(each -> each.type().isFloating())) {
            for (ValueInfo each : outputs) readers.put(each.name(), numbers(each.name()));
            return true;
        }
        List<String> names = model.classes();
        List<ValueInfo> labels =
                outputs.stream().filter(TensorPredictions::isLabel).toList();
        List<ValueInfo> numbers = outputs.stream()
                .filter(each -> each.isMaps() || each.type() == ElementType.FLOAT)
                .toList();
        boolean pair = outputs.size() == 2 && labels.size() == 1 && numbers.size() == 1;
        if (!pair || names.isEmpty() || !distinct(names)) return false;
        List<String> extents = numbers.getFirst().extents();
        boolean others = !numbers.getFirst().isMaps()
                && ValueInfo.isFixed(extents.getLast())
                && !extents.getLast().equals(Integer.toString(names.size()));
        if (others) return false;
        readers.put(
                "class", classes(labels.getFirst().name(), numbers.getFirst().name(), names));
        return true;
    }

    private static boolean isLabel(ValueInfo info) {
        boolean one = info.extents().size() == 1
                || (info.extents().size() == 2 && info.extents().getLast().equals("1"));
        return one && (info.type() == ElementType.STRING || info.type() == ElementType.INT64);
    }

    // ------------------------------------------------------------------------------------------------------- readers

    private static Reader classes(String label, String numbers, List<String> names) {
        boolean scores = numbers.endsWith(SCORES);
        Output output = new Output.Classes(names, scores ? Meaning.SCORES : Meaning.PROBABILITIES);
        return new Reader(output, row -> {
            Value chosen = value(row, label, 1);
            String text = chosen.type() == ElementType.STRING ? chosen.texts()[0] : Long.toString(chosen.integer(0));
            return new Prediction.OneClass(text, byName(row, numbers, names), scores);
        });
    }

    private static Reader labels(String label, String numbers, List<String> names) {
        return new Reader(new Output.Labels(names, Meaning.PROBABILITIES), row -> {
            Value chosen = value(row, label, names.size());
            List<String> own = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) if (chosen.integer(i) == 1) own.add(names.get(i));
            return new Prediction.Labels(own, byName(row, numbers, names));
        });
    }

    private static Reader values(String name, List<String> targets) {
        return new Reader(new Output.Values(targets, 0, 1), row -> {
            Value all = value(row, name, targets.size());
            List<Double> values = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) values.add(all.number(i));
            return new Prediction.Values(targets, values);
        });
    }

    private static Reader numbers(String name) {
        return new Reader(new Output.Numbers(), row -> {
            Value all = value(row, name, 0);
            float[] floats = new float[all.size()];
            for (int i = 0; i < floats.length; i++) floats[i] = (float) all.number(i);
            return new Prediction.Numbers(Tensor.of(all.shape().row(), floats));
        });
    }

    private static SequencedMap<String, Double> byName(Map<String, Value> row, String output, List<String> names) {
        Value all = Objects.requireNonNull(row.get(output), output);
        SequencedMap<String, Double> numbers = new LinkedHashMap<>();
        if (all.type() == ElementType.SEQUENCE) { // of one map
            Map<String, Double> own = all.elements().getFirst().numbers();
            for (String each : names) numbers.put(each, own.getOrDefault(each, Double.NaN));
            return numbers;
        }
        Value known = value(row, output, names.size());
        for (int i = 0; i < names.size(); i++) numbers.put(names.get(i), known.number(i));
        return numbers;
    }

    /// @param size that it must have; 0 for any
    /// @throws DataException for another, if the model gives something else than its file says
    private static Value value(Map<String, Value> row, String output, int size) {
        Value value = Objects.requireNonNull(row.get(output), output);
        if (size == 0 || value.size() == size) return value;
        throw new DataException(
                "output '" + output + "'", "expects " + size + " numbers for a row, got " + value.size());
    }
}
