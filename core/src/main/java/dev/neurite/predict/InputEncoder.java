package dev.neurite.predict;

import dev.neurite.data.image.ImageInput;
import dev.neurite.data.image.PixelLines;
import dev.neurite.data.series.SeriesTable;
import dev.neurite.data.series.TimeSeries;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.RowEncoder;
import dev.neurite.data.table.Table;
import dev.neurite.error.DataException;
import dev.neurite.signature.Input;
import dev.neurite.signature.TextCodec;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes the tensor of one input of raw values. Immutable and thread-safe.
sealed interface InputEncoder {
    /// @param shape of a row of the network's input
    static InputEncoder of(Input input, Shape shape) {
        return switch (input) {
            case Input.Columns(Preprocessing columns) -> new Columns(columns, columns.rowEncoder(), shape);
            case Input.Steps(Preprocessing columns) -> new Steps(columns, columns.rowEncoder(), shape);
            case Input.Series series -> new Series(series, shape);
            case Input.Image image -> new Image(image.how());
            case Input.Text text -> new Text(TextCodec.read(text.tokenizer()), shape);
            case Input.Numbers numbers -> new Numbers(numbers);
        };
    }

    /// The numbers of one row, row-major.
    /// @throws DataException for a value of another kind, or one that cannot be encoded
    float[] row(Object raw);

    Shape shape();

    /// The number that fills the steps after the end of a row.
    default float padding() {
        return 0;
    }

    /// What is unusual about an encoded row, in words.
    default Optional<String> warning(float[] row) {
        return Optional.empty();
    }

