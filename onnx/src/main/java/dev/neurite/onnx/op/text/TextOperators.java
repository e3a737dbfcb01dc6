package dev.neurite.onnx.op.text;

import dev.neurite.error.DataException;
import dev.neurite.onnx.op.Broadcast;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/// StringConcat, StringSplit, StringNormalizer and RegexFullMatch.
public final class TextOperators {
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final int MOST_STEPS = 1_000_000; // of a pattern on a text

    private TextOperators() {}

    public static void register(Operators all) {
        all.add("StringConcat", TextOperators::concat);
        all.add("StringSplit", TextOperators::split);
        all.add("StringNormalizer", TextOperators::normalizer);
        all.add("RegexFullMatch", TextOperators::matches);
        all.add("TfIdfVectorizer", TermCounts::step);
    }

    private static ReadyNode concat(NodeCall call) {
        call.requireType(0, ElementType.STRING);
        call.requireType(1, ElementType.STRING);
        var broadcast = new Broadcast(call, call.shape(0), call.shape(1));
        return ReadyNode.of(Fact.of(ElementType.STRING, broadcast.shape()), (in, out) -> {
            String[] a = (String[]) in[0].array();
            String[] b = (String[]) in[1].array();
            String[] y = (String[]) out[0].array();
            broadcast.forEachElement(
                    (at, k) -> y[out[0].offset() + k] = a[in[0].offset() + at[0]] + b[in[1].offset() + at[1]]);
        });
    }

    /// The parts of each text, empty texts after those of texts with fewer, and how many each has.
    private static ReadyNode split(NodeCall call) {
        call.requireType(0, ElementType.STRING);
        String delimiter = call.attributes().text("delimiter", "");
        long most = call.attributes().integer("maxsplit", Long.MAX_VALUE);
        if (most < 0) most = Long.MAX_VALUE;
        int limit = (int) Math.min(most, Integer.MAX_VALUE - 1) + 1;
        if (call.outputs() > 2) throw call.wrong("expects up to 2 outputs, got " + call.outputs());
        return ReadyNode.unknown(call.outputs(), (in, out) -> {
            String[] texts = in[0].texts();
            List<List<String>> parts = new ArrayList<>();
            int longest = 0;
            for (String each : texts) {
                parts.add(parts(each, delimiter, limit));
                longest = Math.max(longest, parts.getLast().size());
            }
            long[] extents =
                    Arrays.copyOf(Shapes.extents(call.shape(0)), call.shape(0).rank() + 1);
            extents[extents.length - 1] = longest;
            Value y = Value.zeros(ElementType.STRING, Shapes.of(call, extents));
            long[] counts = new long[texts.length];
            for (int i = 0; i < texts.length; i++) {
                counts[i] = parts.get(i).size();
                for (int k = 0; k < counts[i]; k++)
                    ((String[]) y.array())[i * longest + k] = parts.get(i).get(k);
            }
            out[0] = y;
            if (out.length > 1) out[1] = Value.of(call.shape(0), counts);
        });
    }

    private static List<String> parts(String text, String delimiter, int limit) {
        if (!delimiter.isEmpty())
            return List.of(text.split(Pattern.quote(delimiter), limit == Integer.MAX_VALUE ? -1 : limit));
        String start = text.stripLeading(); // at spaces, of which several are one
        String all = limit == Integer.MAX_VALUE ? start.stripTrailing() : start;
        if (all.isBlank()) return List.of();
        List<String> parts = new ArrayList<>(List.of(SPACES.split(all, limit)));
        if (parts.getLast().isEmpty()) parts.removeLast();
        return parts;
    }

    private static ReadyNode normalizer(NodeCall call) {
        call.requireType(0, ElementType.STRING);
        Shape x = call.shape(0);
        if (x.rank() != 1 && !(x.rank() == 2 && x.extent(0) == 1)) {
            throw call.misfit("expects texts [n] or [1 × n], got " + x);
        }
        String action = call.attributes().text("case_change_action", "NONE");
        UnaryOperator<String> change = switch (action) {
            case "NONE" -> each -> each;
            case "LOWER" -> each -> each.toLowerCase(Locale.ROOT);
            case "UPPER" -> each -> each.toUpperCase(Locale.ROOT);
            default -> throw call.wrong("expects case_change_action NONE, LOWER or UPPER, got '" + action + "'");
        };
        boolean exact = call.attributes().flag("is_case_sensitive", false);
        List<String> given = call.attributes().texts("stopwords").orElse(List.of());
        UnaryOperator<String> compared = action.equals("NONE") ? each -> each.toLowerCase(Locale.ROOT) : change;
        Set<String> stopWords =
                exact ? new HashSet<>(given) : given.stream().map(compared).collect(Collectors.toSet());
        return ReadyNode.unknown(1, (in, out) -> {
            List<String> kept = new ArrayList<>();
            for (String each : in[0].texts()) {
                String plain = MARKS.matcher(Normalizer.normalize(each, Normalizer.Form.NFKD))
                        .replaceAll("");
                String text = each.chars().allMatch(c -> c < 128) ? each : plain;
                String left = without(text, stopWords, exact ? word -> word : compared);
                if (!left.isEmpty()) kept.add(change.apply(left));
            }
            if (kept.isEmpty()) kept.add("");
            String[] all = kept.toArray(String[]::new);
            out[0] = Value.of(x.rank() == 1 ? Shape.of(all.length) : Shape.of(1, all.length), all);
        });
    }

    private static String without(String text, Set<String> words, UnaryOperator<String> compared) {
        if (words.isEmpty()) return text;
        return Arrays.stream(text.split(" ", -1))
                .filter(each -> !words.contains(compared.apply(each)))
                .collect(Collectors.joining(" "));
    }

    /// Whether a pattern fits the whole of each text. ONNX has RE2's patterns; those of Java that go back while they
    /// search are stopped when they take too long or go back too far.
    private static ReadyNode matches(NodeCall call) {
        call.requireType(0, ElementType.STRING);
        String given = call.attributes().text("pattern", "");
        Pattern pattern;
        try {
            pattern = Pattern.compile(given);
        } catch (PatternSyntaxException e) {
            throw call.wrong("expects a regular expression, got '" + given + "'");
        }
        return ReadyNode.of(Fact.of(ElementType.BOOL, call.shape(0)), (in, out) -> {
            boolean[] y = (boolean[]) out[0].array();
            String[] texts = in[0].texts();
            for (int i = 0; i < texts.length; i++) {
                y[out[0].offset() + i] = isMatch(call, pattern, texts[i]);
            }
        });
    }

    /// Java's patterns call themselves for each repetition of a group.
    private static boolean isMatch(NodeCall call, Pattern pattern, String text) {
        try {
            return pattern.matcher(new Bounded(call, text)).matches();
        } catch (StackOverflowError _) {
            throw new DataException(
                    call.node().label(),
                    "expects a text whose length its pattern can follow, got " + text.length() + " letters",
                    "Repeat a class such as [ab]* in the pattern instead of a group such as (a|b)*");
        }
    }

    /// A text that may be read so many times.
    private static final class Bounded implements CharSequence {
        private final NodeCall call;
        private final String text;
        private int steps;

        Bounded(NodeCall call, String text) {
            this.call = call;
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++steps > MOST_STEPS) {
                throw new DataException(
                        call.node().label(), "expects a pattern that needs at most " + MOST_STEPS + " steps, got more");
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
