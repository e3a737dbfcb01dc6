package dev.neurite.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// SentencePiece's table of replacements: a trie over the bytes of UTF-8, as a double array (Darts), whose values are
/// places in the bytes of all replacements, each of which ends with a 0.
///
/// What users see as one character is looked up as a whole, if it has less than six bytes, then each of its
/// code points. As in the reference, the shortest key that a text begins with decides, and the whole text is replaced.
final class CharsMap {
    private static final Pattern CLUSTER = Pattern.compile("\\X"); // extended grapheme clusters
    private static final int LONGEST = 5; // bytes
    private static final int LONGEST_REPLACEMENT = 1_000; // bytes

    private final int[] units;
    private final byte[] replacements;

    private CharsMap(int[] units, byte[] replacements) {
        this.units = units;
        this.replacements = replacements;
    }

    /// Reads a table.
    /// @throws IllegalArgumentException for bytes that are no table
    static CharsMap of(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int size = in.remaining() < 4 ? -1 : in.getInt();
        if (size < 4 || size > in.remaining()) throw new IllegalArgumentException("no trie");
        int[] units = new int[size / 4];
        in.asIntBuffer().get(units);
        byte[] replacements = Arrays.copyOfRange(bytes, 4 + 4 * units.length, bytes.length);
        int run = 0;
        for (byte each : replacements) {
            run = each == 0 ? 0 : run + 1;
            if (run > LONGEST_REPLACEMENT) throw new IllegalArgumentException("a long replacement");
        }
        return new CharsMap(units, replacements);
    }

    /// A text with its replacements.
    AlignedText normalize(AlignedText text) {
        var out = new Changes(text.length());
        Matcher clusters = CLUSTER.matcher(text.text());
        while (clusters.find()) {
            String cluster = clusters.group();
            Optional<String> whole = replacement(cluster, LONGEST);
            if (whole.isPresent()) {
                out.replace(cluster, whole.get());
            } else {
                cluster.codePoints().forEach(each -> {
                    String point = Character.toString(each);
                    out.replace(point, replacement(point, Integer.MAX_VALUE).orElse(point));
                });
            }
        }
        return text.transform(out.points, out.changes, out.count);
    }

    /// @param longest the largest number of bytes of a text that is looked up
    private Optional<String> replacement(String text, int longest) {
        byte[] key = text.getBytes(StandardCharsets.UTF_8);
        int from = key.length > longest ? -1 : find(key);
        if (from < 0 || from > replacements.length) return Optional.empty();
        int to = from;
        while (to < replacements.length && replacements[to] != 0) to++;
        return Optional.of(new String(replacements, from, to - from, StandardCharsets.UTF_8));
    }

    /// The value of the shortest key that some bytes begin with, or −1. A unit has a byte, the distance to its
    /// children, and whether a value is the first of them.
    private int find(byte[] key) {
        int at = distance(units[0]);
        for (byte each : key) {
            int letter = each & 0xFF;
            at ^= letter;
            if (letter == 0 || at < 0 || at >= units.length) return -1;
            int unit = units[at];
            if ((unit & 0x800000FF) != letter) return -1;
            at ^= distance(unit);
            if (at < 0 || at >= units.length) return -1;
            if ((unit & 0x100) != 0) return units[at] & Integer.MAX_VALUE;
        }
        return -1;
    }

    private static int distance(int unit) {
        return (unit >>> 10) << ((unit & 0x200) >>> 6);
    }

    /// The new code points, and what they change, see [AlignedText#transform].
    private static final class Changes {
        private int[] points;
        private int[] changes;
        private int count;

        Changes(int capacity) {
            this.points = new int[capacity + 16];
            this.changes = new int[points.length];
        }

        /// A part becomes another one: what it has more is new, what it has less is removed after its last character,
        /// or after the one before it.
        void replace(String part, String by) {
            int more = by.codePointCount(0, by.length()) - part.codePointCount(0, part.length());
            by.codePoints().forEach(this::add);
            for (int i = 1; i <= more; i++) changes[count - i] = 1;
            if (more < 0 && count > 0) changes[count - 1] += more;
        }

        private void add(int point) {
            if (count == points.length) {
                points = Arrays.copyOf(points, 2 * count);
                changes = Arrays.copyOf(changes, 2 * count);
            }
            points[count] = point;
            changes[count++] = 0;
        }
    }
}
