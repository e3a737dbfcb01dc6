package dev.neurite.io;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The header of a `.npy` array: a Python dictionary with three entries.
/// @param type the type of the values
/// @param bigEndian whether values are big-endian
/// @param fortran whether values are in Fortran order, the first axis fastest
/// @param extents the extents of the axes
/// @param letters the places of each text, whose letters are of the type U4 (Unicode) or U1 (bytes); -1 for numbers
record NpyHeader(Npy.Type type, boolean bigEndian, boolean fortran, List<Integer> extents, int letters) {
    private static final int MOST_AXES = 64; // NumPy's limit
    private static final int ALIGNMENT = 64; // bytes, of the values in files that are written
    private static final Set<String> KEYS = Set.of("descr", "fortran_order", "shape");

    long count() {
        return extents.stream().mapToLong(each -> each).reduce(1, (a, b) -> a * b);
    }

    /// The size of all values in bytes; at most 2⁶².
    long bytes() {
        long width = width();
        return width == 0 ? 0 : Math.min(count(), (1L << 62) / width) * width;
    }

    /// The size of a number or text, bytes.
    long width() {
        return letters < 0 ? type.width() : (long) letters * type.width();
    }

    boolean isTexts() {
        return letters >= 0;
    }

    /// The shape of the array as one tensor.
    /// @throws DataException for more than 2³¹ − 1 values
    Shape shape(String where) {
        if (extents.stream().mapToLong(each -> Math.max(1, each)).reduce(1, (a, b) -> a * b) > Integer.MAX_VALUE) {
            throw new DataException(where, "expects at most 2³¹ − 1 numbers, got " + text());
        }
        return Shape.of(extents.stream().mapToInt(each -> each).toArray());
    }

    String text() {
        return extents.stream().map(String::valueOf).collect(Collectors.joining("×", "[", "]"));
    }

    /// The beginning of a file in format 1.0, as NumPy writes it: magic number, version, length and header, with blanks
    /// so that the values begin at a multiple of 64 bytes. They are little-endian and in C order.
    static byte[] written(Npy.Type type, Shape shape) {
        return written((type.width() == 1 ? "|" : "<") + type.name().toLowerCase(Locale.ROOT), shape);
    }

    /// The beginning of a file of texts of so many letters.
    static byte[] written(int letters, Shape shape) {
        return written("<U" + letters, shape);
    }

