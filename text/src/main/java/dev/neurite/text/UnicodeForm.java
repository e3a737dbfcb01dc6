package dev.neurite.text;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Unicode's normalization forms, with the alignment of the reference. The JDK's normalizer gives the characters; this
/// class finds out which of them are new, and which replace several.
final class UnicodeForm {
    private static final int LONG_RUN = 64;

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
        if (!hasLongRun(text.text()) && Normalizer.isNormalized(text.text(), form)) return text;
        var work = new UnicodeForm(form, text.length() + 16);
        work.decompose(text.text());
        work.order();
        if (form == Form.NFC || form == Form.NFKC) work.compose();
        return text.transform(work.points, work.changes, work.count);
    }

    /// Whether there are many marks in a row, on which the JDK takes quadratic time.
    private static boolean hasLongRun(String text) {
        int run = 0;
        for (int at = 0; at < text.length() && run < LONG_RUN; at++) {
            char letter = text.charAt(at); // half of a surrogate pair may be one of a mark
            run = letter >= 0x300 && (Character.isSurrogate(letter) || isMark(letter)) ? run + 1 : 0;
        }
        return run == LONG_RUN;
    }

    private static boolean isMark(int point) {
        int type = Character.getType(point);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    private void decompose(String text) {
        boolean compatible = form == Form.NFKC || form == Form.NFKD;
        text.codePoints().forEach(each -> {
            if (each < 0x80 || OldUnicode.isWhole(each)) {
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
        for (int from = 0; from < count; from++) {
            boolean sorted = true;
            int to = from;
            for (; to < count && Marks.rank(points[to]) > 0; to++) {
                sorted &= to == from || Marks.rank(points[to - 1]) <= Marks.rank(points[to]);
            }
            if (!sorted) sort(from, to);
            from = to;
        }
    }

    private void sort(int from, int to) {
        int[] unsorted = Arrays.copyOfRange(points, from, to);
        int[] theirChanges = Arrays.copyOfRange(changes, from, to);
        long[] order = new long[to - from]; // rank, then place
        for (int i = 0; i < order.length; i++) order[i] = ((long) Marks.rank(unsorted[i]) << 32) | i;
        Arrays.sort(order);
        for (int i = 0; i < order.length; i++) {
            points[from + i] = unsorted[(int) order[i]];
            changes[from + i] = theirChanges[(int) order[i]];
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
            boolean mark = Marks.rank(point) > 0;
            boolean blocked = last >= 0 && (!mark || Marks.rank(last) == Marks.rank(point));
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

    /// The character that two others compose to, or −1.
    private static int composite(int first, int second) {
        if (!Marks.composes(second)) return -1;
        String pair = Character.toString(first) + Character.toString(second);
        String composed = Normalizer.normalize(pair, Form.NFC);
        boolean one = composed.codePointCount(0, composed.length()) == 1;
        return one && !OldUnicode.isWhole(composed.codePointAt(0)) ? composed.codePointAt(0) : -1;
    }

    /// What the JDK does not tell of characters, found out once, when it is first needed.
    private static final class Marks {
        private static final int END = 0x20000; // beyond it are neither marks with a class nor composites

        /// By code point, the rank of its canonical combining class; 0 for class 0, whose characters do not move.
        private static final byte[] RANKS = new byte[END];

        /// Characters that compose with one before them.
        private static final BitSet SECOND = new BitSet(END);

        static {
            List<List<Integer>> classes = new ArrayList<>(); // the marks of each class, from the lowest
            for (int each = 0xC0; each < END; each++) {
                if (OldUnicode.isWhole(each)) continue;
                if (!Normalizer.isNormalized(Character.toString(each), Form.NFD)) addComposite(each);
                else if (CodePoints.isMark(each) && moves(each)) insert(each, classes);
            }
            for (int rank = 1; rank <= classes.size(); rank++) {
                for (int mark : classes.get(rank - 1)) RANKS[mark] = (byte) rank;
            }
        }

        private Marks() {}

        static int rank(int point) {
            return point < END ? RANKS[point] : 0;
        }

        static boolean composes(int point) {
            return SECOND.get(point);
        }

        /// Whether a mark has a class other than 0: then it changes places with U+0334, of the lowest class, or with
        /// U+0345, of the highest.
        private static boolean moves(int point) {
            return isHigher(point, 0x334) || isHigher(0x345, point);
        }

        /// Whether the class of one mark is above that of another: only then the canonical order is not this one.
        private static boolean isHigher(int mark, int other) {
            return !Normalizer.isNormalized(Character.toString(mark) + Character.toString(other), Form.NFD);
        }

        private static void insert(int mark, List<List<Integer>> classes) {
            int from = 0;
            int to = classes.size();
            while (from < to) {
                int middle = (from + to) / 2;
                if (isHigher(mark, classes.get(middle).getFirst())) from = middle + 1;
                else to = middle;
            }
            boolean known = from < classes.size() && !isHigher(classes.get(from).getFirst(), mark);
            if (!known) classes.add(from, new ArrayList<>());
            classes.get(from).add(mark);
        }

        private static void addComposite(int point) {
            String composite = Character.toString(point);
            if (!Normalizer.isNormalized(composite, Form.NFC)) return;
            String parts = Normalizer.normalize(composite, Form.NFD);
            SECOND.set(parts.codePointBefore(parts.length()));
        }
    }
}
