package dev.neurite.onnx.op.text;

import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// TfIdfVectorizer: how often each of some sequences of terms is in a row, where up to some terms may lie between two
/// neighbors of a sequence.
final class TermCounts {
    private final Map<List<Object>, Integer> columns = new HashMap<>();
    private int width;

    private TermCounts() {}

    static ReadyNode step(NodeCall call) {
        call.requireType(0, ElementType.STRING, ElementType.INT64, ElementType.INT32);
        Shape x = call.shape(0);
        if (x.rank() > 2) throw call.misfit("expects terms [n] or [rows × n], got " + x);
        int least = length(call, "min_gram_length");
        int most = length(call, "max_gram_length");
        long skips = call.attributes().integer("max_skip_count", -1);
        if (least > most || skips < 0) {
            throw call.wrong("expects gram lengths in order and a max_skip_count from 0, got " + least + ", " + most
                    + " and " + skips);
        }
        String mode = call.attributes().text("mode", "");
        if (!List.of("TF", "IDF", "TFIDF").contains(mode)) {
            throw call.wrong("expects mode TF, IDF or TFIDF, got '" + mode + "'");
        }
        TermCounts of = call.made(TermCounts.class, () -> read(call, least, most));
        float[] weights = call.attributes().reals("weights").orElse(null);
        if (weights != null && weights.length != of.width) {
            throw call.wrong("expects " + of.width + " weights, got " + weights.length);
        }
        int terms = x.rank() == 0 ? 1 : x.extent(x.rank() - 1);
        int rows = x.rank() == 2 ? x.extent(0) : 1;
        Shape shape = x.rank() == 2 ? Shapes.of(call, rows, of.width) : Shape.of(of.width);
        return ReadyNode.of(Fact.of(ElementType.FLOAT, shape), (in, out) -> {
            float[] y = (float[]) out[0].array();
            Arrays.fill(y, out[0].offset(), out[0].offset() + shape.size(), 0);
            for (int row = 0; row < rows; row++) {
                int at = out[0].offset() + row * of.width;
                of.count(terms(in[0], row * terms, terms), least, most, skips, y, at);
                for (int i = 0; i < of.width; i++) {
                    if (mode.equals("IDF")) y[at + i] = Math.min(1, y[at + i]);
                    if (weights != null && !mode.equals("TF")) y[at + i] *= weights[i];
                }
            }
        });
    }

    private static int length(NodeCall call, String name) {
        int given = call.attributes().small(name, 0);
        if (given >= 1 && given <= 1 << 16) return given;
        throw call.wrong("expects " + name + " from 1, got " + given);
    }

    private static Object[] terms(Value x, int from, int count) {
        Object[] terms = new Object[count];
        for (int i = 0; i < count; i++) {
            terms[i] = x.type() == ElementType.STRING
                    ? ((String[]) x.array())[x.offset() + from + i]
                    : (Object) x.integer(from + i);
        }
        return terms;
    }

    /// Reads the sequences: those of one term, of two and so on, each with its column.
    private static TermCounts read(NodeCall call, int least, int most) {
        var all = new TermCounts();
        List<String> texts = call.attributes().texts("pool_strings").orElse(List.of());
        long[] numbers = call.attributes().integers("pool_int64s").orElseGet(() -> new long[0]);
        Object[] pool = texts.isEmpty() ? Arrays.stream(numbers).boxed().toArray() : texts.toArray();
        long[] starts = call.attributes().integers("ngram_counts").orElseGet(() -> new long[0]);
        long[] places = call.attributes().integers("ngram_indexes").orElseGet(() -> new long[0]);
        int next = 0;
        for (int length = 1; length <= starts.length; length++) {
            long end = length < starts.length ? starts[length] : pool.length;
            long start = starts[length - 1];
            if (start < 0 || end < start || end > pool.length || (end - start) % length != 0) {
                throw call.wrong("expects ngram_counts that are places of the pool, got " + Arrays.toString(starts));
            }
            for (int at = (int) start; at < end; at += length) {
                if (next >= places.length) throw call.wrong("expects an index for each sequence, got " + places.length);
                long place = places[next++];
                if (place < 0 || place > 1 << 28) throw call.wrong("expects ngram_indexes from 0, got " + place);
                all.width = Math.max(all.width, (int) place + 1);
                List<Object> key = List.of(Arrays.copyOfRange(pool, at, at + length));
                if (length >= least && length <= most) all.columns.put(key, (int) place);
            }
        }
        return all;
    }

    private void count(Object[] terms, int least, int most, long skips, float[] y, int at) {
        for (int length = least; length <= most; length++) {
            long last = length == 1 ? 1 : Math.min(skips + 1, terms.length); // single terms have no distance
            for (int distance = 1; distance <= last; distance++) {
                Object[] key = new Object[length];
                for (int first = 0; first + (length - 1L) * distance < terms.length; first++) {
                    for (int i = 0; i < length; i++) key[i] = terms[first + i * distance];
                    Integer column = columns.get(Arrays.asList(key));
                    if (column != null) y[at + column]++;
                }
            }
        }
    }
}
