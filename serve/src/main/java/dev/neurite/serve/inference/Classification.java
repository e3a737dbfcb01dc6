package dev.neurite.serve.inference;

import dev.neurite.http.HttpProblem;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// The classes with the highest values of each row, as Triton gives them: texts `value:index:label`.
final class Classification {
    private Classification() {}

    /// The classes of an output.
    /// @param value numbers `[classes]`, or `[rows×…]`, whose other axes are together the classes
    /// @param count how many of a row; fewer if it has fewer
    /// @param labels names of the classes; without them, or if there are others than classes, texts are
    /// `value:index`
    /// @return texts `[count]` or `[rows×count]`
    static Value of(Value value, int count, List<String> labels, String name) {
        if (!value.type().isFloating() && !value.type().isInteger()) {
            throw HttpProblem.bad(
                    "outputs",
                    "output " + JsonTokens.quoted(name) + ": expects numbers to classify, has " + value.type());
        }
        Shape shape = value.shape();
        boolean flat = shape.rank() < 2;
        int rows = flat ? 1 : shape.extent(0);
        int classes = rows == 0 ? 0 : value.size() / rows;
        int each = Math.min(count, classes);
        Value numbers = value.copy(); // row-major
        String[] texts = IntStream.range(0, rows)
                .boxed()
                .flatMap(row -> IntStream.range(row * classes, (row + 1) * classes)
                        .boxed()
                        .sorted(Comparator.comparingDouble((Integer i) -> order(numbers.number(i))))
                        .limit(each)
                        .map(i -> text(numbers, i, i - row * classes, labels.size() == classes ? labels : List.of())))
                .toArray(String[]::new);
        return Value.of(flat ? Shape.of(each) : Shape.of(rows, each), texts);
    }

    /// Highest first, NaN last.
    private static double order(double number) {
        return Double.isNaN(number) ? Double.POSITIVE_INFINITY : -number;
    }

    private static String text(Value numbers, int at, int index, List<String> labels) {
        String number = numbers.type() == ElementType.FLOAT
                ? Float.toString((float) numbers.number(at))
                : numbers.type() == ElementType.DOUBLE
                        ? Double.toString(numbers.number(at))
                        : numbers.type() == ElementType.UINT64
                                ? Long.toUnsignedString(numbers.integer(at))
                                : Long.toString(numbers.integer(at));
        return number + ":" + index + (labels.isEmpty() ? "" : ":" + labels.get(index));
    }
}
