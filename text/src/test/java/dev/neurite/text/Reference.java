package dev.neurite.text;

import dev.neurite.io.json.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Hugging Face's library, as DJL has it. It is called by reflection, so that tests need neither. Offsets are those of
/// code points.
final class Reference {
    private final Object library;
    private final long handle;

    Reference(String json) throws ReflectiveOperationException {
        Class.forName("ai.djl.huggingface.tokenizers.jni.LibUtils")
                .getMethod("checkStatus")
                .invoke(null);
        this.library = Class.forName("ai.djl.huggingface.tokenizers.jni.TokenizersLibrary")
                .getField("LIB")
                .get(null);
        this.handle = (long) call("createTokenizerFromString", json);
    }

    Line encode(String text, String pair) throws ReflectiveOperationException {
        long encoding = (long)
                (pair.isEmpty() ? call("encode", handle, text, true) : call("encodeDual", handle, text, pair, true));
        int[] ids = ints("getTokenIds", encoding);
        Object[] spans = (Object[]) call("getTokenCharSpans", encoding);
        int[] starts = new int[spans.length];
        int[] ends = new int[spans.length];
        for (int i = 0; i < spans.length; i++) {
            if (spans[i] == null) continue; // a token that was added around the text
            starts[i] = (int) spans[i].getClass().getMethod("getStart").invoke(spans[i]);
            ends[i] = (int) spans[i].getClass().getMethod("getEnd").invoke(spans[i]);
        }
        long[] wide = Arrays.stream(ids).asLongStream().toArray();
        var line = new Line(
                ids,
                (String[]) call("getTokens", encoding),
                starts,
                ends,
                ints("getTypeIds", encoding),
                ints("getSpecialTokenMask", encoding),
                ints("getAttentionMask", encoding),
                (String) call("decode", handle, wide, true));
        call("deleteEncoding", encoding);
        return line;
    }

    private int[] ints(String method, long encoding) throws ReflectiveOperationException {
        return Arrays.stream((long[]) call(method, encoding))
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    private Object call(String name, Object... arguments) throws ReflectiveOperationException {
        for (Method each : library.getClass().getMethods()) {
            if (each.getName().equals(name) && each.getParameterCount() == arguments.length) {
                try {
                    return each.invoke(library, arguments);
                } catch (InvocationTargetException e) {
                    throw new IllegalArgumentException(name + ": " + e.getCause(), e);
                }
            }
        }
        throw new NoSuchMethodException(name + " with " + arguments.length + " arguments");
    }

    /// What an encoding and its decoding are.
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record Line(
            int[] ids,
            String[] tokens,
            int[] starts,
            int[] ends,
            int[] types,
            int[] special,
            int[] attention,
            String decoded) {
        /// Of this library.
        static Line of(Tokenizer tokenizer, String text, String pair) {
            Encoding encoding = pair.isEmpty() ? tokenizer.encode(text) : tokenizer.encode(text, pair);
            int[] sequences = encoding.sequences();
            return new Line(
                    encoding.ids(),
                    encoding.tokens().toArray(String[]::new),
                    points(encoding.starts(), sequences, text, pair),
                    points(encoding.ends(), sequences, text, pair),
                    encoding.typeIds(),
                    encoding.specialTokensMask(),
                    encoding.attentionMask(),
                    tokenizer.decode(encoding.ids(), true));
        }

        /// Places in chars as places in code points.
        private static int[] points(int[] places, int[] sequences, String text, String pair) {
            return IntStream.range(0, places.length)
                    .map(i -> sequences[i] < 0 ? 0 : (sequences[i] == 0 ? text : pair).codePointCount(0, places[i]))
                    .toArray();
        }

        /// All but the texts of the tokens.
        String figures() {
            return String.join(
                    "\t",
                    joined(ids),
                    joined(starts),
                    joined(ends),
                    joined(types),
                    joined(special),
                    joined(attention),
                    Json.of(decoded).write());
        }

        private static String joined(int[] numbers) {
            return String.join(
                    " ", Arrays.stream(numbers).mapToObj(Integer::toString).toList());
        }
    }
}
