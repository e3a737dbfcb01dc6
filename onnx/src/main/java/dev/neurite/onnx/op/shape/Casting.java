package dev.neurite.onnx.op.shape;

import dev.neurite.error.DataException;
import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.NarrowFloat;
import dev.neurite.onnx.value.Value;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Pattern;

/// Operators that convert elements to another type.
///
/// As in onnxruntime on x86, floats that an integer type does not hold, and NaN, become its least number, that of
/// 32 bits for smaller types; of integers the lowest bits are taken.
public final class Casting {
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");
    private static final int FLOAT_FIGURES = 8; // before the point of a text without an exponent
    private static final int DOUBLE_FIGURES = 17;

    private Casting() {}

    public static void register(Operators all) {
        all.add("Cast", call -> cast(call, type(call, "to"), call.attributes().small("to", 0)));
        all.add(
                "CastLike",
                call -> cast(
                        call,
                        call.type(1),
                        call.attributes().small(NodeCall.NARROW, call.type(1).code())));
    }

    /// A type that an attribute names by its code.
    public static ElementType type(NodeCall call, String attribute) {
        int code = call.attributes().small(attribute, 0);
        return ElementType.ofCode(code)
                .orElseThrow(() -> call.wrong("expects a known type as '" + attribute + "', got code " + code));
    }

    /// The least integer of a type; of truth values, false.
    public static long least(ElementType type) {
        return type.isInteger() && !type.isUnsigned() ? -1L << (type.bits() - 1) : 0;
    }

    /// The greatest integer of a type; of truth values, true; of 64 bits without a sign, all of them.
    public static long greatest(ElementType type) {
        if (type == ElementType.BOOL) return 1;
        return type.isUnsigned() ? -1L >>> (Long.SIZE - type.bits()) : ~least(type);
    }

    private static ReadyNode cast(NodeCall call, ElementType type, int code) {
        Fact x = call.in(0);
        NarrowFloat narrow = NarrowFloat.ofCode(code).orElse(null);
        if (type == x.type() && narrow == null) return ReadyNode.view(x, x.shape(), 0);
        if (type.hasValues() || x.type().hasValues()) throw call.misfit("expects tensors, got " + x.type());
        boolean saturates = call.attributes().flag("saturate", true);
        String where = call.node().label();
        return ReadyNode.of(Fact.of(type, x.shape()), (in, out) -> {
            convert(where, in[0], out[0]);
            if (narrow == null) return;
            float[] y = (float[]) out[0].array();
            int from = out[0].offset();
            for (int i = from; i < from + out[0].size(); i++) y[i] = narrow.nearest(y[i], saturates);
        });
    }

    /// The elements in another type.
    public static Value converted(NodeCall call, Value x, ElementType type) {
        Value y = Value.zeros(type, x.shape());
        convert(call.node().label(), x, y);
        return y;
    }

    private static void convert(String where, Value x, Value y) {
        if (x.type() == y.type()) Copier.of(x, y).run(0, 0, x.size());
        else if (x.type() == ElementType.STRING) parse(where, x, y);
        else if (y.type() == ElementType.STRING) print(x, y);
        else if (y.type().isFloating()) toReals(x, y);
        else if (x.type().isFloating()) toIntegers(x, y);
        else {
            Elements.Longs from = Elements.longs(x);
            Elements.LongWriter to = Elements.longWriter(y);
            for (int i = 0; i < x.size(); i++) to.set(i, from.get(i));
        }
    }

    private static void toReals(Value x, Value y) {
        if (!x.type().isFloating() && x.type() != ElementType.UINT64 && y.type() == ElementType.FLOAT) {
            Elements.Longs from = Elements.longs(x);
            float[] to = (float[]) y.array();
            for (int i = 0; i < x.size(); i++) to[y.offset() + i] = from.get(i); // rounded once, not by way of a double
        } else {
            Elements.Doubles from = Elements.doubles(x);
            Elements.DoubleWriter to = Elements.doubleWriter(y);
            for (int i = 0; i < x.size(); i++) to.set(i, from.get(i));
        }
    }

