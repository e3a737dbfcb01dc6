package dev.neurite.datasets.parquet;

import dev.neurite.datasets.parquet.ColumnType.Form;
import dev.neurite.datasets.parquet.ColumnType.Physical;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The description at the end of a file: its columns, and where the groups of rows are described.
final class Footer {
    private static final int MOST_GROUPS = 1 << 20;
    private static final int MOST_LEAVES = 200_000;
    private static final int COLUMN = 256; // bytes in memory

    private final long rows;
    private final List<Column> columns;
    private final int leaves; // columns of each group, with those inside of nested columns
    private final int[] groups; // where each group of rows is described, in the bytes
    private final byte[] bytes;

    private Footer(long rows, List<Column> columns, int leaves, int[] groups, byte[] bytes) {
        this.rows = rows;
        this.columns = columns;
        this.leaves = leaves;
        this.groups = groups;
        this.bytes = bytes;
    }

    /// The rows of the file.
    long rows() {
        return rows;
    }

    /// The columns in their order.
    List<Column> columns() {
        return columns;
    }

    /// The number of groups of rows.
    int groups() {
        return groups.length;
    }

    /// Where a group is described, in the file.
    long at(int group, long fileSize) {
        return fileSize - 8 - bytes.length + groups[group];
    }

    /// A column.
    /// @param type empty for one that has not one value a row: lists, maps, structures
    /// @param leaf its index among the columns of a group
    record Column(String name, @Nullable ColumnType type, int leaf, boolean optional) {}

    /// A column of a group of rows.
    /// @param codec the number of its compression
    /// @param start its first byte
    /// @param size its bytes
    record Chunk(int codec, long values, long start, long size, boolean elsewhere, boolean encrypted) {}

    /// A group of rows.
    record Group(long rows, List<Chunk> chunks) {}

    /// A node of the tree of columns, as it is stored.
    private static final class Element {
        private int type = -1;
        private int width;
        private int repetition;
        private String name = "";
        private int children;
        private int converted = -1;
        private int scale;
        private int logical;
        private int unit; // of a time: 10^unit in a second
        private boolean utc;
        private boolean signed = true;
    }

    /// @param room takes what its columns need
    static Footer read(byte[] bytes, Room room) {
        var thrift = new Thrift(new Bytes(bytes));
        List<Element> elements = new ArrayList<>();
        var found = new Object() {
            private int[] groups = new int[16];
            private int count;
            private long rows;
        };
        thrift.struct(field -> {
            switch (field) {
                case 2 ->
                    thrift.list(MOST_LEAVES, _ -> {
                        room.take(COLUMN);
                        elements.add(element(thrift));
                    });
                case 3 -> found.rows = thrift.number();
                case 4 ->
                    found.count = thrift.list(MOST_GROUPS, i -> {
                        if (i == found.groups.length) found.groups = Arrays.copyOf(found.groups, 2 * i);
                        found.groups[i] = thrift.at();
                        thrift.skip();
                    });
                case 8 -> throw new Malformed("expects a file that is not encrypted, got an encrypted one");
                default -> thrift.skip();
            }
        });
        if (found.rows < 0) throw new Malformed("expects a number of rows, got " + found.rows);
        if (elements.isEmpty()) throw new Malformed("expects a description of its columns, got none");
        var tree = new Tree(elements);
        List<Column> columns = tree.columns();
        return new Footer(found.rows, columns, tree.leaf, Arrays.copyOf(found.groups, found.count), bytes);
    }

    /// Walks through the elements, which are stored parents first.
    private static final class Tree {
        private final List<Element> elements;
        private int next = 1;
        private int leaf;

        Tree(List<Element> elements) {
            this.elements = elements;
        }

        List<Column> columns() {
            int count = elements.getFirst().children;
            List<Column> columns = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Element each = next();
                int first = leaf;
                boolean nested = each.children > 0 || each.repetition == 2;
                if (each.children > 0) skip(each.children);
                else leaf++;
                columns.add(new Column(each.name, nested ? null : type(each), first, each.repetition == 1));
            }
            if (next != elements.size()) throw new Malformed("expects as many columns as it says, got others");
            return columns;
        }

        private Element next() {
            if (next >= elements.size()) throw new Malformed("expects as many columns as it says, got fewer");
            return elements.get(next++);
        }

