package dev.neurite.io.keras;

import dev.neurite.io.keras.Hdf5Object.Message;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The members of a group, in either form of the format: a tree of symbols, or links in its header or in a heap.
final class Hdf5Group {
    private static final int LINK = 128; // bytes in memory, without its name
    private static final int NODE = 96; // bytes in memory
    private static final int UNDEFINED = -1;
    private static final int RECORD = 11; // of a tree of names: hash and place in the heap

    private final Hdf5Bytes bytes;
    private final Hdf5Object object;
    private final Map<String, Long> links = new LinkedHashMap<>();
    private final Set<Long> nodes = new HashSet<>(); // of trees, each once

    Hdf5Group(Hdf5Bytes bytes, Hdf5Object object) {
        this.bytes = bytes;
        this.object = object;
    }

    /// The headers of the members by name. Links to other places than objects of this file are left out.
    Map<String, Long> links() {
        for (Message each : object.messages()) {
            switch (each.type()) {
                case Hdf5Object.SYMBOL_TABLE -> {
                    long heap = bytes.address(each.at() + 8);
                    bytes.requireMark(heap, "HEAP");
                    symbols(bytes.address(each.at()), bytes.address(heap + 24));
                }
                case Hdf5Object.LINK -> link(each.at());
                case Hdf5Object.LINK_INFO -> info(each.at());
                default -> {}
            }
        }
        return links;
    }

    private void add(String name, long header, long at) {
        bytes.budget().spend(LINK);
        boolean fits = !name.isEmpty() && !name.contains("/");
        if (!fits || links.putIfAbsent(name, header) != null) {
            throw bytes.fault(at, "expects members with names of their own, got '" + name + "'");
        }
    }

    // ---------------------------------------------------------------------------------------- the first form

    private void begin(long node) {
        bytes.budget().spend(NODE);
        if (!nodes.add(node)) throw bytes.fault(node, "expects each node of a tree once, got one again");
    }

    private void symbols(long node, long names) {
        begin(node);
        if (bytes.has(node, "SNOD")) {
            int count = bytes.two(node + 6);
            for (int i = 0; i < count; i++) {
                long entry = node + 8 + 40L * i;
                add(bytes.text(names + (bytes.eight(entry) & 0xffff_ffffL)), bytes.address(entry + 8), entry);
            }
            return;
        }
        bytes.requireMark(node, "TREE");
        if (bytes.one(node + 4) != 0) throw bytes.fault(node + 4, "expects a tree of names, got another one");
        int level = bytes.one(node + 5);
        int count = bytes.two(node + 6);
        for (int i = 0; i < count; i++) {
            long child = bytes.address(node + 32 + 16L * i);
            boolean tree = bytes.has(child, "TREE");
            // Levels fall, so that a tree cannot hold itself.
            if (tree && (level == 0 || bytes.one(child + 5) != level - 1)) {
                throw bytes.fault(child, "expects a node of the level below, got another one");
            }
            symbols(child, names);
        }
    }

    // --------------------------------------------------------------------------------------- the second form

    private void link(long at) {
        int flags = bytes.one(at + 1);
        long next = at + 2;
        int type = (flags & 8) != 0 ? bytes.one(next++) : 0;
        if ((flags & 4) != 0) next += 8;
        if ((flags & 16) != 0) next++;
        int width = 1 << (flags & 3);
        long length = bytes.number(next, width);
        String name = bytes.text(next + width, length);
        if (type == 0) add(name, bytes.address(next + width + length), at);
    }

    private void info(long at) {
        long next = at + 2 + ((bytes.one(at + 1) & 1) != 0 ? 8 : 0);
        if (bytes.eight(next) == UNDEFINED) return; // the links are in the header
        Heap heap = new Heap(bytes.address(next));
        long tree = bytes.address(next + 8);
        bytes.requireMark(tree, "BTHD");
        int depth = bytes.two(tree + 12);
        if (bytes.one(tree + 5) != 5 || bytes.two(tree + 10) != RECORD || depth > 1) {
            throw bytes.fault(tree, "expects a tree of names of at most two levels, got another one");
        }
        long root = bytes.eight(tree + 16);
        if (root == UNDEFINED) return;
        int count = bytes.two(tree + 24);
        if (depth == 0) {
            leaf(root, count, heap);
            return;
        }
        bytes.requireMark(root, "BTIN");
        records(root, count, heap);
        int most = (bytes.four(tree + 6) - 10) / RECORD;
        int width = most < 256 ? 1 : 2;
        long children = root + 6 + (long) RECORD * count;
        for (int i = 0; i <= count; i++) {
            long child = children + (8L + width) * i;
            leaf(bytes.address(child), (int) bytes.number(child + 8, width), heap);
        }
    }

    private void leaf(long node, int count, Heap heap) {
        begin(node);
        bytes.requireMark(node, "BTLF");
        records(node, count, heap);
    }

    private void records(long node, int count, Heap heap) {
        for (int i = 0; i < count; i++) link(heap.place(node + 6 + (long) RECORD * i + 4));
    }

    /// A heap, in which links are.
    private final class Heap {
        private final long at;
        private final int width; // blocks in a row
        private final long first; // size of the blocks of the first two rows
        private final long largest; // size of a block that holds links
        private final int offsetBytes;
        private final long root;
        private final int rows; // 0 if the root is a block of links

        Heap(long at) {
            this.at = at;
            bytes.requireMark(at, "FRHP");
            if (bytes.two(at + 7) != 0) throw bytes.fault(at + 7, "expects names that are not compressed, got others");
            this.width = bytes.two(at + 110);
            this.first = bytes.eight(at + 112);
            this.largest = bytes.eight(at + 120);
            this.offsetBytes = (bytes.two(at + 128) + 7) / 8;
            this.root = bytes.address(at + 132);
            this.rows = bytes.two(at + 140);
            if (width < 1 || first < 1 || largest < first || offsetBytes < 1 || offsetBytes > 8) {
                throw bytes.fault(at, "expects a heap with blocks, got another one");
            }
        }

        /// Where the link begins that an id stands for.
        long place(long id) {
            if ((bytes.one(id) & 0x30) != 0) throw bytes.fault(id, "expects a link in a block, got another one");
            long offset = bytes.number(id + 1, offsetBytes);
            if (rows == 0) return root + offset;
            bytes.requireMark(root, "FHIB");
            long before = 0;
            long size = first;
            for (int row = 0; row < rows && size <= largest; row++) {
                if (offset < 0 || offset - before < size * width) {
                    long index = (long) row * width + (offset - before) / size;
                    long block = bytes.address(root + 13 + offsetBytes + 8 * index);
                    return block + (offset - before) % size;
                }
                before += size * width;
                if (row > 0) size *= 2;
            }
            throw bytes.fault(at, "expects links in blocks of the first level, got one in another");
        }
    }
}