    private static byte[] written(String descr, Shape shape) {
        String extents = shape.extents().stream().map(String::valueOf).collect(Collectors.joining(", "));
        String text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + extents
                + (shape.rank() == 1 ? "," : "") + "), }";
        int before = NpyReader.MAGIC.length + 4; // with version and length
        int size = Math.ceilDiv(before + text.length() + 1, ALIGNMENT) * ALIGNMENT;
        String padded = text + " ".repeat(size - before - text.length() - 1) + "\n";
        return ByteBuffer.allocate(size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(NpyReader.MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) padded.length())
                .put(padded.getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    /// @throws DataException for an invalid header, or more than 2³¹ − 1 rows, or values in a row
    static NpyHeader read(String where, String text) {
        return new Reader(where, text).read();
    }

    private static final class Reader {
        private final String where;
        private final String text;
        private int at;
        private @Nullable String descr;
        private @Nullable Boolean fortran;
        private @Nullable List<Integer> shape;

        Reader(String where, String text) {
            this.where = where;
            this.text = text;
        }

        NpyHeader read() {
            Set<String> seen = new HashSet<>();
            expect('{');
            while (!taken('}')) {
                String key = string();
                if (!KEYS.contains(key) || !seen.add(key)) {
                    throw wrong("the entries descr, fortran_order and shape, each once", "'" + key + "'");
                }
                expect(':');
                switch (key) {
                    case "descr" -> descr = description();
                    case "fortran_order" -> fortran = truth();
                    default -> shape = extents();
                }
                if (!taken(',')) {
                    expect('}');
                    break;
                }
            }
            blanks();
            if (at < text.length()) throw wrong("nothing after the '}'", "'" + text.charAt(at) + "'");
            if (descr == null || fortran == null || shape == null) {
                throw wrong("the entries descr, fortran_order and shape", seen.toString());
            }
            int letters = letters(descr);
            Npy.Type type = letters < 0 ? type(descr) : descr.contains("U") ? Npy.Type.U4 : Npy.Type.U1;
            return new NpyHeader(type, descr.startsWith(">"), fortran, shape, letters);
        }

        /// The places of each text; -1 for numbers.
        private int letters(String descr) {
            if (!descr.matches("[<>|=]?[US]\\d{1,9}")) return -1;
            return Integer.parseInt(
                    descr.substring(descr.contains("U") ? descr.indexOf('U') + 1 : descr.indexOf('S') + 1));
        }

        private Npy.Type type(String name) {
            boolean ordered = !name.isEmpty() && "<>|=".indexOf(name.charAt(0)) >= 0;
            String kind = ordered ? name.substring(1) : name;
            if (kind.startsWith("O")) {
                throw new DataException(
                        where,
                        "expects numbers, got Python objects, which are a pickle: it is refused, as reading one can"
                                + " run any program",
                        "Save numbers: array.astype('float32')");
            }
            for (Npy.Type each : Npy.Type.values()) {
                if (each.name().toLowerCase(Locale.ROOT).equals(kind) && ordered) return each;
            }
            throw new DataException(
                    where,
                    "expects numbers of type f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 or b1, got '" + name + "'",
                    "Save others: array.astype('float32')");
        }

        private String description() {
            blanks();
            if (at < text.length() && (text.charAt(at) == '[' || text.charAt(at) == '(')) {
                throw new DataException(
                        where,
                        "expects numbers of one type, got a table whose columns have types of their own",
                        "Save the columns as one array of numbers");
            }
            return string();
        }

        private boolean truth() {
            blanks();
            for (String word : List.of("True", "False")) {
                if (!text.startsWith(word, at)) continue;
                at += word.length();
                return word.equals("True");
            }
            throw wrong("fortran_order to be True or False", next());
        }

        private List<Integer> extents() {
            long[] read = new long[MOST_AXES];
            int rank = 0;
            expect('(');
            while (!taken(')')) {
                if (rank == MOST_AXES) throw wrong("at most " + MOST_AXES + " axes", "more");
                read[rank++] = extent();
                if (!taken(',')) {
                    expect(')');
                    break;
                }
            }
            List<Integer> extents = new ArrayList<>();
            long size = 1; // of a row
            for (int axis = 0; axis < rank; axis++) {
                size = axis == 0 || size > Integer.MAX_VALUE ? size : size * Math.max(1, read[axis]);
                if (read[axis] > Integer.MAX_VALUE || size > Integer.MAX_VALUE) {
                    throw wrong("at most 2³¹ − 1 numbers in a row", "an axis of " + read[axis] + " among " + rank);
                }
                extents.add((int) read[axis]);
            }
            return extents;
        }

        private long extent() {
            blanks();
            int from = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') at++;
            int digits = at - from;
            if (digits == 0) throw wrong("an extent, a whole number from 0", next());
            if (digits > 18) throw wrong("at most 2³¹ − 1 numbers", text.substring(from, at));
            long value = Long.parseLong(text, from, at, 10);
            if (at < text.length() && text.charAt(at) == 'L') at++; // written by Python 2
            return value;
        }

        private String string() {
            blanks();
            char quote = at < text.length() ? text.charAt(at) : ' ';
            int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
            if (end < 0) throw wrong("a text in quotes", next());
            String found = text.substring(at + 1, end);
            at = end + 1;
            return found;
        }

        private void expect(char wanted) {
            if (!taken(wanted)) throw wrong("'" + wanted + "'", next());
        }

        private boolean taken(char wanted) {
            blanks();
            boolean there = at < text.length() && text.charAt(at) == wanted;
            if (there) at++;
            return there;
        }

        private void blanks() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\n')) at++;
        }

        private String next() {
            return at < text.length() ? "'" + text.substring(at, Math.min(text.length(), at + 12)) + "'" : "its end";
        }

        private DataException wrong(String expected, String got) {
            return new DataException(where + ", header, character " + (at + 1), "expects " + expected + ", got " + got);
        }
    }
}
