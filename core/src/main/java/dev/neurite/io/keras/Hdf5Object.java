package dev.neurite.io.keras;

import java.util.ArrayList;
import java.util.List;

/// An array or group of an HDF5 file, by the messages of its header.
/// @param messages all of them, for a group
/// @param number what an array holds
/// @param extents of an array
/// @param whole whether an array is stored in one piece
/// @param data where it begins
/// @param size its bytes
record Hdf5Object(
        List<Message> messages,
        boolean isArray,
        Number number,
        boolean bigEndian,
        long[] extents,
        boolean isWhole,
        long data,
        long size) {
    private static final int MOST_MESSAGES = 1 << 16;
    static final int DATASPACE = 1;
    static final int LINK_INFO = 2;
    static final int DATATYPE = 3;
    static final int LINK = 6;
    static final int LAYOUT = 8;
    static final int CONTINUATION = 16;
    static final int SYMBOL_TABLE = 17;

    /// What an array holds.
    enum Number {
        HALF(2),
        /// The upper half of a float, bfloat16.
        BRAIN(2),
        FLOAT(4),
        DOUBLE(8),
        OTHER(1);

        private final int width;

        Number(int width) {
            this.width = width;
        }

        int width() {
            return width;
        }
    }

    /// A part of a header.
    /// @param shared whether it only says where it is
    record Message(int type, long at, int size, boolean shared) {}

    /// A range of messages.
    private record Block(long from, long end) {}

    static Hdf5Object read(Hdf5Bytes bytes, long header) {
        boolean second = bytes.has(header, "OHDR");
        List<Message> messages = second ? second(bytes, header) : first(bytes, header);
        Number number = Number.OTHER;
        boolean big = false;
        boolean array = false;
        boolean whole = false;
        long[] extents = {};
        long data = 0;
        long size = 0;
        for (Message each : messages) {
            long at = each.at();
            if (each.type() == DATASPACE) {
                extents = extents(bytes, at);
            } else if (each.type() == DATATYPE && !each.shared()) {
                number = number(bytes, at);
                big = number != Number.OTHER && number != Number.BRAIN && (bytes.one(at + 1) & 1) != 0;
            } else if (each.type() == LAYOUT) {
                array = true;
                int version = bytes.one(at);
                int kind = bytes.one(at + 1);
                if (version < 3 || version > 4)
                    throw bytes.fault(at, "expects version 3 or 4 of a layout, got " + version);
                whole = kind < 2;
                data = kind == 0 ? at + 4 : kind == 1 ? bytes.eight(at + 2) : 0;
                size = kind == 0 ? bytes.two(at + 2) : kind == 1 ? bytes.eight(at + 10) : 0;
            }
        }
        return new Hdf5Object(messages, array, number, big, extents, whole, data, size);
    }

    private static long[] extents(Hdf5Bytes bytes, long at) {
        int version = bytes.one(at);
        if (version != 1 && version != 2) throw bytes.fault(at, "expects version 1 or 2 of a shape, got " + version);
        var extents = new long[bytes.one(at + 1)];
        long from = at + (version == 1 ? 8 : 4);
        for (int i = 0; i < extents.length; i++) extents[i] = bytes.eight(from + 8L * i);
        return extents;
    }

    private static Number number(Hdf5Bytes bytes, long at) {
        int kind = bytes.one(at) & 0xf;
        int width = bytes.four(at + 4);
        if (kind == 5 && width == 2) return Number.BRAIN; // NumPy's way to store what it has no type for
        if (kind != 1) return Number.OTHER;
        int exponent = bytes.one(at + 13);
        return switch (width) {
            case 2 -> exponent == 5 ? Number.HALF : exponent == 8 ? Number.BRAIN : Number.OTHER;
            case 4 -> exponent == 8 ? Number.FLOAT : Number.OTHER;
            case 8 -> exponent == 11 ? Number.DOUBLE : Number.OTHER;
            default -> Number.OTHER;
        };
    }

    private static List<Message> first(Hdf5Bytes bytes, long header) {
        if (bytes.one(header) != 1) throw bytes.fault(header, "expects the header of an object, got other bytes");
        List<Block> blocks = new ArrayList<>();
        long start = header + 16;
        blocks.add(new Block(start, start + (bytes.four(header + 8) & 0xffff_ffffL)));
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            bytes.require(block.from(), block.end() - block.from());
            for (long at = block.from(); at + 8 <= block.end(); ) {
                int size = bytes.two(at + 2);
                add(bytes, messages, blocks, new Message(bytes.two(at), at + 8, size, (bytes.one(at + 4) & 2) != 0), 0);
                at += 8 + size;
            }
        }
        return messages;
    }

    private static List<Message> second(Hdf5Bytes bytes, long header) {
        int flags = bytes.one(header + 5);
        long at = header + 6 + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
        int width = 1 << (flags & 3);
        long size = bytes.number(at, width);
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block(at + width, at + width + size));
        int head = 4 + ((flags & 4) != 0 ? 2 : 0);
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            bytes.require(block.from(), block.end() - block.from());
            for (long next = block.from(); next + head <= block.end(); ) {
                int length = bytes.two(next + 1);
                boolean shared = (bytes.one(next + 3) & 2) != 0;
                add(bytes, messages, blocks, new Message(bytes.one(next), next + head, length, shared), 4);
                next += head + length;
            }
        }
        return messages;
    }

    /// @param mark bytes before and after the messages of a continuation
    private static void add(Hdf5Bytes bytes, List<Message> messages, List<Block> blocks, Message message, int mark) {
        if (messages.size() + blocks.size() > MOST_MESSAGES) {
            throw bytes.fault(message.at(), "expects up to 65,536 parts of a header, got more");
        }
        bytes.require(message.at(), message.size());
        if (message.type() != CONTINUATION) {
            messages.add(message);
            return;
        }
        long from = bytes.address(message.at());
        long size = bytes.eight(message.at() + 8);
        if (size <= 2L * mark || size > bytes.left(from)) {
            throw bytes.fault(message.at(), "expects the rest of a header in the file, got " + size + " bytes");
        }
        if (mark > 0) bytes.requireMark(from, "OCHK");
        blocks.add(new Block(from + mark, from + size - mark));
    }
}
