package dev.neurite.onnx.op.ml;

import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;

/// The labels of a classifier's classes: texts or integers.
/// @param all `[classes]`
record Labels(Value all) {
    /// The labels that a node has as one of two attributes.
    static Labels of(NodeCall call, String texts, String integers) {
        String[] names =
                call.attributes().texts(texts).orElseGet(java.util.List::of).toArray(String[]::new);
        long[] numbers = call.attributes().integers(integers).orElseGet(() -> new long[0]);
        if (names.length > 0 == numbers.length > 0) {
            throw call.wrong("expects labels as either " + texts + " or " + integers + ", got "
                    + (names.length > 0 ? "both" : "none"));
        }
        return new Labels(
                names.length > 0
                        ? Value.of(Shape.of(names.length), names)
                        : Value.of(Shape.of(numbers.length), numbers));
    }

    int count() {
        return all.size();
    }

    ElementType type() {
        return all.type();
    }

    /// Writes the label of a row.
    /// @param index the class. If there is a label for one class only, 0 is that the row is not of it, and 1 that
    /// it is: the label then is 0 or 1
    void write(int index, Value y, int row) {
        boolean named = count() > 1;
        if (all.type() == ElementType.STRING) {
            ((String[]) y.array())[y.offset() + row] =
                    named ? ((String[]) all.array())[index] : Integer.toString(index);
        } else {
            ((long[]) y.array())[y.offset() + row] = named ? ((long[]) all.array())[index] : index;
        }
    }

    /// The index of the highest score, of several the first.
    static int best(double[] scores, int from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) if (scores[from + i] > scores[from + best]) best = i;
        return best;
    }
}