    /// A batch of encoded rows, padded to the longest.
    default Tensor batch(List<float[]> rows) {
        if (shape().isKnown()) {
            if (rows.size() == 1) return Tensor.view(shape().forRows(1), rows.getFirst(), 0);
            int size = shape().size();
            float[] all = new float[Math.multiplyExact(rows.size(), size)];
            for (int i = 0; i < rows.size(); i++) System.arraycopy(rows.get(i), 0, all, i * size, size);
            return Tensor.view(shape().forRows(rows.size()), all, 0);
        }
        int width = shape().row().size();
        int longest = rows.stream().mapToInt(each -> each.length / width).max().orElseThrow();
        float[] all = new float[Math.multiplyExact(rows.size(), Math.multiplyExact(longest, width))];
        Arrays.fill(all, padding());
        Tensor lengths = Tensor.zeros(Shape.of(rows.size()));
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, all, i * longest * width, rows.get(i).length);
            int steps = rows.get(i).length / width;
            lengths.array()[i] = steps;
        }
        return Tensor.view(shape().withOpen(longest).forRows(rows.size()), all, 0)
                .withLengths(lengths);
    }

    private static DataException wrong(String expected, @Nullable Object raw) {
        return new DataException("row", "expects " + expected + ", got " + RowValues.described(raw));
    }

    private static float[] columns(RowEncoder encoder, @Nullable Object raw) {
        return switch (raw) {
            case Map<?, ?> map -> encoder.encode(RowValues.named(map));
            case Record row -> encoder.encode(row);
            case float[] numbers -> encoder.encode(numbers);
            case null, default -> throw wrong("a row of a table: values by column, a record, or numbers", raw);
        };
    }

    /// One row of a table.
    record Columns(Preprocessing columns, RowEncoder encoder, Shape shape) implements InputEncoder {
        @Override
        public float[] row(Object raw) {
            return InputEncoder.columns(encoder, raw);
        }

        @Override
        public Optional<String> warning(float[] row) {
            return Unusual.columns(columns, row);
        }
    }

    /// Rows of a table in their order.
    record Steps(Preprocessing columns, RowEncoder encoder, Shape shape) implements InputEncoder {
        @Override
        public float[] row(Object raw) {
            if (!(raw instanceof List<?> steps)) throw wrong("a list of rows of a table, the steps", raw);
            int expected = shape.extent(0);
            if (steps.isEmpty() || (expected != Shape.OPEN && steps.size() != expected)) {
                throw new DataException(
                        "row",
                        "expects " + (expected == Shape.OPEN ? "at least 1 step" : expected + " steps") + ", got "
                                + steps.size());
            }
            int width = shape.extent(1);
            float[] row = new float[Math.multiplyExact(steps.size(), width)];
            for (int i = 0; i < steps.size(); i++) {
                System.arraycopy(InputEncoder.columns(encoder, steps.get(i)), 0, row, i * width, width);
            }
            return row;
        }

        @Override
        public Optional<String> warning(float[] row) {
            return Unusual.columns(columns, row);
        }
    }

    /// The rows of a time series, of which the last ones are the input.
    record Series(Input.Series input, Shape shape) implements InputEncoder {
        @Override
        public float[] row(Object raw) {
            Table table = switch (raw) {
                case Table rows -> rows;
                case List<?> steps -> SeriesRows.table(steps, input.preprocessing(), input.columns());
                default -> throw wrong("the rows of a time series", raw);
            };
            Tensor last = windows(table);
            if (last.rows() == 1) return last.toArray();
            throw new DataException("row", "expects one time series, got " + last.rows());
        }

        @Override
        public Optional<String> warning(float[] row) {
            return Unusual.columns(input.preprocessing(), row);
        }

        /// The last steps of each series of a table.
        Tensor windows(Table rows) {
            TimeSeries series = SeriesTable.of(rows, input.columns()).encode(input.preprocessing());
            return series.last(shape.extent(0));
        }
    }

    record Image(ImageInput how) implements InputEncoder {
        @Override
        public float[] row(Object raw) {
            return switch (raw) {
                case PixelLines image -> how.numbers(image);
                case float[] numbers -> InputEncoder.numbers(numbers, shape());
                case Tensor tensor -> InputEncoder.numbers(tensor, shape());
                default -> throw wrong("an image", raw);
            };
        }

        @Override
        public Shape shape() {
            return how.shape();
        }
    }

    record Text(TextCodec codec, Shape shape) implements InputEncoder {
        @Override
        public float[] row(Object raw) {
            Object value = raw instanceof Optional<?> some ? some.orElse(null) : raw;
            if (!(value instanceof CharSequence text)) throw wrong("a text", value);
            int[] ids = codec.encode(text.toString());
            if (ids.length == 0) {
                throw new DataException("row", "expects a text with at least one token, got '" + text + "'");
            }
            int most = shape.isKnown() ? shape.size() : ids.length;
            if (ids.length > most) {
                throw new DataException("row", "expects at most " + most + " tokens, got " + ids.length);
            }
            float[] row = new float[most];
            Arrays.fill(row, codec.padding());
            for (int i = 0; i < ids.length; i++) row[i] = ids[i];
            return row;
        }

        @Override
        public Optional<String> warning(float[] row) {
            if (codec.unknown().isEmpty()) return Optional.empty();
            for (float id : row) {
                if (id != codec.unknown().getAsInt() && id != codec.padding()) return Optional.empty();
            }
            return Unusual.texts(1, 1);
        }

        @Override
        public float padding() {
            return codec.padding();
        }
    }

    /// Numbers as they are.
    record Numbers(Input.Numbers input) implements InputEncoder {
        @Override
        public float[] row(Object raw) {
            return switch (raw) {
                case float[] numbers -> InputEncoder.numbers(numbers, shape());
                case float[][] steps -> InputEncoder.numbers(steps, shape());
                case Tensor tensor -> InputEncoder.numbers(tensor, shape());
                case Map<?, ?> map when !input.names().isEmpty() -> named(RowValues.named(map));
                case Record row when !input.names().isEmpty() -> named(RowValues.of(row));
                case List<?> list -> numbers(list);
                default -> throw wrong("numbers", raw);
            };
        }

        @Override
        public Shape shape() {
            return input.shape();
        }

        private float[] named(Map<String, ?> values) {
            RowEncoder.requireAll(input.names(), values);
            float[] row = new float[input.names().size()];
            for (int i = 0; i < row.length; i++)
                row[i] = RowValues.number(values, input.names().get(i));
            return row;
        }

        private float[] numbers(List<?> list) {
            float[] row = new float[list.size()];
            for (int i = 0; i < row.length; i++) {
                if (!(list.get(i) instanceof Number number)) throw wrong("numbers", list.get(i));
                row[i] = number.floatValue();
            }
            return InputEncoder.numbers(row, shape());
        }
    }

    private static float[] numbers(float[][] steps, Shape shape) {
        for (float[] each : steps) {
            if (each.length == steps[0].length) continue;
            throw new DataException("row", "expects as many numbers in each step, got ones of other lengths");
        }
        return numbers(Tensor.of(steps), shape);
    }

    private static float[] numbers(Tensor tensor, Shape shape) {
        Shape own = tensor.shape();
        boolean fits = own.rank() == shape.rank() && own.size() > 0;
        for (int axis = 0; fits && axis < own.rank(); axis++) {
            fits = shape.extent(axis) == Shape.OPEN || shape.extent(axis) == own.extent(axis);
        }
        if (fits) return tensor.toArray();
        throw new DataException("row", "expects numbers " + shape + ", got " + own);
    }

    private static float[] numbers(float[] row, Shape shape) {
        boolean fits = shape.isKnown()
                ? row.length == shape.size()
                : row.length > 0 && row.length % shape.row().size() == 0;
        if (fits) return row;
        throw new DataException(
                "row",
                "expects " + (shape.isKnown() ? shape.size() + " numbers" : "numbers " + shape) + ", got "
                        + row.length);
    }
}
