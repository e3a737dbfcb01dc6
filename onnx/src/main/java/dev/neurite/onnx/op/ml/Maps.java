package dev.neurite.onnx.op.ml;

import dev.neurite.error.DataException;
import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Heap;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.shape.Casting;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Operators that make maps, and numbers of maps: ZipMap, DictVectorizer and CastMap.
final class Maps {
    private static final int BYTES_OF_MAP = 160;

    private Maps() {}

    static void register(Operators all) {
        all.add(Operators.ML, "ZipMap", Maps::zip);
        all.add(Operators.ML, "DictVectorizer", Maps::vectorizer);
        all.add(Operators.ML, "CastMap", Maps::cast);
    }

    /// A map for each row, from labels to the row's numbers. All have the same keys.
    private static ReadyNode zip(NodeCall call) {
        call.requireType(0, ElementType.FLOAT);
        NumberRows rows = NumberRows.of(call, 0);
        Labels labels = Labels.of(call, "classlabels_strings", "classlabels_int64s");
        int n = rows.width();
        if (labels.count() != n)
            throw call.misfit("expects " + labels.count() + " columns, one for each label, got " + n);
        return ReadyNode.unknown(1, (in, out) -> {
            Heap.require(call.node().label(), rows.count() * (long) BYTES_OF_MAP + in[0].size() * 4L);
            float[] all = in[0].floats();
            Value[] maps = new Value[rows.count()];
            for (int row = 0; row < maps.length; row++) {
                maps[row] = Value.map(labels.all(), Value.view(ElementType.FLOAT, Shape.of(n), all, row * n));
            }
            out[0] = Value.sequence(List.of(maps));
        });
    }

    /// The values of known keys, in their order; 0 for those that the map does not have.
    private static ReadyNode vectorizer(NodeCall call) {
        Labels vocabulary = Labels.of(call, "string_vocabulary", "int64_vocabulary");
        call.requireType(0, ElementType.MAP);
        var places =
                call.made(EncodingOperators.Dictionary.class, () -> EncodingOperators.Dictionary.of(vocabulary.all()));
        return ReadyNode.unknown(1, (in, out) -> {
            Value keys = in[0].keys();
            Value values = in[0].values();
            if (keys.type() != vocabulary.type()) {
                throw call.misfit("expects keys of " + vocabulary.type() + ", got " + keys.type());
            }
            Value y = Value.zeros(values.type(), Shape.of(1, vocabulary.count()));
            Copier copier = Copier.of(values, y);
            for (int i = 0; i < keys.size(); i++) {
                int place = places.place(keys, i);
                if (place < 0) {
                    throw new DataException(
                            call.node().label(),
                            "expects keys of its vocabulary, got '" + EncodingOperators.Dictionary.key(keys, i) + "'");
                }
                copier.run(i, place, 1);
            }
            out[0] = y;
        });
    }

    /// The values of a map from integers, in the order of the keys, or each at the place that its key says.
    private static ReadyNode cast(NodeCall call) {
        call.requireType(0, ElementType.MAP);
        String to = call.attributes().text("cast_to", "TO_FLOAT");
        ElementType type = switch (to) {
            case "TO_FLOAT" -> ElementType.FLOAT;
            case "TO_STRING" -> ElementType.STRING;
            case "TO_INT64" -> ElementType.INT64;
            default -> throw call.wrong("expects cast_to TO_FLOAT, TO_STRING or TO_INT64, got '" + to + "'");
        };
        String form = call.attributes().text("map_form", "DENSE");
        if (!form.equals("DENSE") && !form.equals("SPARSE")) {
            throw call.wrong("expects map_form DENSE or SPARSE, got '" + form + "'");
        }
        long most = call.attributes().integer("max_map", 1);
        boolean sparse = form.equals("SPARSE");
        Shape row = sparse ? Shapes.of(call, 1, most) : Shape.of(1, 0);
        return ReadyNode.unknown(1, (in, out) -> {
            Value keys = in[0].keys();
            if (keys.type() != ElementType.INT64) throw call.misfit("expects keys of int64, got " + keys.type());
            Integer[] order = new Integer[keys.size()];
            Arrays.setAll(order, i -> i);
            Arrays.sort(order, Comparator.comparingLong(keys::integer));
            if (sparse) Heap.require(call.node().label(), most * Long.BYTES);
            Value y = Value.zeros(type, sparse ? row : Shape.of(1, order.length));
            for (int i = 0; i < order.length; i++) {
                long place = sparse ? keys.integer(order[i]) : i;
                if (place < 0 || place >= y.size()) {
                    throw new DataException(
                            call.node().label(), "expects keys from 0 to " + (y.size() - 1) + ", got " + place);
                }
                write(call, in[0].values(), order[i], y, (int) place);
            }
            out[0] = y;
        });
    }

    private static void write(NodeCall call, Value values, int from, Value y, int to) {
        Value one = Casting.converted(
                call, Value.view(values.type(), Shape.of(1), values.array(), values.offset() + from), y.type());
        Copier.of(one, y).run(0, to, 1);
    }
}
