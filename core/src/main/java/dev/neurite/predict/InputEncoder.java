package dev.neurite.predict;

import dev.neurite.data.image.ImageInput;
import dev.neurite.data.image.PixelLines;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.RowEncoder;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.signature.Input;
import dev.neurite.signature.TextCodec;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Makes the tensor of one input of raw values. Immutable and thread-safe.
sealed interface InputEncoder {
    /// The encoder of an input.
    /// @param shape of a row of the network's input
    static InputEncoder of(Input input, Shape shape) {
        return switch (input) {
            case Input.Columns(Preprocessing columns) -> new Columns(columns.rowEncoder(), shape);
            case Input.Steps(Preprocessing columns) -> new Steps(columns.rowEncoder(), shape);
            case Input.Series series -> new Steps(series.preprocessing().rowEncoder(), shape);
            case Input.Image image -> new Image(image.how());
            case Input.Text text -> new Text(TextCodec.read(text.tokenizer()), shape);
            case Input.Numbers numbers -> new Numbers(numbers);
        };
    }

    /// The numbers of one row, row-major.
    /// @throws DataException for a value of another kind, or one that cannot be encoded
    float[] row(Object raw);

    /// The shape of a row.
    Shape shape();

    /// The number that fills the steps after the end of a row.
    default float padding() {
        return 0;
    }

    /// A batch of rows, padded to the longest.
    /// @throws DataException for a row that cannot be encoded, which the message names
    default Tensor batch(List<?> raws) {
        List<float[]> rows = new ArrayList<>();
        for (int i = 0; i < raws.size(); i++) {
            try {
                rows.add(row(raws.get(i)));
            } catch (DataException e) {
                if (raws.size() == 1) throw e;
                String where = e.where().replaceFirst("^row", "row " + i + " (from 0)");
                throw new DataException(
                        where.equals(e.where()) ? "row " + i + " (from 0), " + where : where, e.problem(), e.hint());
            }
        }
        if (rows.size() == 1 && shape().isKnown()) return Tensor.view(shape().forRows(1), rows.getFirst(), 0);
        if (shape().isKnown()) {
            float[] all = new float[Math.multiplyExact(rows.size(), shape().size())];
            for (int i = 0; i < rows.size(); i++)
                System.arraycopy(rows.get(i), 0, all, i * shape().size(), shape().size());
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

    private static DataException wrong(String expected, Object raw) {
        return new DataException(
                "row", "expects " + expected + ", got a " + raw.getClass().getSimpleName());
    }

    private static float[] columns(RowEncoder encoder, Object raw) {
        return switch (raw) {
            case Map<?, ?> map -> encoder.encode(RowValues.named(map));
            case Record row -> encoder.encode(row);
            case float[] numbers -> encoder.encode(numbers);
            default -> throw wrong("a row of a table: values by column, a record, or numbers", raw);
        };
    }

    /// One row of a table.
    record Columns(RowEncoder encoder, Shape shape) implements InputEncoder {
        @Override
        public float[] row(Object raw) {
            return columns(encoder, raw);
        }
    }

    /// Rows of a table in their order.
    record Steps(RowEncoder encoder, Shape shape) implements InputEncoder {
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
                System.arraycopy(columns(encoder, steps.get(i)), 0, row, i * width, width);
            }
            return row;
        }
    }

    /// An image.
    record Image(ImageInput how) implements InputEncoder {
        @Override
        public float[] row(Object raw) {
            return switch (raw) {
                case PixelLines image -> how.numbers(image);
                case float[] numbers -> InputEncoder.numbers(numbers, shape());
                case Tensor tensor -> InputEncoder.numbers(tensor.toArray(), shape());
                default -> throw wrong("an image", raw);
            };
        }

        @Override
        public Shape shape() {
            return how.shape();
        }
    }

    /// A text.
    record Text(TextCodec codec, Shape shape) implements InputEncoder {
        @Override
        public float[] row(Object raw) {
            if (!(raw instanceof CharSequence text)) throw wrong("a text", raw);
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
                case float[][] steps -> InputEncoder.numbers(Tensor.of(steps).toArray(), shape());
                case Tensor tensor -> InputEncoder.numbers(tensor.toArray(), shape());
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

    private static float[] numbers(float[] row, Shape shape) {
        boolean fits = shape.isKnown()
                ? row.length == shape.size()
                : row.length > 0 && row.length % shape.row().size() == 0;
        if (fits) return row;
        throw new ShapeException(
                "row",
                "expects " + (shape.isKnown() ? shape.size() + " numbers" : "a tensor of " + shape) + ", got "
                        + row.length);
    }
}
