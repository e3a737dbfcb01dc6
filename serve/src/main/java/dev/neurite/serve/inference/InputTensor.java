package dev.neurite.serve.inference;

import dev.neurite.http.HttpProblem;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.serve.inference.RequestForm.Given;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/// Datatype and shape of a tensor that fits an input of a model.
record InputTensor(Datatype datatype, Shape shape) {
    private static final int LENGTH = 4; // bytes before a text

    /// Compares what is given with what a model takes.
    /// @param convertible see [InferenceReader]
    static InputTensor of(Given given, ValueInfo wanted, boolean convertible) {
        Datatype datatype = Datatype.of(wanted.type())
                .orElseThrow(() -> HttpProblem.bad(
                        given.path(), "the model takes a " + wanted.type() + ", for which the protocol has nothing"));
        boolean number = convertible && datatype.isNumber() && given.datatype().isNumber();
        if (given.datatype().elements() != wanted.type() && !number) {
            throw HttpProblem.bad(given.path() + ".datatype", "expects " + datatype + ", got " + given.datatype());
        }
        requireExtents(given, wanted, convertible);
        var form = new InputTensor(given.datatype(), Shape.of(given.shape()));
        if (given.binary().isEmpty() && given.elements() != form.shape.size()) {
            throw HttpProblem.bad(
                    given.path() + ".data",
                    "expects " + form.shape.size() + " elements, as the shape says, got " + given.elements());
        }
        return form;
    }

    private static void requireExtents(Given given, ValueInfo wanted, boolean convertible) {
        int[] shape = given.shape();
        List<String> extents = wanted.extents();
        long size = 1;
        for (int i = 0; i < shape.length; i++) {
            size *= Math.max(shape[i], 1);
            if (size > Integer.MAX_VALUE) {
                throw HttpProblem.bad(given.path() + ".shape", "expects at most 2147483647 elements, got more");
            }
        }
        if (wanted.anyRank()) return;
        boolean column = convertible && extents.size() == 2 && extents.get(1).equals("1") && shape.length == 1;
        if (shape.length != extents.size() && !column) {
            throw HttpProblem.bad(
                    given.path() + ".shape",
                    "expects [" + String.join("×", extents) + "], got " + Arrays.toString(shape));
        }
        for (int i = 0; i < shape.length; i++) {
            String extent = extents.get(i);
            if (ValueInfo.isFixed(extent) && !extent.equals(Integer.toString(shape[i]))) {
                throw HttpProblem.bad(given.path() + ".shape[" + i + "]", "expects " + extent + ", got " + shape[i]);
            }
        }
    }

    /// Requires as many bytes as the elements have.
    void requireBytes(long bytes, String path) {
        boolean texts = datatype.elements() == ElementType.STRING;
        long least = (long) shape.size() * (texts ? LENGTH : datatype.bytes());
        if (texts ? bytes >= least : bytes == least) return;
        throw HttpProblem.bad(
                path,
                "expects " + (texts ? "at least " : "") + least + " bytes for " + datatype + " " + shape + ", got "
                        + bytes);
    }
}
