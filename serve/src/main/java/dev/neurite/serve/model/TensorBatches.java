package dev.neurite.serve.model;

import dev.neurite.error.NeuriteException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.KnownElements;
import dev.neurite.onnx.value.SampleValues;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Computes requests for an ONNX model together: their tensors one after the other along the first axis.
///
/// Only if that changes nothing. The model has to leave the first extent of all inputs and outputs open, and sample
/// rows must give the same bits together, in any order, as alone: where the first axis is the time, or rows share
/// a range, as in DynamicQuantizeLinear, they do not.
final class TensorBatches {
    /// Tried in turn for open extents other than the first: numbers of tokens, sizes of images.
    private static final int[] OPEN = {8, 64, 224, 1};

    /// The largest integer of each sample row: rows of other ranges find out what shares one.
    private static final int[] LARGEST = {0, 1, 100};

    private final OnnxModel model;
    private final Optional<String> alone;
    private final Optional<Map<String, Value>> sample;

    private TensorBatches(OnnxModel model, Optional<String> alone, Optional<Map<String, Value>> sample) {
        this.model = model;
        this.alone = alone;
        this.sample = sample;
    }

    /// Tries out whether requests can be computed together.
    static TensorBatches of(OnnxModel model) {
        Map<String, KnownElements> known = new HashMap<>();
        for (ValueInfo each : model.inputs()) known.put(each.name(), model.known(each.name()));
        String refused = "";
        for (int open : OPEN) {
            try {
                Map<String, Value> first =
                        sample(model, open, (info, shape) -> SampleValues.of(info.type(), shape, 1, of(known, info)));
                Map<String, Value> result = model.run(first);
                Optional<String> alone = notOpen(model).or(() -> differs(model, known, first, result, open));
                return new TensorBatches(model, alone, Optional.of(first));
            } catch (NeuriteException e) { // an extent that does not fit the others: the next one may
                if (refused.isEmpty()) refused = String.valueOf(e.getMessage());
            }
        }
        return new TensorBatches(model, Optional.of("it takes no sample row: " + refused), Optional.empty());
    }

    private static KnownElements of(Map<String, KnownElements> known, ValueInfo info) {
        return known.getOrDefault(info.name(), KnownElements.NONE);
    }

    /// Why sample rows are not the same together as alone; empty if they are.
    private static Optional<String> differs(
            OnnxModel model,
            Map<String, KnownElements> known,
            Map<String, Value> first,
            Map<String, Value> result,
            int open) {
        List<Map<String, Value>> rows = new ArrayList<>(List.of(first));
        List<Map<String, Value>> results = new ArrayList<>(List.of(result));
        String refused = "";
        for (int largest : LARGEST) {
            Map<String, Value> row =
                    sample(model, open, (info, shape) -> various(info, shape, largest, of(known, info)));
            try {
                results.add(model.run(row));
                rows.add(row);
            } catch (NeuriteException e) { // not what the model takes, such as a token that its vocabulary has not
                refused = String.valueOf(e.getMessage());
            }
        }
        if (rows.size() == 1) return Optional.of("it takes one sample row only: " + refused);
        try {
            var joined = new TensorBatches(model, Optional.empty(), Optional.empty());
            boolean same = joined.compute(rows).equals(results)
                    && joined.compute(rows.reversed()).equals(results.reversed());
            return same ? Optional.empty() : Optional.of("sample rows give other numbers together than alone");
        } catch (NeuriteException e) {
            return Optional.of("sample rows together are refused: " + e.getMessage());
        }
    }

    /// Masks are of what is there: without it, rows would be nothing.
    private static Value various(ValueInfo info, Shape shape, int largest, KnownElements known) {
        boolean masks = info.name().contains("mask");
        return masks
                ? SampleValues.of(info.type(), shape, largest, known)
                : SampleValues.various(info.type(), shape, largest, 2 + largest, known);
    }

    /// What keeps rows from being put one after the other; empty if nothing does.
    private static Optional<String> notOpen(OnnxModel model) {
        if (model.quantizesByRange()) return Optional.of("it quantizes by a range that its rows share");
        if (model.inputs().isEmpty()) return Optional.of("it has no inputs");
        return Stream.concat(
                        model.inputs().stream().filter(each -> !isOpen(each)),
                        model.outputs().stream().filter(each -> !each.isMaps() && !isOpen(each)))
                .map(each -> "the first extent is not open: " + each)
                .findFirst();
    }

    private static boolean isOpen(ValueInfo info) {
        return !info.anyRank()
                && !info.extents().isEmpty()
                && !info.type().hasValues()
                && !ValueInfo.isFixed(info.extents().getFirst());
    }

