package dev.neurite.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/// A text on its way to tokens. Of each of its chars it knows the range of the original text that it came from, in
/// code points. Immutable, but for the steps that it may cost, which all texts that came from the same one share.
final class AlignedText {
    private final String text;
    private final int[] starts;
    private final int[] ends;
    private final Steps steps;

    private AlignedText(String text, int[] starts, int[] ends, Steps steps) {
        this.text = text;
        this.starts = starts;
        this.ends = ends;
        this.steps = steps;
    }

    /// An original text. Halves of surrogate pairs become U+FFFD.
    static AlignedText of(String original) {
        return of(original, new Steps(original.length()));
    }

    /// An original text that shares steps with others.
    static AlignedText of(String original, Steps steps) {
        var out = new Builder(steps, original.length(), original.length());
        for (int at = 0, place = 0; at < original.length(); place++) {
            int point = original.codePointAt(at);
            at += Character.charCount(point);
            boolean half = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
            out.add(half ? CodePoints.REPLACEMENT : point, place, place + 1);
        }
        return out.build();
    }

    String text() {
        return text;
    }

    int length() {
        return text.length();
    }

    /// What the original text may still cost.
    Steps steps() {
        return steps;
    }

    /// The length of the original text, in code points.
    private int before() {
        return text.isEmpty() ? 0 : ends[text.length() - 1] - starts[0];
    }

    /// Where a char came from: the first code point.
    int start(int at) {
        return starts[at];
    }

    /// Where a char came from: the end of its last code point.
    int end(int at) {
        return ends[at];
    }

    AlignedText slice(int from, int to) {
        if (from == 0 && to == text.length()) return this;
        return new AlignedText(
                text.substring(from, to),
                Arrays.copyOfRange(starts, from, to),
                Arrays.copyOfRange(ends, from, to),
                steps);
    }

    /// The parts that are not empty.
    List<AlignedText> split(List<Span> spans, SplitBehavior behavior) {
        List<AlignedText> parts = new ArrayList<>();
        for (Span each : behavior.parts(spans)) {
            if (each.start() < each.end()) parts.add(slice(each.start(), each.end()));
        }
        return parts;
    }

    /// Writes what replaces a code point.
    interface Rewriting {
        void rewrite(int point, IntConsumer out);
    }

    /// Replaces each code point by any number of them, which came from where it came from.
    AlignedText rewrite(Rewriting each) {
        var out = new Builder(steps, before(), text.length());
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            int start = starts[at];
            int end = ends[at];
            each.rewrite(point, replacement -> out.add(replacement, start, end));
            at += Character.charCount(point);
        }
        return out.build();
    }

    AlignedText filter(IntPredicate kept) {
        return rewrite((point, out) -> {
            if (kept.test(point)) out.accept(point);
        });
    }

    AlignedText map(IntUnaryOperator function) {
        return rewrite((point, out) -> out.accept(function.applyAsInt(point)));
    }

    /// Puts a text before the first character, from which it seems to come. An empty text stays empty.
    AlignedText prepend(String prefix) {
        if (text.isEmpty()) return this;
        var out = new Builder(steps, before(), text.length() + prefix.length());
        prefix.codePoints().forEach(each -> out.add(each, starts[0], ends[0]));
        out.add(this, 0, text.length());
        return out.build();
    }

    /// Replaces each match. The replacement seems to come from the last character of the match.
    AlignedText replace(List<Span> spans, String replacement) {
        var out = new Builder(steps, before(), text.length());
        for (Span each : spans) {
            if (each.match()) {
                int last = each.end() - 1;
                int start = last < 0 ? 0 : starts[last];
                int end = last < 0 ? 0 : ends[last];
                replacement.codePoints().forEach(point -> out.add(point, start, end));
            } else {
                out.add(this, each.start(), each.end());
            }
        }
        return out.build();
    }

    /// Without white space at its ends.
    AlignedText strip(boolean left, boolean right) {
        int from = 0;
        int to = text.length();
        while (left && from < to && CodePoints.isWhitespace(text.charAt(from))) from++;
        while (right && from < to && CodePoints.isWhitespace(text.charAt(to - 1))) to--;
        return slice(from, to);
    }

    /// Replaces all code points. A change of 1 stands for a new one, 0 for one that replaces the next old one, and −n
    /// for one that replaces the next old one and the n after it.
    AlignedText transform(int[] points, int[] changes, int count) {
        var out = new Builder(steps, before(), count);
        for (int i = 0, at = 0; i < count; i++) {
            boolean added = changes[i] > 0;
            int from = Math.min(added ? at - 1 : at, text.length() - 1);
            out.add(points[i], from < 0 ? 0 : starts[from], from < 0 ? 0 : ends[from]);
            for (int passed = changes[i]; passed <= 0 && at < text.length(); passed++) {
                at += Character.charCount(text.codePointAt(at));
            }
        }
        return out.build();
    }

    @Override
    public String toString() {
        return text;
    }

    private static final class Builder {
        private final Steps steps;
        private final int before;
        private final StringBuilder text;
        private int[] starts;
        private int[] ends;

        /// @param before the length of the original text, which bounds that of the new one
        Builder(Steps steps, int before, int capacity) {
            this.steps = steps;
            this.before = before;
            Steps.requireLength(capacity, before);
            this.text = new StringBuilder(capacity);
            this.starts = new int[Math.max(16, capacity)];
            this.ends = new int[starts.length];
        }

        void add(int point, int start, int end) {
            int from = text.length();
            text.appendCodePoint(point);
            reserve(text.length());
            for (int at = from; at < text.length(); at++) {
                starts[at] = start;
                ends[at] = end;
            }
        }

        void add(AlignedText other, int from, int to) {
            int at = text.length();
            text.append(other.text, from, to);
            reserve(text.length());
            System.arraycopy(other.starts, from, starts, at, to - from);
            System.arraycopy(other.ends, from, ends, at, to - from);
        }

        private void reserve(int length) {
            if (length <= starts.length) return;
            Steps.requireLength(length, before);
            starts = Arrays.copyOf(starts, Math.max(length, 2 * starts.length));
            ends = Arrays.copyOf(ends, starts.length);
        }

        AlignedText build() {
            return new AlignedText(text.toString(), starts, ends, steps);
        }
    }
}