        private void skip(int children) {
            for (long left = children; left > 0; left--) {
                Element each = next();
                if (each.children > 0) left += each.children;
                else leaf++;
            }
        }
    }

    private static Element element(Thrift thrift) {
        var element = new Element();
        thrift.struct(field -> {
            switch (field) {
                case 1 -> element.type = thrift.small();
                case 2 -> element.width = thrift.small();
                case 3 -> element.repetition = thrift.small();
                case 4 -> element.name = thrift.text();
                case 5 -> element.children = thrift.small();
                case 6 -> element.converted = thrift.small();
                case 7 -> element.scale = thrift.small();
                case 10 -> logical(thrift, element);
                default -> thrift.skip();
            }
        });
        if (element.children < 0) throw new Malformed("expects a number of columns, got " + element.children);
        return element;
    }

    private static void logical(Thrift thrift, Element element) {
        thrift.struct(kind -> {
            element.logical = kind;
            thrift.struct(field -> {
                if (kind == 5 && field == 1) element.scale = thrift.small();
                else if ((kind == 7 || kind == 8) && field == 1) element.utc = thrift.truth();
                else if ((kind == 7 || kind == 8) && field == 2) {
                    thrift.struct(unit -> {
                        element.unit = 3 * unit; // milliseconds, microseconds, nanoseconds
                        thrift.skip();
                    });
                } else if (kind == 10 && field == 2) element.signed = thrift.truth();
                else thrift.skip();
            });
        });
    }

    private static ColumnType type(Element of) {
        Physical[] all = Physical.values();
        if (of.type < 0 || of.type >= all.length) throw new Malformed("expects a type from 0 to 7, got " + of.type);
        Physical physical = all[of.type];
        Form form = form(of, physical);
        int scale = switch (form) {
            case DECIMAL -> of.scale;
            case TIME, TIMESTAMP -> of.logical != 0 ? of.unit : of.converted == 7 || of.converted == 9 ? 3 : 6;
            default -> 0;
        };
        if ((form == Form.TIME || form == Form.TIMESTAMP) && (scale < 3 || scale > 9)) {
            throw new Malformed("expects times in thousandths to billionths of a second, got others");
        }
        boolean utc = form == Form.TIMESTAMP && (of.logical != 0 ? of.utc : of.converted == 9 || of.converted == 10);
        return new ColumnType(physical, form, physical == Physical.FIXED ? of.width : 0, scale, utc);
    }

    private static Form form(Element of, Physical physical) {
        Form plain = switch (physical) {
            case BOOLEAN -> Form.BOOLEAN;
            case INT32, INT64 -> Form.WHOLE;
            case INT96 -> Form.TIMESTAMP;
            case FLOAT, DOUBLE -> Form.FLOAT;
            case BYTE_ARRAY -> Form.TEXT;
            case FIXED -> Form.OTHER;
        };
        return switch (of.logical) {
            case 1, 4, 12 -> Form.TEXT;
            case 5 -> Form.DECIMAL;
            case 6 -> Form.DATE;
            case 7 -> Form.TIME;
            case 8 -> Form.TIMESTAMP;
            case 10 -> of.signed ? Form.WHOLE : Form.UNSIGNED;
            case 11 -> plain;
            case 14 -> Form.UUID;
            case 15 -> Form.HALF;
            case 0 -> converted(of.converted, plain);
            default -> Form.OTHER;
        };
    }

    private static Form converted(int type, Form plain) {
        return switch (type) {
            case 0, 4, 19 -> Form.TEXT;
            case 5 -> Form.DECIMAL;
            case 6 -> Form.DATE;
            case 7, 8 -> Form.TIME;
            case 9, 10 -> Form.TIMESTAMP;
            case 11, 12, 13, 14 -> Form.UNSIGNED;
            case 15, 16, 17, 18 -> Form.WHOLE;
            case -1 -> plain;
            default -> Form.OTHER;
        };
    }

    /// Reads the description of a group of rows.
    Group group(int index) {
        var thrift = new Thrift(new Bytes(bytes, groups[index], bytes.length));
        var chunks = new Chunk[leaves];
        var rows = new long[] {-1};
        thrift.struct(field -> {
            if (field == 1) {
                int count = thrift.list(leaves, i -> chunks[i] = chunk(thrift));
                if (count != leaves) throw new Malformed("expects " + leaves + " columns in each group, got " + count);
            } else if (field == 3) {
                rows[0] = thrift.number();
            } else {
                thrift.skip();
            }
        });
        if (rows[0] < 0 || (leaves > 0 && chunks[0] == null)) {
            throw new Malformed("expects groups with rows and columns, got one without");
        }
        return new Group(rows[0], List.of(chunks));
    }

    private static Chunk chunk(Thrift thrift) {
        var numbers = new long[12];
        var set = new boolean[3]; // described, elsewhere, encrypted
        thrift.struct(field -> {
            switch (field) {
                case 1 -> {
                    set[1] = true;
                    thrift.skip();
                }
                case 3 -> {
                    set[0] = true;
                    thrift.struct(each -> {
                        switch (each) {
                            case 4, 5, 7, 9, 11 -> numbers[each] = thrift.number();
                            default -> thrift.skip();
                        }
                    });
                }
                case 8, 9 -> {
                    set[2] = true;
                    thrift.skip();
                }
                default -> thrift.skip();
            }
        });
        if (!set[0] && !set[2]) throw new Malformed("expects a description of each column of a group, got none");
        boolean dictionary = numbers[11] > 0 && numbers[11] < numbers[9];
        return new Chunk(
                Math.clamp(numbers[4], -1, 99),
                numbers[5],
                dictionary ? numbers[11] : numbers[9],
                numbers[7],
                set[1],
                set[2]);
    }
}
