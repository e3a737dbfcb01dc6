package dev.neurite.onnx.op.ml;

import dev.neurite.error.DataException;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Operators that look elements up: LabelEncoder, CategoryMapper and OneHotEncoder.
final class EncodingOperators {
    private EncodingOperators() {}

    static void register(Operators all) {
        all.add(Operators.ML, "LabelEncoder", EncodingOperators::labels);
        all.add(Operators.ML, "CategoryMapper", EncodingOperators::categories);
        all.add(Operators.ML, "OneHotEncoder", EncodingOperators::oneHot);
    }

    // -----------------------------------------------------------------------------------------------------
    // dictionaries

    /// Where each key is in a list. NaN is a key like others, and 0 is −0; of equal keys the last counts.
    record Dictionary(Map<Object, Integer> places) {
        static Dictionary of(Value keys) {
            Map<Object, Integer> places = new HashMap<>();
            for (int i = 0; i < keys.size(); i++) places.put(key(keys, i), i);
            return new Dictionary(places);
        }

        /// −1 if the element is not there.
        int place(Value of, int index) {
            return places.getOrDefault(key(of, index), -1);
        }

        /// An element as a key: a text, or a number as a double or, of integer types, a long.
        static Object key(Value of, int index) {
            if (of.type() == ElementType.STRING) return ((String[]) of.array())[of.offset() + index];
            if (of.type().isFloating()) return of.number(index) + 0.0;
            return of.integer(index);
        }
    }

    /// Elements that are found become the values of their places, others the last value.
    /// @param values one more than keys
    private static ReadyNode lookup(NodeCall call, Dictionary keys, Value values) {
        int size = call.shape(0).size();
        return ReadyNode.of(Fact.of(values.type(), call.shape(0)), (in, out) -> {
            Copier copier = Copier.of(values, out[0]);
            for (int i = 0; i < size; i++) {
                int place = keys.place(in[0], i);
                copier.run(place < 0 ? values.size() - 1 : place, i, 1);
            }
        });
    }

    /// The values with another one after them.
    private static Value with(NodeCall call, Value values, Value last) {
        if (last.type() != values.type() || last.size() != 1) {
            throw call.wrong("expects one default of " + values.type() + ", got " + last.type() + " " + last.shape());
        }
        Value all = Value.zeros(values.type(), Shape.of(values.size() + 1));
        Copier.of(values, all).run(0, 0, values.size());
        Copier.of(last, all).run(0, values.size(), 1);
        return all;
    }

    private static void requireKeys(NodeCall call, Value keys) {
        if (call.type(0) == keys.type()) return;
        throw call.misfit("expects elements of " + keys.type() + ", as the keys are, got " + call.type(0));
    }

    private static Value texts(List<String> all) {
        return Value.of(Shape.of(all.size()), all.toArray(String[]::new));
    }

    private static Value integers(long... all) {
        return Value.of(Shape.of(all.length), all);
    }

    // ---------------------------------------------------------------------------------------------------- LabelEncoder

    private static ReadyNode labels(NodeCall call) {
        Attributes with = call.attributes();
        if (call.version() < 2) {
            Value classes = texts(with.texts("classes_strings").orElse(List.of()));
            long[] numbers = new long[classes.size()];
            Arrays.setAll(numbers, i -> i);
            return both(call, classes, integers(numbers));
        }
        Value keys = only(call, "keys");
        Value values = only(call, "values");
        if (keys.size() != values.size()) {
            throw call.wrong("expects as many values as keys, got " + values.size() + " and " + keys.size());
        }
        requireKeys(call, keys);
        Value usual = with.value("default_tensor").orElseGet(() -> usual(with, values.type()));
        return lookup(call, call.made(Dictionary.class, () -> Dictionary.of(keys)), with(call, values, usual));
    }

    private static Value usual(Attributes with, ElementType type) {
        return switch (type) {
            case STRING -> texts(List.of(with.text("default_string", "_Unused")));
            case INT64 -> integers(with.integer("default_int64", -1));
            case FLOAT -> Value.of(Shape.of(1), with.real("default_float", -0f));
            case DOUBLE -> Value.of(Shape.of(1), -0.0);
            default -> {
                Value usual = Value.zeros(type, Shape.of(1));
                Elements.longWriter(usual).set(0, -1);
                yield usual;
            }
        };
    }

