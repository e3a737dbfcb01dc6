package dev.neurite.io.keras;

import java.util.ArrayList;
import java.util.List;

/// An array or group of an HDF5 file, by the messages of its header.
/// @param messages all of them, for a group; none for an array
/// @param isArray whether it is an array, not a group
/// @param kind what an array holds
/// @param bigEndian whether its numbers begin with the highest byte
/// @param extents of an array
/// @param isWhole whether an array is stored in one piece
/// @param data where it begins
/// @param size its bytes
record Hdf5Object(
        List<Message> messages,
        boolean isArray,
        Kind kind,
        boolean bigEndian,
        List<Long> extents,
        boolean isWhole,
        long data,
        long size) {
    private static final int MOST_MESSAGES = 1 << 16;
    private static final int MESSAGE = 48; // bytes in memory
    static final int DATASPACE = 1;
    static final int LINK_INFO = 2;
    static final int DATATYPE = 3;
    static final int LINK = 6;
    static final int LAYOUT = 8;
    static final int CONTINUATION = 16;
    static final int SYMBOL_TABLE = 17;

    /// What an array holds.
    enum Kind {
        HALF(2),
        /// The upper half of a float, bfloat16.
        BRAIN(2),
        FLOAT(4),
        DOUBLE(8),
        OTHER(1);

        private final int width;

        Kind(int width) {
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
        Kind kind = Kind.OTHER;
        boolean big = false;
        boolean array = false;
        boolean whole = false;
        List<Long> extents = List.of();
        long data = 0;
        long size = 0;
        for (Message each : messages) {
            long at = each.at();
            if (each.type() == DATASPACE) {
                extents = extents(bytes, at);
            } else if (each.type() == DATATYPE && !each.shared()) {
                kind = kind(bytes, at);
                big = kind != Kind.OTHER && kind != Kind.BRAIN && (bytes.one(at + 1) & 1) != 0;
            } else if (each.type() == LAYOUT) {
                array = true;
                int version = bytes.one(at);
                int form = bytes.one(at + 1);
                if (version < 3 || version > 4)
                    throw bytes.fault(at, "expects version 3 or 4 of a layout, got " + version);
                whole = form < 2;
                data = form == 0 ? at + 4 : form == 1 ? bytes.eight(at + 2) : 0;
                size = form == 0 ? bytes.two(at + 2) : form == 1 ? bytes.eight(at + 10) : 0;
            }
        }
        return new Hdf5Object(array ? List.of() : messages, array, kind, big, extents, whole, data, size);
    }

    private static List<Long> extents(Hdf5Bytes bytes, long at) {
        int version = bytes.one(at);
        if (version != 1 && version != 2) throw bytes.fault(at, "expects version 1 or 2 of a shape, got " + version);
        int rank = bytes.one(at + 1);
        bytes.budget().spend(32L * rank);
        List<Long> extents = new ArrayList<>();
        long from = at + (version == 1 ? 8 : 4);
        for (int i = 0; i < rank; i++) extents.add(bytes.eight(from + 8L * i));
        return extents;
    }

    private static Kind kind(Hdf5Bytes bytes, long at) {
        int form = bytes.one(at) & 0xf;
        int width = bytes.four(at + 4);
        if (form == 5 && width == 2) return Kind.BRAIN; // NumPy's way to store what it has no type for
        if (form != 1) return Kind.OTHER;
        int exponent = bytes.one(at + 13);
        return switch (width) {
            case 2 -> exponent == 5 ? Kind.HALF : exponent == 8 ? Kind.BRAIN : Kind.OTHER;
            case 4 -> exponent == 8 ? Kind.FLOAT : Kind.OTHER;
            case 8 -> exponent == 11 ? Kind.DOUBLE : Kind.OTHER;
            default -> Kind.OTHER;
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
        bytes.budget().spend(MESSAGE);
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
