package dev.neurite.onnx;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.predict.Interceptor;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// A model whose inputs are tokens: `input_ids` and, if it has them, `attention_mask` and `token_type_ids`.
///
/// Rows of similar lengths are computed together, up to 8 at once; one at once by a model with DynamicQuantizeLinear,
/// whose range all rows share, and by one without `attention_mask`, which would take the padding for tokens.
/// @param where the user of the model, as messages name it
/// @param model without its interceptor
/// @param interceptor around all rows of a call
/// @param batch how many rows are computed at once, at most
record TokenBatches(String where, OnnxModel model, Interceptor interceptor, int batch) {
    private static final int USUAL_BATCH = 8;
    private static final int PADDING = 12; // tokens that take about as long as what each run takes besides its tokens
    private static final String IDS = "input_ids";
    private static final String MASK = "attention_mask";
    private static final String TYPES = "token_type_ids";

    /// The tokens of a text, or of two.
    /// @param types of a pair 0 for the first text, 1 for the second
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Row(int[] ids, int[] types) {}

    /// What is taken from the model's first output.
    interface Reader<T> {
        /// @param tokens how many tokens the row has
        T read(Value output, int row, int tokens);
    }

    /// @throws ModelFormatException if the model has other inputs
    static TokenBatches of(String where, OnnxModel model) {
        List<String> names = names(model);
        if (!fits(model)) {
            throw new ModelFormatException(
                    where, "expects a model with inputs " + IDS + ", " + MASK + ", " + TYPES + ", got " + names);
        }
        boolean alone = model.quantizesByRange() || !names.contains(MASK);
        return new TokenBatches(where, model.with(Supplier::get), model.interceptor(), alone ? 1 : USUAL_BATCH);
    }

    /// Whether a model's inputs are tokens.
    static boolean fits(OnnxModel model) {
        List<String> names = names(model);
        return names.contains(IDS) && Set.of(IDS, MASK, TYPES).containsAll(names);
    }

    private static List<String> names(OnnxModel model) {
        return model.inputs().stream().map(ValueInfo::name).toList();
    }

    /// @throws ConfigException for less than 1, and for more than 1 with a model without `attention_mask`
    TokenBatches withBatch(int texts) {
        if (texts < 1) throw new ConfigException(where, "expects at least 1 text at once, got " + texts);
        boolean masked = model.inputs().stream().anyMatch(each -> each.name().equals(MASK));
        if (texts > 1 && !masked) {
            throw new ConfigException(
                    where, "expects 1 text at once, as the model has no input " + MASK + ", got " + texts);
        }
        return new TokenBatches(where, model, interceptor, texts);
    }

    /// What is read for each row, in the order of the rows.
    <T> List<T> compute(List<Row> rows, Reader<T> reader) {
        return interceptor.around(() -> computed(rows, reader));
    }

    private <T> List<T> computed(List<Row> rows, Reader<T> reader) {
        List<Integer> order = IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> rows.get(i).ids.length))
                .toList();
        SortedMap<Integer, T> read = new TreeMap<>();
        List<Row> sorted = order.stream().map(rows::get).toList();
        for (int from = 0, to; from < order.size(); from = to) {
            to = end(from, sorted);
            List<Integer> some = order.subList(from, to);
            Value output = run(sorted.subList(from, to));
            for (int i = 0; i < some.size(); i++) {
                int row = some.get(i);
                read.put(row, reader.read(output, i, rows.get(row).ids.length));
            }
        }
        return List.copyOf(read.values());
    }

    /// The end of the rows that are computed together with one, in the order of their lengths: the next begins another
    /// run where it would add more padding to those before it than a run is worth.
    private int end(int from, List<Row> rows) {
        int to = from + 1;
        while (to < rows.size() && to - from < batch) {
            int longer = rows.get(to).ids.length - rows.get(to - 1).ids.length;
            if ((to - from) * longer > PADDING) break;
            to++;
        }
        return to;
    }

    private Value run(List<Row> rows) {
        int longest = rows.stream().mapToInt(each -> each.ids.length).max().orElse(0);
        if (longest == 0) longest = 1; // a padding token, as models may not take none
        Shape shape = Shape.of(rows.size(), longest);
        long[] ids = new long[shape.size()];
        long[] mask = new long[shape.size()];
        long[] types = new long[shape.size()];
        for (int row = 0; row < rows.size(); row++) {
            int start = row * longest;
            Row each = rows.get(row);
            for (int i = 0; i < each.ids.length; i++) {
                ids[start + i] = each.ids[i];
                types[start + i] = each.types[i];
            }
            Arrays.fill(mask, start, start + each.ids.length, 1);
        }
        Map<String, Value> given = new HashMap<>();
        for (ValueInfo input : model.inputs()) {
            long[] values = switch (input.name()) {
                case IDS -> ids;
                case MASK -> mask;
                default -> types;
            };
            given.put(input.name(), ofType(input.type(), shape, values));
        }
        return model.run(given).values().iterator().next();
    }

    private static Value ofType(ElementType type, Shape shape, long[] values) {
        if (type == ElementType.INT64) return Value.of(shape, values);
        return Value.of(
                shape, Arrays.stream(values).mapToInt(each -> (int) each).toArray());
    }
}