    /// The list that a node has in one of several attributes.
    private static Value only(NodeCall call, String kind) {
        Attributes with = call.attributes();
        List<Value> given = new ArrayList<>();
        with.texts(kind + "_strings").ifPresent(all -> given.add(texts(all)));
        with.integers(kind + "_int64s").ifPresent(all -> given.add(integers(all)));
        with.reals(kind + "_floats").ifPresent(all -> given.add(Value.of(Shape.of(all.length), all)));
        with.value(kind + "_tensor").ifPresent(given::add);
        if (given.size() > 1) given.removeIf(each -> each.size() == 0);
        if (given.size() == 1 && !given.getFirst().type().hasValues()) return given.getFirst();
        throw call.wrong("expects one of " + kind + "_strings, " + kind + "_int64s, " + kind + "_floats and " + kind
                + "_tensor, got " + given.size());
    }

    /// Texts become integers and integers become texts, whichever the elements are.
    private static ReadyNode both(NodeCall call, Value texts, Value numbers) {
        call.requireType(0, ElementType.STRING, ElementType.INT64);
        Attributes with = call.attributes();
        boolean fromTexts = call.type(0) == ElementType.STRING;
        Value keys = fromTexts ? texts : numbers;
        Value values = fromTexts ? numbers : texts;
        // not kept for all plans: another plan may look up the other way
        return lookup(call, Dictionary.of(keys), with(call, values, usual(with, values.type())));
    }

    private static ReadyNode categories(NodeCall call) {
        Value texts = texts(call.attributes().texts("cats_strings").orElse(List.of()));
        Value numbers = integers(call.attributes().integers("cats_int64s").orElseGet(() -> new long[0]));
        if (texts.size() == numbers.size()) return both(call, texts, numbers);
        throw call.wrong("expects as many cats_strings as cats_int64s, got " + texts.size() + " and " + numbers.size());
    }

    // --------------------------------------------------------------------------------------------------- OneHotEncoder

    /// Numbers of other types are taken as integers, without what is after their points.
    private static ReadyNode oneHot(NodeCall call) {
        Value texts = texts(call.attributes().texts("cats_strings").orElse(List.of()));
        Value numbers = integers(call.attributes().integers("cats_int64s").orElseGet(() -> new long[0]));
        if (texts.size() > 0 == numbers.size() > 0) {
            throw call.wrong("expects either cats_strings or cats_int64s, got " + (texts.size() > 0 ? "both" : "none"));
        }
        Value categories = texts.size() > 0 ? texts : numbers;
        if (texts.size() > 0) call.requireType(0, ElementType.STRING);
        else NumberRows.requireNumbers(call);
        int count = categories.size();
        boolean zeros = call.attributes().flag("zeros", true);
        Dictionary places = call.made(Dictionary.class, () -> Dictionary.of(categories));
        Shape x = call.shape(0);
        long[] extents = Arrays.copyOf(Shapes.extents(x), x.rank() + 1);
        extents[x.rank()] = count;
        return ReadyNode.of(Fact.of(ElementType.FLOAT, Shapes.of(call, extents)), (in, out) -> {
            float[] y = (float[]) out[0].array();
            Arrays.fill(y, out[0].offset(), out[0].offset() + out[0].size(), 0);
            for (int i = 0; i < x.size(); i++) {
                int place = in[0].type().isFloating()
                        ? places.places.getOrDefault((long) in[0].number(i), -1)
                        : places.place(in[0], i);
                if (place >= 0) y[out[0].offset() + i * count + place] = 1;
                else if (!zeros) throw unknown(call, in[0], i);
            }
        });
    }

    private static DataException unknown(NodeCall call, Value x, int index) {
        Object got = Dictionary.key(x, index);
        String shown = got instanceof String text ? "'" + text + "'" : got.toString();
        return new DataException(
                call.node().label(), "expects categories that the model knows, got " + shown + " as element " + index);
    }
}
