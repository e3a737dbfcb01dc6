package dev.neurite.text;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/// Unicode's normalization forms, with the alignment of the reference. The JDK's normalizer gives the characters; this
/// class finds out which of them are new, and which replace several.
final class UnicodeForm {
    private final Form form;

    /// The code points, decomposed, and what they change, see [AlignedText#transform].
    private int[] points;

    private int[] changes;
    private int count;

    private UnicodeForm(Form form, int capacity) {
        this.form = form;
        this.points = new int[capacity];
        this.changes = new int[capacity];
    }

    /// A text in a normalization form.
    static AlignedText apply(AlignedText text, Form form) {
        if (Normalizer.isNormalized(text.text(), form)) return text;
        var work = new UnicodeForm(form, text.length() + 16);
        work.decompose(text.text());
        work.order();
        if (form == Form.NFC || form == Form.NFKC) work.compose();
        return text.transform(work.points, work.changes, work.count);
    }

    private void decompose(String text) {
        boolean compatible = form == Form.NFKC || form == Form.NFKD;
        text.codePoints().forEach(each -> {
            if (each < 0x80) {
                add(each, 0);
                return;
            }
            String parts = Normalizer.normalize(Character.toString(each), compatible ? Form.NFKD : Form.NFD);
            for (int at = 0; at < parts.length(); at += Character.charCount(parts.codePointAt(at))) {
                add(parts.codePointAt(at), at == 0 ? 0 : 1);
            }
        });
    }

    private void add(int point, int change) {
        if (count == points.length) {
            points = Arrays.copyOf(points, 2 * count);
            changes = Arrays.copyOf(changes, 2 * count);
        }
        points[count] = point;
        changes[count++] = change;
    }

    /// Sorts the marks after each character by their classes. A change stays with its mark.
    private void order() {
        int[] sorted = Normalizer.normalize(new String(points, 0, count), Form.NFD)
                .codePoints()
                .toArray();
        for (int from = 0; from < count; from++) {
            if (points[from] == sorted[from]) continue;
            int to = from;
            Map<Integer, Deque<Integer>> waiting = new HashMap<>(); // changes of a mark, in their order
            for (; to < count && Marks.ALL.get(points[to]); to++) {
                waiting.computeIfAbsent(points[to], _ -> new ArrayDeque<>()).add(changes[to]);
            }
            for (int at = from; at < to; at++) {
                points[at] = sorted[at];
                changes[at] = waiting.getOrDefault(sorted[at], new ArrayDeque<>()).remove();
            }
            from = to - 1;
        }
    }

    /// Composes a character and the marks after it, where the marks between do not block it (Unicode Standard Annex
    /// 15).
    private void compose() {
        int out = 0;
        int base = -1; // where the character is that marks may join
        int last = -1; // the last mark after it that stayed
        for (int at = 0; at < count; at++) {
            int point = points[at];
            boolean mark = Marks.ALL.get(point);
            boolean blocked = last >= 0 && (!mark || sameClass(last, point));
            int joined = base < 0 || blocked ? -1 : composite(points[base], point);
            if (joined >= 0) {
                points[base] = joined;
                changes[base] += changes[at] - 1;
                continue;
            }
            if (!mark) {
                base = out;
                last = -1;
            } else if (base >= 0) {
                last = point;
            }
            points[out] = point;
            changes[out++] = changes[at];
        }
        count = out;
    }

    /// Whether two marks, already in order, have the same class: only then the other order is canonical, too.
    private static boolean sameClass(int mark, int next) {
        if (mark == next) return true;
        return Normalizer.isNormalized(Character.toString(next) + Character.toString(mark), Form.NFD);
    }

    /// The character that two others compose to, or −1.
    private static int composite(int first, int second) {
        if (!Marks.SECOND.get(second)) return -1;
        String pair = Character.toString(first) + Character.toString(second);
        String composed = Normalizer.normalize(pair, Form.NFC);
        return composed.codePointCount(0, composed.length()) == 1 ? composed.codePointAt(0) : -1;
    }

    /// What the JDK does not tell of characters, found out once, when it is first needed.
    private static final class Marks {
        private static final int END = 0x20000; // beyond it are neither marks with a class nor composites

        /// Characters with a class other than 0, which canonical order moves.
        static final BitSet ALL = new BitSet(END);

        /// Characters that compose with one before them.
        static final BitSet SECOND = new BitSet(END);

        static {
            for (int each = 0x300; each < END; each++) {
                if (CodePoints.isMark(each)) addMark(each);
                if (!Normalizer.isNormalized(Character.toString(each), Form.NFD)) addComposite(each);
            }
            for (int each = 0xC0; each < 0x300; each++) {
                if (!Normalizer.isNormalized(Character.toString(each), Form.NFD)) addComposite(each);
            }
        }

        private Marks() {}

        /// Of two marks with classes, one order at least is not canonical, unless the classes are equal: U+0334 has
        /// the lowest class, U+0345 the highest.
        private static void addMark(int point) {
            String mark = Character.toString(point);
            boolean aboveLowest = !Normalizer.isNormalized(mark + "\u0334", Form.NFD);
            boolean belowHighest = !Normalizer.isNormalized("\u0345" + mark, Form.NFD);
            if (aboveLowest || belowHighest) ALL.set(point);
        }

        private static void addComposite(int point) {
            String composite = Character.toString(point);
            if (!Normalizer.isNormalized(composite, Form.NFC)) return;
            String parts = Normalizer.normalize(composite, Form.NFD);
            SECOND.set(parts.codePointBefore(parts.length()));
        }
    }
}