    /// A row for each input.
    private static Map<String, Value> sample(OnnxModel model, int open, BiFunction<ValueInfo, Shape, Value> maker) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (ValueInfo each : model.inputs()) {
            Map<String, Integer> extents = new HashMap<>();
            for (String extent : each.extents()) if (!ValueInfo.isFixed(extent)) extents.put(extent, open);
            int[] shape = each.shape(extents).extents().stream()
                    .mapToInt(Integer::intValue)
                    .toArray();
            if (isOpen(each)) shape[0] = 1;
            values.put(each.name(), maker.apply(each, Shape.of(shape)));
        }
        return values;
    }

    /// Computes so many sample rows together, if there are any that the model takes.
    void warm(int rows) {
        sample.ifPresent(row -> compute(Collections.nCopies(rows, row)));
    }

    /// Whether requests may be computed together.
    boolean joins() {
        return alone.isEmpty();
    }

    /// Whether there is a row to warm up with.
    boolean hasSample() {
        return sample.isPresent();
    }

    /// Says why there is no warm-up, or why requests are not computed together although all inputs have rows.
    Optional<String> notice() {
        String warm = hasSample() ? "" : ", and not warmed up";
        return alone.filter(_ -> !hasSample() || model.inputs().stream().allMatch(TensorBatches::isOpen))
                .map(why -> "is computed one request at a time" + warm + ": " + why);
    }

    /// The batching of a queue of this model.
    Batching<Map<String, Value>> batching(BatchSettings settings) {
        return new Batching<>(settings, this::rows, _ -> 0, (some, more) -> joins() && fit(some, more), true);
    }

    /// The rows of a request: the first extent of the model's first input, or 1 if the first axis is none of rows.
    private int rows(Map<String, Value> request) {
        if (!joins()) return 1;
        Value first = request.get(model.inputs().getFirst().name());
        return first == null || first.shape().rank() == 0
                ? 1
                : Math.max(1, first.shape().extent(0));
    }

    /// Whether two requests differ in nothing but their rows, of which each has the same number for all inputs.
    private boolean fit(Map<String, Value> some, Map<String, Value> more) {
        for (ValueInfo info : model.inputs()) {
            Value a = some.get(info.name());
            Value b = more.get(info.name());
            boolean fits = a != null
                    && b != null
                    && info.fits(a)
                    && info.fits(b)
                    && a.shape().extent(0) == rows(some)
                    && b.shape().extent(0) == rows(more)
                    && a.shape().size() > 0
                    && b.shape().size() > 0
                    && a.shape().row().equals(b.shape().row());
            if (!fits) return false;
        }
        return some.size() == model.inputs().size()
                && more.size() == model.inputs().size();
    }

    /// Results of requests, together where they may be.
    List<Map<String, Value>> compute(List<Map<String, Value>> requests) {
        if (!joins() || requests.size() == 1)
            return requests.stream().map(this::alone).toList();
        Map<String, Value> joined = new LinkedHashMap<>();
        for (ValueInfo each : model.inputs()) {
            joined.put(
                    each.name(),
                    joined(requests.stream()
                            .map(request -> request.get(each.name()))
                            .toList()));
        }
        int[] rows = requests.stream().mapToInt(this::rows).toArray();
        List<Map<String, Value>> results = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) results.add(new LinkedHashMap<>());
        model.run(joined).forEach((name, value) -> {
            List<Value> parts = parted(value, rows);
            for (int i = 0; i < rows.length; i++) results.get(i).put(name, parts.get(i));
        });
        return results;
    }

    private Map<String, Value> alone(Map<String, Value> request) {
        if (joins()) requireRows(request);
        return model.run(request);
    }

    /// Refuses inputs of different numbers of rows, before an operator somewhere in the model does.
    private void requireRows(Map<String, Value> request) {
        ValueInfo first = model.inputs().getFirst();
        Value before = request.get(first.name());
        for (ValueInfo info : model.inputs()) {
            Value value = request.get(info.name());
            if (before == null || value == null || !first.fits(before) || !info.fits(value))
                return; // the model says it
            int expected = before.shape().extent(0);
            int own = value.shape().extent(0);
            if (own == expected) continue;
            String extent = first.extents().getFirst();
            throw new ShapeException(
                    "inputs",
                    "expects one " + (extent.equals(ValueInfo.NAMELESS) ? "number of rows" : "size of '" + extent + "'")
                            + ", got " + expected + " for '" + first.name() + "' and " + own + " for '" + info.name()
                            + "'");
        }
    }

    private static Value joined(List<Value> values) {
        Value first = values.getFirst();
        int rows = 0;
        int size = 0;
        for (Value each : values) {
            rows = Math.addExact(rows, each.shape().extent(0));
            size = Math.addExact(size, each.size());
        }
        Object all = first.type().newArray(size);
        int at = 0;
        for (Value each : values) {
            System.arraycopy(each.array(), each.offset(), all, at, each.size());
            at += each.size();
        }
        return Value.view(first.type(), first.shape().row().forRows(rows), all, 0);
    }

    private static List<Value> parted(Value value, int... rows) {
        List<Value> parts = new ArrayList<>();
        int all = IntStream.of(rows).sum();
        if (value.type() == ElementType.SEQUENCE) {
            List<Value> elements = value.elements();
            if (elements.size() != all) throw noBatch(value);
            int at = 0;
            for (int each : rows) parts.add(Value.sequence(elements.subList(at, at += each)));
            return parts;
        }
        if (value.shape().rank() == 0 || value.shape().extent(0) != all) throw noBatch(value);
        Value plain =
                value.type() == ElementType.FLOAT && value.tensor().layout() != Layout.ROW_MAJOR ? value.copy() : value;
        int width = value.size() / all;
        int at = plain.offset();
        for (int each : rows) {
            Shape shape = value.shape().row().forRows(each);
            parts.add(Value.view(value.type(), shape, plain.array(), at));
            at += each * width;
        }
        return parts;
    }

    private static NeuriteException noBatch(Value value) {
        return new ShapeException(
                "output", "expects a row for each row of the inputs, got " + value.type() + " " + value.shape());
    }
}
