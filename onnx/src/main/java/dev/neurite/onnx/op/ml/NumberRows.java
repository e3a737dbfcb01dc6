package dev.neurite.onnx.op.ml;

import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;

/// The rows of an input of numbers: `[rows × features]`, or a single one, `[features]`.
/// @param count how many
/// @param width the features of each
record NumberRows(int count, int width) {
    private static final ElementType[] NUMBERS = {
        ElementType.FLOAT, ElementType.DOUBLE, ElementType.INT64, ElementType.INT32
    };

    static NumberRows of(NodeCall call, int input) {
        Shape x = call.shape(input);
        if (x.rank() == 1) return new NumberRows(1, x.extent(0));
        if (x.rank() == 2) return new NumberRows(x.extent(0), x.extent(1));
        throw call.misfit("expects x [rows × features] or [features], got " + x);
    }

    /// Rows of numbers.
    static NumberRows ofNumbers(NodeCall call) {
        requireNumbers(call);
        return of(call, 0);
    }

    static void requireNumbers(NodeCall call) {
        call.requireType(0, NUMBERS);
    }

    /// `[rows]`.
    Shape column() {
        return Shape.of(count);
    }

    /// `[rows × columns]`.
    Shape table(int columns) {
        return Shape.of(count, columns);
    }

    /// Copies a row.
    void copy(Elements.Doubles from, int row, double[] to) {
        for (int i = 0; i < width; i++) to[i] = from.get(row * width + i);
    }

    /// The elements as single-precision numbers, as onnxruntime computes linear models with them; not copied if
    /// they are.
    static Value floats(Value x) {
        if (x.type() == ElementType.FLOAT) return x;
        float[] floats = new float[x.size()];
        Elements.Doubles from = Elements.doubles(x);
        for (int i = 0; i < floats.length; i++) floats[i] = (float) from.get(i);
        return Value.view(ElementType.FLOAT, x.shape(), floats, 0);
    }
}
