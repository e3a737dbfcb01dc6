package dev.neurite.serve.api;

import dev.neurite.http.HttpProblem;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Tensors as lists in lists of JSON.
final class TensorJson {
    /// The largest number of elements of an answer.
    static final int MOST = 1 << 20;

    private TensorJson() {}

    /// The inputs of a body: an object of tensors by name; of one input its tensor alone will do.
    /// @throws HttpProblem 400 for a missing or unknown input, or a tensor of another form or type
    static Map<String, Value> inputs(List<ValueInfo> inputs, Json json) {
        if (!(json instanceof JsonObject(Map<String, Json> members))) {
            if (inputs.size() > 1) {
                List<String> names = inputs.stream().map(ValueInfo::name).toList();
                throw HttpProblem.bad("", "expects an object with " + String.join(", ", names));
            }
            return Map.of(inputs.getFirst().name(), value(inputs.getFirst(), json, ""));
        }
        Map<String, Value> values = new LinkedHashMap<>();
        for (ValueInfo each : inputs) {
            Json own = members.get(each.name());
            if (own == null) throw HttpProblem.bad(each.name(), "expects a value for input " + each + ", got none");
            values.put(each.name(), value(each, own, each.name()));
        }
        for (String name : members.keySet()) {
            if (!values.containsKey(name)) throw HttpProblem.bad(name, "is no input; there are " + values.keySet());
        }
        return values;
    }

    /// A tensor.
    /// @throws HttpProblem 400 for lists of different lengths, or elements or a shape that do not fit
    static Value value(ValueInfo info, Json json, String path) {
        NestedList list = NestedList.of(json, path);
        int size = list.leaves().size();
        if (info.type().hasValues()) throw HttpProblem.bad(path, "expects " + info + ", which JSON does not have here");
        Object array = info.type().newArray(size);
        for (int i = 0; i < size; i++) {
            int leaf = i;
            put(info.type(), list.leaves().get(i), () -> list.path(leaf), array, i);
        }
        int[] extents = list.extents().stream().mapToInt(Integer::intValue).toArray();
        Value value = Value.view(info.type(), Shape.of(extents), array, 0);
        if (info.fits(value)) return value;
        String form = list.extents().isEmpty() ? " as lists in lists" : "";
        throw HttpProblem.bad(path, "expects " + info + form + ", got " + list.described());
    }

    /// Puts an element into an array of a type.
    /// @param path of the element, for problems
    /// @throws HttpProblem 400 for one of another type
    static void put(ElementType type, Json element, Supplier<String> path, Object array, int i) {
        switch (array) {
            case float[] floats -> {
                floats[i] = Float.parseFloat(number(element, path)); // not by way of a double, which rounds twice
                if (Float.isInfinite(floats[i])) throw JsonPaths.infinite(element, path.get());
            }
            case double[] doubles -> {
                doubles[i] = Double.parseDouble(number(element, path));
                if (Double.isInfinite(doubles[i])) throw HttpProblem.bad(path.get(), "expects a finite number");
            }
            case long[] longs -> longs[i] = whole(type, element, path);
            case int[] ints -> ints[i] = (int) whole(type, element, path);
            case short[] shorts -> shorts[i] = (short) whole(type, element, path);
            case byte[] bytes -> bytes[i] = (byte) whole(type, element, path);
            case boolean[] truths -> truths[i] = truth(element, path);
            case String[] texts -> texts[i] = JsonRows.text(element, path.get());
            default -> throw new IllegalStateException(type.toString());
        }
    }

    private static String number(Json element, Supplier<String> path) {
        if (element instanceof JsonNumber(String literal)) return literal;
        throw HttpProblem.bad(path.get(), "expects a number, got " + JsonPaths.described(element));
    }

    /// A whole number within the bits of the type.
    private static long whole(ElementType type, Json element, Supplier<String> path) {
        int bits = type.bits();
        BigInteger least = type.isUnsigned()
                ? BigInteger.ZERO
                : BigInteger.TWO.pow(bits - 1).negate();
        BigInteger most =
                BigInteger.TWO.pow(type.isUnsigned() ? bits : bits - 1).subtract(BigInteger.ONE);
        if (element instanceof JsonNumber(String literal) && Double.isFinite(Double.parseDouble(literal))) {
            double about = Double.parseDouble(literal);
            if (about == Math.rint(about) && Math.abs(about) < 0x1p65) {
                BigDecimal exact = new BigDecimal(literal);
                BigInteger number = exact.toBigInteger();
                boolean fits = number.compareTo(least) >= 0 && number.compareTo(most) <= 0;
                if (fits && new BigDecimal(number).compareTo(exact) == 0) return number.longValue();
            }
        }
        throw HttpProblem.bad(
                path.get(),
                "expects a whole number of " + type + ", " + least + " to " + most + ", got "
                        + JsonPaths.described(element));
    }

    private static boolean truth(Json element, Supplier<String> path) {
        if (element instanceof JsonBoolean(boolean truth)) return truth;
        throw HttpProblem.bad(path.get(), "expects true or false, got " + JsonPaths.described(element));
    }

    /// The outputs of a model: tensors as lists, maps as objects.
    /// @throws HttpProblem 413 for too many elements
    static Map<String, Object> outputs(Map<String, Value> outputs) {
        Map<String, Object> json = new LinkedHashMap<>();
        outputs.forEach((name, value) -> {
            if (value.size() > MOST) {
                throw new HttpProblem(
                        413,
                        "size",
                        name,
                        "has " + value.size() + " elements, more than " + MOST
                                + ": ask for binary data at /v2/models/NAME/infer");
            }
            json.put(name, json(value));
        });
        return json;
    }

    private static Object json(Value value) {
        return switch (value.type()) {
            case SEQUENCE -> value.elements().stream().map(TensorJson::json).toList();
            case OPTIONAL ->
                value.elements().isEmpty()
                        ? Json.of(null)
                        : json(value.elements().getFirst());
            case MAP -> {
                Map<String, Object> pairs = new LinkedHashMap<>();
                for (int i = 0; i < value.keys().size(); i++) {
                    pairs.put(String.valueOf(element(value.keys(), i)), element(value.values(), i));
                }
                yield pairs;
            }
            default -> list(value, 0, new int[1]);
        };
    }

    /// @param next the index of the next element
    private static Object list(Value value, int axis, int[] next) {
        if (axis == value.shape().rank()) return element(value, next[0]++);
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < value.shape().extent(axis); i++) list.add(list(value, axis + 1, next));
        return list;
    }

    private static Object element(Value value, int i) {
        return switch (value.type()) {
            case FLOAT -> (float) value.number(i);
            case DOUBLE -> value.number(i);
            case BOOL -> value.integer(i) == 1;
            case UINT64 -> new BigInteger(Long.toUnsignedString(value.integer(i)));
            case STRING -> value.texts()[i];
            default -> value.integer(i);
        };
    }
}
