package dev.neurite.serve.model;

import dev.neurite.error.NeuriteException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.ElementType;
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
    private final boolean joins;
    private final Optional<Map<String, Value>> sample;

    private TensorBatches(OnnxModel model, boolean joins, Optional<Map<String, Value>> sample) {
        this.model = model;
        this.joins = joins;
        this.sample = sample;
    }

    /// Tries out whether requests can be computed together.
    static TensorBatches of(OnnxModel model) {
        for (int open : OPEN) {
            try {
                Map<String, Value> first = sample(model, open, (info, shape) -> SampleValues.of(info.type(), shape, 1));
                Map<String, Value> alone = model.run(first);
                return new TensorBatches(model, mayJoin(model) && joins(model, first, alone, open), Optional.of(first));
            } catch (NeuriteException _) {
                // an extent that does not fit the others: the next one may
            }
        }
        return new TensorBatches(model, false, Optional.empty());
    }

    private static boolean joins(OnnxModel model, Map<String, Value> first, Map<String, Value> alone, int open) {
        List<Map<String, Value>> rows = new ArrayList<>(List.of(first));
        List<Map<String, Value>> results = new ArrayList<>(List.of(alone));
        for (int largest : LARGEST) {
            Map<String, Value> row = sample(model, open, (info, shape) -> various(info, shape, largest));
            try {
                results.add(model.run(row));
                rows.add(row);
            } catch (NeuriteException _) {
                // not what the model takes, such as a token that its vocabulary has not
            }
        }
        if (rows.size() == 1) return false; // nothing is known
        try {
            var joined = new TensorBatches(model, true, Optional.empty());
            return joined.compute(rows).equals(results)
                    && joined.compute(rows.reversed()).equals(results.reversed());
        } catch (NeuriteException _) {
            return false;
        }
    }

    /// Masks are of what is there: without it, rows would be nothing.
    private static Value various(ValueInfo info, Shape shape, int largest) {
        boolean masks = info.name().contains("mask");
        return masks
                ? SampleValues.of(info.type(), shape, largest)
                : SampleValues.various(info.type(), shape, largest, 2 + largest);
    }

    private static boolean mayJoin(OnnxModel model) {
        return !model.quantizesByRange()
                && !model.inputs().isEmpty()
                && model.inputs().stream().allMatch(each -> !each.type().hasValues() && isOpen(each))
                && model.outputs().stream().allMatch(each -> each.isMaps() || isOpen(each));
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
        return joins;
    }

    /// The batching of a queue of this model.
    Batching<Map<String, Value>> batching(BatchSettings settings) {
        return new Batching<>(settings, this::rows, _ -> 0, (some, more) -> joins && fit(some, more), true);
    }

    /// The rows of a request: the first extent of the model's first input, or 1 if the first axis is none of rows.
    private int rows(Map<String, Value> request) {
        if (!joins) return 1;
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

    /// Results of requests that may be computed together, or of one.
    List<Map<String, Value>> compute(List<Map<String, Value>> requests) {
        if (requests.size() == 1) return List.of(model.run(requests.getFirst()));
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