    private static void toIntegers(Value x, Value y) {
        Elements.Doubles from = Elements.doubles(x);
        Elements.LongWriter to = Elements.longWriter(y);
        switch (y.type()) {
            case BOOL -> {
                for (int i = 0; i < x.size(); i++) to.set(i, from.get(i) == 0 ? 0 : 1);
            }
            case INT64, UINT32 -> {
                for (int i = 0; i < x.size(); i++) to.set(i, whole(from.get(i)));
            }
            case UINT64 -> {
                for (int i = 0; i < x.size(); i++) to.set(i, wholeWithoutSign(from.get(i)));
            }
            case INT4, UINT4 -> { // rounded and clipped, as ONNX has it for these types alone
                long least = least(y.type());
                long greatest = greatest(y.type());
                for (int i = 0; i < x.size(); i++) {
                    to.set(i, (long) Math.rint(Math.clamp(from.get(i), (double) least, (double) greatest)));
                }
            }
            default -> {
                for (int i = 0; i < x.size(); i++) to.set(i, small(from.get(i)));
            }
        }
    }

    private static long whole(double x) {
        return x >= -0x1p63 && x < 0x1p63 ? (long) x : Long.MIN_VALUE;
    }

    private static long wholeWithoutSign(double x) {
        return x < 0x1p63 ? whole(x) : x < 0x1p64 ? (long) (x - 0x1p63) ^ Long.MIN_VALUE : Long.MIN_VALUE;
    }

    private static int small(double x) {
        return x > -0x1p31 - 1 && x < 0x1p31 ? (int) x : Integer.MIN_VALUE;
    }

    // ------------------------------------------------------------------------------------------------------- texts

    private static void print(Value x, Value y) {
        String[] texts = (String[]) y.array();
        for (int i = 0; i < x.size(); i++) {
            texts[y.offset() + i] = x.type().isFloating() ? text(x, i) : whole(x, i);
        }
    }

    private static String whole(Value x, int index) {
        long integer = x.integer(index);
        return x.type() == ElementType.UINT64 ? Long.toUnsignedString(integer) : Long.toString(integer);
    }

    /// The fewest figures that mean this number and no other of its type, as C's `%g` writes them.
    private static String text(Value value, int index) {
        double x = value.number(index);
        if (Double.isNaN(x)) return "NaN";
        if (Double.isInfinite(x)) return x > 0 ? "INF" : "-INF";
        if (x == 0) return 1 / x < 0 ? "-0" : "0";
        boolean single = value.type() == ElementType.FLOAT;
        BigDecimal exact = new BigDecimal(single ? Float.toString((float) x) : Double.toString(x)).stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        if (exponent >= -4 && exponent < (single ? FLOAT_FIGURES : DOUBLE_FIGURES)) return exact.toPlainString();
        String all = exact.unscaledValue().abs().toString();
        String fraction = all.length() == 1 ? "" : "." + all.substring(1);
        String size = (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
        return (x < 0 ? "-" : "") + all.charAt(0) + fraction + "e" + size;
    }

    private static void parse(String where, Value x, Value y) {
        String[] texts = (String[]) x.array();
        for (int i = 0; i < x.size(); i++) {
            String text = texts[x.offset() + i].strip();
            switch (y.type()) {
                case FLOAT -> ((float[]) y.array())[y.offset() + i] = Float.parseFloat(number(where, text));
                case DOUBLE -> ((double[]) y.array())[y.offset() + i] = Double.parseDouble(number(where, text));
                default -> Elements.longWriter(y).set(i, integer(where, text, y.type()));
            }
        }
    }

    /// A text that Java reads: it also knows hexadecimal numbers, and other names for those that are not finite.
    private static String number(String where, String text) {
        return switch (text.toUpperCase(Locale.ROOT)) {
            case "INF", "+INF" -> "Infinity";
            case "-INF" -> "-Infinity";
            case "NAN" -> "NaN";
            default -> {
                if (!NUMBER.matcher(text).matches()) throw noNumber(where, text, "a number");
                yield text;
            }
        };
    }

    private static long integer(String where, String text, ElementType type) {
        if (type == ElementType.UINT64) {
            try {
                return Long.parseUnsignedLong(text);
            } catch (NumberFormatException e) {
                throw noNumber(where, text, "an integer from 0 to 2⁶⁴−1");
            }
        }
        long least = type == ElementType.BOOL ? Long.MIN_VALUE : least(type);
        long greatest = type == ElementType.BOOL ? Long.MAX_VALUE : greatest(type);
        try {
            long integer = Long.parseLong(text);
            if (integer >= least && integer <= greatest) return integer;
        } catch (NumberFormatException e) {
            throw noNumber(where, text, "an integer");
        }
        throw noNumber(where, text, "an integer from " + least + " to " + greatest);
    }

    private static DataException noNumber(String where, String text, String wanted) {
        String begin = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return new DataException(where, "expects a text that is " + wanted + ", got '" + begin + "'");
    }
}
